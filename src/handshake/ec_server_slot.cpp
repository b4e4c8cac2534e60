#include "handshake/ec_server_slot.h"

#include "base/counted.h"
#include "handshake/ec_foreign.h"
#include "handshake/ec_frame.h"
#include "handshake/key_forms.h"
#include "handshake/rest_of_key.h"
#include "handshake/server_slot.h"
#include "handshake/text_transfer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

namespace photopsy {

namespace {

constexpr unsigned bits_of_an_ec_likeness = 160;  // of 728: two keys differ in about 256 of the 512 bits of their points
constexpr unsigned bits_of_an_ec_frame = 40;      // of 216

constexpr std::size_t ec_frame_size = ec_spki_size - std::tuple_size_v<EcPoint>;

struct Likeness {
    unsigned bits = 0, frame_bits = 0;
    std::vector<Range> places;
};

Likeness compare_with_published(ByteView slot) {
    Likeness found;
    for (std::size_t i = 0; i < ec_spki_size; ++i) {
        const auto bits = static_cast<unsigned>(std::popcount(static_cast<unsigned>(slot[i] ^ published_ec_server_key()[i])));
        if (bits == 0) continue;
        found.bits += bits;
        if (i < ec_frame_size) found.frame_bits += bits;
        const auto at = static_cast<Address>(i);
        if (!found.places.empty() && found.places.back().end + 3 >= at)
            found.places.back().end = at + 1;
        else
            found.places.push_back({at, at + 1});
    }
    return found;
}

EcServerSlot with(ServerKeyClass what, std::string detail, std::vector<Range> damage = {}) {
    return {.what = what, .point = {}, .damage = std::move(damage), .detail = std::move(detail)};
}

/// A server's key as text, or one that a transfer in text mode has rewritten.
std::optional<EcServerSlot> judge_other_form(ByteView all) {
    for (const auto& undone : undo_text_transfer(all, ec_spki_size)) {
        const auto point = parse_ec_spki(undone.bytes);
        if (!point) continue;
        auto slot = with(ServerKeyClass::WrongType, std::string(text_transfer_words).append(undone.what));
        slot.by_text_transfer = true;
        slot.point = point;
        return slot;
    }
    for (const auto& key : unwrap_text(all)) {
        const auto point = parse_ec_spki(key.der);
        if (!point) continue;
        auto slot = with(ServerKeyClass::WrongType, "the slot holds an EC public key " + key.how.substr(0, key.how.find(',')));
        slot.point = point;
        slot.reach = static_cast<std::uint32_t>(key.reach);
        return slot;
    }
    const std::array published = {std::vector<std::uint8_t>(published_ec_server_key().begin(), published_ec_server_key().end())};
    if (const auto changed = changed_characters(all, published); !changed.what.empty()) {
        auto slot = with(ServerKeyClass::WrongType, std::string(text_transfer_words).append(changed.what));
        slot.by_text_transfer = true;
        slot.point = parse_ec_spki(published.front());
        return slot;
    }
    const auto lost = lost_in_text_transfer(all);
    if (lost.empty()) return {};
    auto slot = with(ServerKeyClass::WrongType, std::string(text_transfer_words).append(lost).append(nothing_left_words));
    slot.by_text_transfer = true;
    return slot;
}

bool is_of_another_key(ByteView slot) { return is_left_of_another_key(slot.subspan(ec_frame_size, std::tuple_size_v<EcPoint>), published_ec_server_key()); }

/// A point of which only one coordinate and a sign are stored (SEC 1, 2.3.3): whole, and in a form that the firmware does not read.
bool has_compressed_point(ByteView slot) {
    constexpr std::uint8_t frame[] = {0x30, 0x39, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                                      0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x22, 0x00};
    return std::equal(std::begin(frame), std::end(frame), slot.begin()) && (slot[std::size(frame)] == 2 || slot[std::size(frame)] == 3);
}

/// No key that the firmware reads: what it is instead.
EcServerSlot judge_unreadable(ByteView slot, ByteView all) {
    if (auto other_form = judge_other_form(all)) return std::move(*other_form);
    const auto likeness = compare_with_published(slot);
    const std::size_t end = end_of_ec_content(slot);
    const bool other = is_of_another_key(slot);
    const auto of_whom = [&](EcServerSlot found) {
        found.damaged_other = other;
        return found;
    };
    if (has_compressed_point(slot)) return of_whom(with(ServerKeyClass::WrongType, "the slot holds an EC public key with a compressed point"));
    if (end < ec_spki_size && end >= 4 && likeness.frame_bits <= bits_of_an_ec_frame)
        return of_whom(with(ServerKeyClass::Truncated, fmt::format("only the first {} of {} bytes of the server key are there", end, ec_spki_size),
                            {{static_cast<Address>(end), static_cast<Address>(ec_spki_size)}}));
    if (likeness.bits <= bits_of_an_ec_likeness) {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < ec_spki_size; ++i) bytes += slot[i] != published_ec_server_key()[i];
        return with(ServerKeyClass::Corrupted,
                    fmt::format("{} of its {} bytes {} Particle's published key, the first at byte {}", bytes, ec_spki_size,
                                bytes == 1 ? "differs from" : "differ from", likeness.places.front().begin),
                    likeness.places);
    }
    if (inside_ec_pkcs8(slot)) return with(ServerKeyClass::WrongType, "the slot holds an EC private key in PKCS#8");
    if (find_ec_frame(slot, end)) return with(ServerKeyClass::DeviceKeyInSlot, "");
    const auto text = unwrap_text(all);
    auto kind = ec_foreign_kind(slot);
    if (const auto inner = text.empty() ? "" : foreign_kind(text.front().der); !inner.empty())
        kind = inner + " " + text.front().how.substr(0, text.front().how.find(','));
    const auto with_reach = [&](EcServerSlot found) {
        if (!text.empty()) found.reach = static_cast<std::uint32_t>(text.front().reach);
        return found;
    };
    if (!kind.empty() && kind != "an EC public key") return with_reach(with(ServerKeyClass::WrongType, "the slot holds " + kind));
    if (!text.empty()) return with_reach(with(ServerKeyClass::WrongType, "the slot holds a key " + text.front().how.substr(0, text.front().how.find(','))));
    const Range whole{0, static_cast<Address>(ec_spki_size)};
    if (likeness.frame_bits <= bits_of_an_ec_frame)
        return of_whom(with(ServerKeyClass::Corrupted,
                            other ? "the server key slot holds an EC public key that is not Particle's, damaged"
                                  : "what stands in the server key slot is a damaged EC public key",
                            {whole}));
    return of_whom(with(ServerKeyClass::Corrupted,
                        all_equal(slot, 0) ? "the server key slot holds only zeros" : "what stands in the server key slot is no EC public key", {whole}));
}

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ends_in(std::string_view host, std::string_view ending) {
    return host.size() >= ending.size() &&
           std::equal(ending.begin(), ending.end(), host.end() - static_cast<std::ptrdiff_t>(ending.size()), [](char a, char b) { return a == small(b); });
}

/// Particle's own name: with the sign that stands for the id, or an id.
bool is_udp_host(std::string_view host) {
    constexpr std::string_view service = ".udp.particle.io";
    if (!ends_in(host, service)) return false;
    const auto id = host.substr(0, host.size() - service.size());
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (small(c) >= 'a' && small(c) <= 'f'); };
    return id == "$id" || (id.size() == 24 && std::all_of(id.begin(), id.end(), is_digit));
}

