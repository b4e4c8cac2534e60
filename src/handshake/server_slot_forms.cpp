// A server's key in another form than the firmware reads: taken out of it.
#include "handshake/given_key.h"
#include "handshake/key_forms.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"
#include "handshake/text_transfer.h"
#include "handshake/walk.h"

#include <array>

namespace photopsy {

static std::vector<std::uint8_t> spki_of(const UnwrappedKey& found) {
    if (found.kind != UnwrappedKey::Kind::Public) return {};
    const auto key = parse_public_key(found.der);
    if (!key || key->modulus.bits() != 2048 || !key->modulus.is_odd() || key->exponent != Number(65537)) return {};
    auto spki = server_spki(key->modulus.bytes(256));
    return lost_run_of_modulus(spki) ? std::vector<std::uint8_t>{} : spki;
}

ServerKeyForm server_key_form(ByteView bytes) {
    for (const auto& found : unwrap_keys(bytes)) {
        auto spki = spki_of(found);
        if (spki.empty()) continue;
        const auto how = found.how.substr(0, found.how.find(','));
        return {.spki = std::move(spki), .what = "an RSA-2048 public key" + (how.empty() ? "" : " " + how), .is_text = !how.empty(), .reach = found.reach};
    }
    return {};
}

/// A modulus does not say which of its bytes is missing: of several ways back none is the right one.
ServerKeyForm server_key_before_transfer(ByteView bytes) {
    ServerKeyForm form{.spki = {}, .what = std::string(text_transfer_words), .by_text_transfer = true};
    for (const auto& undone : undo_text_transfer(bytes, server_slot_size)) {
        const auto keys = unwrap_keys(undone.bytes);
        auto spki = keys.empty() || !keys.front().how.empty() ? std::vector<std::uint8_t>() : spki_of(keys.front());
        if (spki.empty() || spki == form.spki) continue;
        if (!form.spki.empty()) {
            form.spki.clear();
            form.what.append(", and which of several it was cannot be told");
            return form;
        }
        form.spki = std::move(spki);
        form.what.append(undone.what);
        if (undone.exact) return form;
    }
    if (!form.spki.empty()) return form;
    const std::array published = {std::vector<std::uint8_t>(published_server_key().begin(), published_server_key().end())};
    if (const auto changed = changed_characters(bytes, published); !changed.what.empty()) {
        form.spki = published.front();
        form.what.append(changed.what);
        return form;
    }
    const auto lost = lost_in_text_transfer(bytes);
    if (lost.empty()) return {};
    form.what.append(lost).append(nothing_left_words);
    return form;
}

std::vector<std::uint8_t> server_spki_in(ByteView bytes) {
    auto form = server_key_form(bytes);
    return std::move(form.spki.empty() ? server_key_before_transfer(bytes).spki : form.spki);
}

}  // namespace photopsy
