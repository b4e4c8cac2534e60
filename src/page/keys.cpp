// Private keys that a dump gives back, and fresh ones. What is secret leaves only as an answer that was asked for by its name.
#include "base/hex.h"
#include "handshake/key_text.h"
#include "mend/new_key.h"
#include "page/state.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::page;

namespace photopsy::page {

static int tell_keys(std::vector<RecoveredKey> keys, const Layout* layout) {
    std::string table;
    std::erase_if(keys, [](const RecoveredKey& key) { return key.owner != KeyOwner::ThisDevice; });  // the page offers the first one as the device's own
    for (const auto& key : keys)
        table += fmt::format("{}\t{}\t{}\t{}\t{}\n", cell(key.method), cell(key.source), hex(key.public_fingerprint), key.is_present_key ? "used now" : "",
                             key.matches_cache ? "named" : "");
    state().keys = std::move(keys);
    state().layout_of_keys = layout;
    return table.empty() ? fail("No private key can be had from this file.") : answer(table);
}

}  // namespace photopsy::page

int page_find_keys(std::uint32_t which) {
    const auto& analyses = state().analyses;
    if (which >= analyses.size()) return fail("No dump was judged yet.");
    return page::tell_keys(recover_keys(analyses[which].capture.image, analyses[which].facts), analyses[which].facts.layout);
}

int page_find_keys_in_file(const std::uint8_t* bytes, std::uint32_t size) {
    static constexpr std::uint32_t largest_key_file = 8192;
    if (size > largest_key_file) return fail("A key file is smaller than 8 KiB.");
    return page::tell_keys(recover_key_file({bytes, size}, {}), nullptr);
}

int page_found_key(std::uint32_t line, std::uint32_t form) {
    const auto& keys = state().keys;
    if (line >= keys.size()) return fail("There is no such key.");
    return answer(form == 0 ? key_file_for(state().layout_of_keys, keys[line].der) : slot_of(keys[line].der, keys[line].kind));
}

int page_make_key(std::uint32_t kind) {
    auto pair = make_new_pair(kind == 0 ? KeyKind::RsaSlot : KeyKind::EcSlot);
    if (pair.der.empty()) return fail("The cryptographic library could not make a key.");
    state().made_public = std::move(pair.spki);
    const auto& analyses = state().analyses;
    return answer(key_file_for(analyses.empty() ? nullptr : analyses.front().facts.layout, std::move(pair.der)));
}

int page_made_public() {
    const auto& made = state().made_public;
    return made.empty() ? fail("No key was made yet.") : answer(to_pem(made, "PUBLIC KEY"));
}
