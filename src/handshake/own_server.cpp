#include "handshake/own_server.h"

#include "handshake/judge.h"
#include "handshake/server_slot.h"

namespace photopsy {

namespace {

/// As text a key is longer than the slot and runs on over the address.
constexpr std::uint32_t longest_form = 512;

bool names_a_server(const ServerAddress& address) {
    return !address.particle && !address.of_particle && !address.unreachable &&
           (address.kind == ServerAddress::Kind::Domain || address.kind == ServerAddress::Kind::Ip);
}

std::vector<std::uint8_t> spki_at(const Image& image, Address at) { return server_spki_in_slot(image.leading(range_of(at, longest_form))); }

/// A whole key that the server of this address can have. Particle's is of no use there.
bool holds_own_key(const Image& image, const ServerKey& key) {
    if (key.what == ServerKeyClass::ValidOther) return true;
    const auto spki = key.what == ServerKeyClass::WrongType ? spki_at(image, key.at.begin) : std::vector<std::uint8_t>{};
    return !spki.empty() && !resembles_published_key(spki);
}

}  // namespace

std::optional<ServerKey> older_server_key(const Image& image, const Facts& facts, const KeyFacts& keys) {
    if (!facts.layout || !facts.keys || facts.keys->kind != KeyKind::RsaSlot || !facts.dct.selected) return {};
    if (!names_a_server(keys.address) || holds_own_key(image, keys.server)) return {};
    const int other = 3 - *facts.dct.selected;
    const auto there = [&](std::string_view field) { return facts.dct.field_at(*facts.layout, field, other); };
    const auto address = judge_server_address(image, there(facts.keys->server_address), facts.system);
    if (address.kind != keys.address.kind || address.host != keys.address.host || address.port != keys.address.port) return {};
    auto key = judge_server_slot(image, there(facts.keys->server_key), facts.system);
    if (key.what != ServerKeyClass::ValidOther || key.uses_builtin) return {};
    return key;
}

std::vector<std::uint8_t> own_server_spki(const Image& image, const KeyFacts& keys) {
    return spki_at(image, keys.server_in_other_copy ? keys.server_in_other_copy->at.begin : keys.server.at.begin);
}

}  // namespace photopsy
