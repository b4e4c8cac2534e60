#include "handshake/own_server.h"

#include "base/runs.h"
#include "handshake/dtls.h"
#include "handshake/ec_search.h"
#include "handshake/judge.h"
#include "handshake/server_address.h"
#include "handshake/server_slot.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

constexpr std::size_t port_at = 66;

bool has_form(const ServerAddress& address) { return address.kind == ServerAddress::Kind::Domain || address.kind == ServerAddress::Kind::Ip; }

bool names_a_server(const ServerAddress& address) { return !address.particle && !address.of_particle && !address.unreachable && has_form(address); }

bool same_server(const ServerAddress& a, const ServerAddress& b) { return a.kind == b.kind && a.host == b.host && a.port == b.port; }

std::vector<std::uint8_t> spki_at(const Image& image, Address at, KeyKind kind) {
    return kind == KeyKind::EcSlot ? ec_server_spki_in_slot(image.leading(range_of(at, ec_text_reach)))
                                   : server_spki_in_slot(image.leading(range_of(at, longest_server_form)));
}

bool is_like_published(ByteView spki, KeyKind kind) {
    const auto whole = published_ec_server_key();
    return kind == KeyKind::EcSlot ? std::equal(spki.begin(), spki.end(), whole.begin(), whole.end()) : resembles_published_key(spki);
}

/// A whole key that a private server can have. Particle's is of no use there.
bool holds_own_key(const Image& image, const ServerKey& key, KeyKind kind) {
    if (key.what == ServerKeyClass::ValidOther) return true;
    const auto spki = key.what == ServerKeyClass::WrongType ? spki_at(image, key.at.begin, kind) : std::vector<std::uint8_t>{};
    return !spki.empty() && !is_like_published(spki, kind);
}

/// What is left in the slot is nobody's key: no sign that the device was meant to go back to Particle.
bool holds_nothing(const Image& image, const ServerKey& key, KeyKind kind) {
    if (key.what == ServerKeyClass::Erased || key.what == ServerKeyClass::Truncated) return true;
    if (key.what != ServerKeyClass::Corrupted || key.harmless_damage) return false;
    return kind == KeyKind::EcSlot ? key.damage == std::vector{key.at} : !resembles_published_key(image.bytes(key.at));
}

/// What is cut off may be Particle's as well.
bool begins_alike(const Image& image, const ServerKey& key, const ServerKey& older) {
    if (key.what != ServerKeyClass::Truncated || key.damage.empty()) return true;
    const auto left = image.bytes({key.at.begin, key.damage.front().begin}), whole = image.bytes(older.at);
    return left.size() <= whole.size() && std::equal(left.begin(), left.end(), whole.begin());
}

/// The table's checksum shows that its damage lies here. An old bootloader writes settings without it (row M of docs/formats/dct.md): it then tells nothing.
bool is_located(const Facts& facts, Range address) {
    const auto* copy = facts.dct.current();
    if (!copy || !copy->damage || !facts.system.bootloader_uses_system_dct()) return false;
    const auto proof = copy->damage->proof;
    if (proof != DctDamage::Proof::OneByte && proof != DctDamage::Proof::Difference) return false;
    return std::ranges::any_of(copy->damage->places, [&](Range place) { return address.overlaps(place); });
}

/// Bytes that no person changes so: a run that was erased or zeroed within the name, one bit of a letter, or of the port's higher byte. Another number, in an
/// address, a port or a name, is what people write.
bool is_shaped_like_damage(ByteView now, ByteView older) {
    constexpr std::size_t name_at = 2;
    std::vector<std::size_t> changed;
    for (std::size_t i = 0; i < std::min(now.size(), older.size()) && i < port_at + 2; ++i)
        if (now[i] != older[i]) changed.push_back(i);
    if (changed.empty()) return false;
    const std::size_t first = changed.front(), last = changed.back();
    const bool blank = std::ranges::all_of(changed, [&](std::size_t i) { return now[i] == now[first]; }) && (now[first] == 0 || now[first] == 0xFF);
    if (blank && changed.size() > 1 && first < port_at) return all_equal(now.subspan(first, last - first + 1), now[first]);
    const bool one_bit = changed.size() == 1 && std::has_single_bit(static_cast<unsigned>(now[first] ^ older[first]));
    const bool letter = older[0] == 1 && first >= name_at && first < port_at && older[first] >= 'A' && older[first] <= 'z';
    return one_bit && (letter || first < name_at || first == port_at);
}

