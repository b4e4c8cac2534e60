// A server's key in another form than the firmware reads: taken out of it.
#include "handshake/given_key.h"
#include "handshake/key_forms.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"

namespace photopsy {

static std::vector<std::uint8_t> spki_of(const UnwrappedKey& found) {
    if (found.kind != UnwrappedKey::Kind::Public) return {};
    const auto key = parse_public_key(found.der);
    if (!key || key->modulus.bits() != 2048 || !key->modulus.is_odd() || key->exponent != Number(65537)) return {};
    auto spki = server_spki(key->modulus.bytes(256));
    return lost_run_of_modulus(spki) ? std::vector<std::uint8_t>{} : spki;
}

std::vector<std::uint8_t> server_spki_in(ByteView bytes) {
    for (const auto& found : unwrap_keys(bytes))
        if (auto spki = spki_of(found); !spki.empty()) return spki;
    return {};
}

std::string server_key_as_text(ByteView field) {
    for (const auto& found : unwrap_text(field))
        if (!spki_of(found).empty()) return "an RSA-2048 public key " + found.how.substr(0, found.how.find(','));
    return "";
}

}  // namespace photopsy