/// Particle's name with a few characters changed, or cut short by a damaged length.
bool nearly_udp_host(ByteView text) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < udp_host.size() && i < text.size(); ++i) same += text[i] == static_cast<std::uint8_t>(udp_host[i]);
    return same + 4 >= udp_host.size();
}

/// Of Particle's name, as long as it is, only a part is left, and for the rest zeros.
bool rest_of_udp_host(ByteView text) {
    if (text.size() != udp_host.size() || all_equal(text, 0)) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != 0 && text[i] != static_cast<std::uint8_t>(udp_host[i])) return false;
    return true;
}

bool is_possible_host(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (small(c) >= 'a' && small(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '$';
    });
}

void decode_udp_domain(ByteView field, DecodedAddress& address) {
    address.kind = DecodedAddress::Kind::Domain;
    const ByteView text = field.subspan(2, field[1]);
    address.host.assign(text.begin(), std::find(text.begin(), text.end(), std::uint8_t{0}));
    address.particle = is_udp_host(without_last_dot(address.host));
    address.of_particle = is_of_particle(address.host);
    address.damaged = !address.particle && !address.of_particle && (nearly_udp_host(field.subspan(2)) || rest_of_udp_host(text));
    const auto number = number_in_name(address.host);
    address.unreachable = address.damaged || !is_possible_host(address.host) || address.host == "localhost" || (number && is_nobodys_number(*number));
    if (address.damaged)
        address.detail = "the name of Particle's UDP server is damaged: no server answers under what is left";
    else if (address.unreachable)
        address.detail = "the server address is no host name that leads anywhere";
    else if (ends_in(address.host, "udp-mesh.particle.io"))
        address.detail = "the server address is that of the service for other kinds of devices";
}