std::string what_is_wrong(const ServerAddress& address) {
    if (!address.detail.empty() && !address.falls_back) return address.detail;
    if (address.kind == ServerAddress::Kind::Erased) return "the server address is erased";
    return address.falls_back ? "the server address is of no kind that the firmware knows" : "the server address is damaged";
}

/// True where the address in use is not the one that was meant. It is then said to be so.
bool is_lost(const Image& image, const Facts& facts, const ServerAddress& older, ServerAddress& address) {
    const bool was_particle = address.damaged && has_form(address);  // recognizably, with changed bytes
    if (same_server(address, older) || was_particle || (address.particle && !address.falls_back)) return false;
    const bool lost = address.falls_back || address.unreachable || !has_form(address);
    const bool located = is_located(facts, address.at);
    if (!lost && !located && !is_shaped_like_damage(image.bytes(address.at), image.bytes(older.at))) return false;
    address.detail = what_is_wrong(address) + (address.falls_back ? ", and the firmware takes Particle's in its place" : "") +
                     "; the older copy of the table holds a private server's address, whole, with its key";
    address.damaged = lost || located;
    if (!address.falls_back) address.unreachable = true;
    return true;
}

/// How much of a private server a lost body holds: whole with its address, the key alone, the address alone, nothing.
int rank_of(const Image& image, const OlderServer& server, KeyKind kind) {
    const bool key = holds_own_key(image, server.key, kind), address = names_a_server(server.address);
    return key ? (address ? 3 : 2) : address ? 1 : 0;
}

/// The copy that was written last, as an index; nothing where the copies do not tell.
std::optional<std::size_t> newest_copy(const Dct& dct) {
    if (dct.copies.size() != 2 || !dct.copies[0].has_version_struct || !dct.copies[1].has_version_struct) return {};
    const auto ahead = static_cast<std::int8_t>(dct.copies[1].sequence.value - dct.copies[0].sequence.value);
    return ahead == 0 ? std::nullopt : std::optional<std::size_t>(ahead > 0 ? 1 : 0);
}

bool is_particles(const OlderServer& server) { return server.key.what == ServerKeyClass::Published && server.address.particle; }

}  // namespace

void take_own_name_as_meant(KeyFacts& keys) {
    auto& address = keys.address;
    const bool own_key = keys.server.what == ServerKeyClass::ValidOther && !keys.server.uses_builtin;
    if (!own_key || !address.damaged || address.kind != ServerAddress::Kind::Domain || !is_name_of_its_own(address.host, address.default_host)) return;
    address.damaged = address.unreachable = false;
    address.detail.clear();
}

void consult_lost_servers(const Image& image, const Facts& facts, const std::vector<OlderServer>& by_copy, KeyFacts& keys) {
    const auto newest = newest_copy(facts.dct);
    if (newest && *newest < by_copy.size() && is_particles(by_copy[*newest])) return;
    const auto kind = facts.keys ? facts.keys->kind : KeyKind::RsaSlot;
    const auto best = std::ranges::max_element(by_copy, {}, [&](const OlderServer& server) { return rank_of(image, server, kind); });
    const int rank = best == by_copy.end() ? 0 : rank_of(image, *best, kind);
    if (rank == 0) return;
    keys.address = best->address;
    if (rank > 1) keys.server_in_other_copy = best->key;
}