void decode_udp_ip(ByteView field, DecodedAddress& address) {
    address.kind = DecodedAddress::Kind::Ip;
    address.host = fmt::format("{}.{}.{}.{}", field[2], field[3], field[4], field[5]);
    address.unreachable = is_nobodys_number(big_endian<std::uint32_t>(field.subspan(2)));
    address.damaged = nearly_udp_host(field.subspan(2));
    if (address.damaged) address.unreachable = true;
    if (address.unreachable) address.detail = fmt::format("the server address is the IP address {}, where no cloud can be reached", address.host);
}

void decode_udp_port(ByteView field, const UdpAddressRules& rules, DecodedAddress& address) {
    const auto stored = big_endian<std::uint16_t>(field.subspan(66));
    if (stored == 0 || stored == 0xFFFF) return;
    if (!rules.reads_port) {
        if (stored != udp_port && !address.of_particle) address.ignored_port = stored;
        return;
    }
    address.port = stored;
    if (!address.particle || address.port == udp_port) return;
    address.particle = false;
    address.damaged = address.unreachable = true;
    address.detail = fmt::format("the port of Particle's server is given as {}, where the cloud does not listen (it listens on {})", address.port, udp_port);
}

/// Of no kind that the firmware knows.
DecodedAddress without_address(bool erased, const UdpAddressRules& rules) {
    DecodedAddress address{.kind = erased ? DecodedAddress::Kind::Erased : DecodedAddress::Kind::Invalid, .port = udp_port};
    address.falls_back = rules.falls_back;
    address.particle = rules.falls_back;
    if (rules.falls_back) address.host = udp_host;
    address.unreachable = !rules.falls_back;
    address.damaged = !erased;
    const std::string what = erased ? "the server address is erased" : "the server address is of no kind that the firmware knows";
    if (!rules.falls_back) address.detail = what + ", and this Device OS has no other for UDP: the connection fails";
    if (rules.falls_back && !erased) address.detail = what + ": it takes its own";
    return address;
}

}  // namespace

EcServerSlot read_ec_server_slot(ByteView given) {
    std::vector<std::uint8_t> filled(given.begin(), given.end());
    filled.resize(std::max(filled.size(), ec_server_slot_size), 0xFF);
    const ByteView slot = ByteView(filled).first(ec_server_slot_size), key = slot.first(ec_spki_size);
    if (all_erased(key)) return with(ServerKeyClass::Erased, "");
    const auto point = walk_ec_server_key(ByteView(filled).first(std::min(filled.size(), ec_server_reach)));
    if (!point) return judge_unreadable(slot, filled);
    const auto published = std::equal(key.begin(), key.end(), published_ec_server_key().begin());
    return {.what = published ? ServerKeyClass::Published : ServerKeyClass::ValidOther, .point = point, .damage = {}, .detail = ""};
}

std::vector<std::uint8_t> ec_server_spki_in_slot(ByteView field) {
    const auto slot = read_ec_server_slot(field);
    return slot.point ? ec_spki(*slot.point) : std::vector<std::uint8_t>();
}

DecodedAddress decode_udp_address(ByteView given, const UdpAddressRules& rules) {
    std::vector<std::uint8_t> field(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(std::min(given.size(), server_address_size)));
    field.resize(server_address_size, 0xFF);
    constexpr std::uint8_t longest_name = 126;
    if (field[0] > 1 || (field[0] == 1 && field[1] > longest_name)) return without_address(all_erased(ByteView(field).first(2)), rules);
    DecodedAddress address{.port = udp_port};
    field[0] == 0 ? decode_udp_ip(field, address) : decode_udp_domain(field, address);
    decode_udp_port(field, rules, address);
    return address;
}

std::vector<std::uint8_t> ec_server_slot_for(ByteView spki, std::string_view host, std::uint16_t port) {
    constexpr std::size_t port_in_address = 66;
    constexpr std::size_t longest_host = 63;  // the port stands behind the longest name with its zero
    if (!parse_ec_spki(spki) || !is_possible_host(host) || host.size() > longest_host || port == 0) return {};
    std::vector<std::uint8_t> slot(ec_server_files_size, 0xFF);
    std::copy_n(spki.begin(), ec_spki_size, slot.begin());
    const auto at = std::span(slot).subspan(ec_server_slot_size);
    put_host(at, host);
    if (port == udp_port) return slot;
    at[port_in_address] = static_cast<std::uint8_t>(port >> 8);
    at[port_in_address + 1] = static_cast<std::uint8_t>(port);
    return slot;
}

std::vector<std::uint8_t> published_ec_server_slot() { return ec_server_slot_for(published_ec_server_key(), udp_host, udp_port); }

}  // namespace photopsy