void consult_swapped_server(const ServerKey& in_device_slot, const OlderServer* older, KeyFacts& keys) {
    if (in_device_slot.what != ServerKeyClass::ValidOther) return;
    const bool same_key = older && older->key.what == ServerKeyClass::ValidOther && older->key.fingerprint == in_device_slot.fingerprint;
    const bool take_older = same_key && !names_a_server(keys.address) && names_a_server(older->address);
    keys.server_in_other_copy = take_older ? older->key : in_device_slot;
}

bool server_key_is_in_device_slot(const KeyFacts& keys) {
    return keys.server_in_other_copy && keys.swapped && keys.server_in_other_copy->at.begin == keys.device.at.begin;
}

void consult_older_server(const Image& image, const Facts& facts, const OlderServer& older, KeyFacts& keys) {
    if (!facts.keys || !facts.dct.selected || keys.server.what == ServerKeyClass::NotInFile || keys.address.kind == ServerAddress::Kind::NotInFile) return;
    if (older.key.what != ServerKeyClass::ValidOther || older.key.uses_builtin || !names_a_server(older.address)) return;
    const bool own = holds_own_key(image, keys.server, facts.keys->kind);
    const bool same_key = own && keys.server.fingerprint && keys.server.fingerprint == older.key.fingerprint;
    const bool lost_key = !own && holds_nothing(image, keys.server, facts.keys->kind) && begins_alike(image, keys.server, older.key);
    const bool lost_address = (same_key || lost_key) && is_lost(image, facts, older.address, keys.address);
    if (lost_address || (!own && same_server(keys.address, older.address))) keys.server_in_other_copy = older.key;
}

std::vector<std::uint8_t> server_slot_of(const KeyKind kind, ByteView spki, std::string_view host, std::uint16_t port) {
    return kind == KeyKind::EcSlot ? ec_server_slot_for(spki, host, port) : server_slot_for(spki, host, port);
}

std::vector<std::uint8_t> own_server_spki(const Image& image, const KeyFacts& keys) {
    return spki_at(image, keys.server_in_other_copy ? keys.server_in_other_copy->at.begin : keys.server.at.begin, keys.device.kind);
}

void end_at_lost_address(const KeyFacts& keys, LedGeneration led, HandshakeOutcome& outcome) {
    if (!address_is_in_other_copy(keys)) return;
    if (!keys.address.unreachable) {
        for (auto& row : outcome.predictions)
            if (row.step == Step::Done) row.explain = "both keys fit, but this is Particle's cloud, and not the private server of the older copy of the table";
        return;
    }
    for (auto& row : outcome.predictions) row = {.transport = row.transport, .policy = row.policy, .step = Step::Connect, .led = led_of(Step::Connect, led)};
    for (auto& row : outcome.predictions) row.explain = keys.address.detail;
}

bool address_is_in_other_copy(const KeyFacts& keys) {
    const bool lost_table = keys.server.what == ServerKeyClass::NotInFile;  // the address is then that of the body with the key
    return keys.server_in_other_copy && !lost_table && !server_key_is_in_device_slot(keys) && !names_a_server(keys.address);
}

bool address_may_be_meant(const KeyFacts& keys) { return address_is_in_other_copy(keys) && !keys.address.damaged; }

bool is_own_computer(const ServerAddress& address) {
    const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    constexpr std::string_view name = "localhost";
    if (std::ranges::equal(address.host, name, {}, small)) return true;
    constexpr std::uint32_t loopback = 127;
    const auto number = number_in_name(address.host);
    return number && *number >> 24 == loopback;
}

ServerAddress own_server_address(const Image& image, const Facts& facts, const KeyFacts& keys) {
    if (!address_is_in_other_copy(keys)) return keys.address;
    const auto at = facts.dct.field_at(*facts.layout, facts.keys->server_address, 3 - *facts.dct.selected);
    return facts.keys->kind == KeyKind::EcSlot ? judge_udp_address(image, at, dtls_rules(facts.system)) : judge_server_address(image, at, facts.system);
}

}  // namespace photopsy
