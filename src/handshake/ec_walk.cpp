#include "handshake/ec_walk.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint8_t tag_integer = 0x02, tag_bit_string = 0x03, tag_octet_string = 0x04, tag_name = 0x06, tag_sequence = 0x30;
constexpr std::uint8_t tag_curve = 0xA0, tag_public_half = 0xA1, uncompressed = 0x04;
constexpr std::string_view curve_name{"\x2A\x86\x48\xCE\x3D\x03\x01\x07", 8};
constexpr std::string_view ec_public_key{"\x2A\x86\x48\xCE\x3D\x02\x01", 7};

bool is_name(ByteView bytes, std::string_view name) {
    return std::equal(bytes.begin(), bytes.end(), name.begin(), name.end(), [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
}

/// asn1parse.c: mbedtls_asn1_get_tag() and what goes with it. A length may be longer than need be, and must lie within what is left.
class ForkCursor {
public:
    enum class Found { Yes, OtherTag, Broken };

    explicit ForkCursor(ByteView bytes) : rest_(bytes) {}
    bool at_end() const { return rest_.empty(); }
    ByteView rest() const { return rest_; }

    /// Steps behind the element and gives its content; on another tag nothing moves.
    Found take(std::uint8_t tag, ByteView& content) {
        if (rest_.empty()) return Found::Broken;
        if (rest_[0] != tag) return Found::OtherTag;
        std::size_t header = 0;
        const auto length = length_of(header);
        if (!length || *length > rest_.size() - header) return Found::Broken;
        content = rest_.subspan(header, *length);
        rest_ = rest_.subspan(header + *length);
        return Found::Yes;
    }
    bool must_take(std::uint8_t tag, ByteView& content) { return take(tag, content) == Found::Yes; }

private:
    std::optional<std::size_t> length_of(std::size_t& header) const {
        if (rest_.size() < 2) return {};
        const std::uint8_t first = rest_[1];
        header = 2;
        if (first < 0x80) return first;
        const std::size_t octets = first & 0x7Fu;
        if (octets == 0 || octets > 4 || rest_.size() < 2 + octets) return {};
        std::size_t length = 0;
        for (std::size_t i = 0; i < octets; ++i) length = length << 8 | rest_[2 + i];
        header += octets;
        return length;
    }
    ByteView rest_;
};

using Found = ForkCursor::Found;

/// mbedtls_asn1_get_int(): up to four octets, not negative.
std::optional<int> small_number(ByteView content) {
    if (content.empty() || content.size() > 4 || (content[0] & 0x80) != 0) return {};
    int value = 0;
    for (const auto octet : content) value = value << 8 | octet;
    return value;
}

/// pk_get_ecparams(), pk_use_ecparams(): the name of a curve and nothing else; the firmware is built with P-256 alone.
bool names_curve(ByteView parameters) {
    ForkCursor cursor(parameters);
    ByteView name;
    return cursor.must_take(tag_name, name) && cursor.at_end() && is_name(name, curve_name);
}

/// mbedtls_asn1_get_bitstring_null(): what is behind the octet that tells the unused bits, which must be 0.
std::optional<ByteView> whole_bits(ForkCursor& cursor) {
    ByteView content;
    if (!cursor.must_take(tag_bit_string, content) || content.size() < 2 || content[0] != 0) return {};
    return content.subspan(1);
}

enum class PointForm { Right, NotUnderstood, Wrong };

/// mbedtls_ecp_point_read_binary() and mbedtls_ecp_check_pubkey(). Of the forms only the uncompressed one is understood.
PointForm read_point(ByteView bytes, EcPoint& point) {
    if (bytes.empty() || bytes[0] == 0) return PointForm::Wrong;
    if (bytes[0] != uncompressed) return PointForm::NotUnderstood;
    if (bytes.size() != 1 + point.size()) return PointForm::Wrong;
    const auto found = point_at(bytes, 1);
    if (found) point = *found;
    return found ? PointForm::Right : PointForm::Wrong;
}

EcWalk refused(std::string_view why) { return {.refusal = why}; }

/// What stands behind the private number: "" where it is right, else why it is refused.
std::string_view read_curve_and_point(ForkCursor& cursor, EcParser parser, EcWalk& walk) {
    ByteView curve, holder;
    const bool may_end = parser == EcParser::ComputesPublicHalf;
    bool named = false;
    if (!cursor.at_end() || !may_end) {
        const Found found = cursor.take(tag_curve, curve);
        if (found == Found::Broken) return "the name of the curve is missing or cut off";
        named = found == Found::Yes;
        if (named && !names_curve(curve)) return "it names another curve, or its name is damaged";
    }
    walk.point_computed = true;
    if (!cursor.at_end() || !may_end) {
        const Found found = cursor.take(tag_public_half, holder);
        if (found == Found::Broken) return "the public half is missing or cut off";
        if (found == Found::Yes) {
            ForkCursor inside(holder);
            const auto bits = whole_bits(inside);
            if (!bits || !inside.at_end()) return "the frame of the public half is damaged";
            const auto form = read_point(*bits, walk.presented);
            if (form == PointForm::Wrong) return "the public half is no point on the curve";
            walk.point_computed = form == PointForm::NotUnderstood;
        }
    }
    return named ? "" : "the name of the curve is missing";
}

std::vector<std::uint8_t> filled_up(ByteView bytes, std::size_t size) {
    std::vector<std::uint8_t> all(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), size)));
    all.resize(size, 0xFF);
    return all;
}

}  // namespace

EcWalk walk_ec_key(ByteView slot, EcParser parser) {
    const auto bytes = filled_up(slot, ec_device_reach);
    ForkCursor outer{ByteView(bytes)};
    ByteView body, version, number;
    if (!outer.must_take(tag_sequence, body)) return refused("it does not begin as a key whose length fits");
    ForkCursor cursor(body);
    if (!cursor.must_take(tag_integer, version) || small_number(version) != 1) return refused("its version is not 1");
    if (!cursor.must_take(tag_octet_string, number)) return refused("the frame of its private number is damaged");
    EcWalk walk;
    walk.refusal = read_curve_and_point(cursor, parser, walk);
    if (!walk.refusal.empty()) return refused(walk.refusal);
    const std::size_t wide = number.size() > ec_number_size ? number.size() - ec_number_size : 0;
    if (!all_equal(number.first(wide), 0)) return refused("its private number is too large for the curve");
    walk.d = EcScalar(number);
    const auto own = point_of(walk.d);
    if (!own) return refused("its private number is 0 or too large for the curve");
    if (walk.point_computed) walk.presented = *own;
    walk.accepted = true;
    return walk;
}

/// mbedtls_pk_parse_public_key(): every length must be exact.
std::optional<EcPoint> walk_ec_server_key(ByteView slot) {
    const auto bytes = filled_up(slot, ec_server_reach);
    ForkCursor outer{ByteView(bytes)};
    ByteView body, algorithm, name;
    if (!outer.must_take(tag_sequence, body)) return {};
    ForkCursor cursor(body);
    if (!cursor.must_take(tag_sequence, algorithm)) return {};
    ForkCursor inside(algorithm);
    if (!inside.must_take(tag_name, name) || !is_name(name, ec_public_key) || !names_curve(inside.rest())) return {};
    const auto bits = whole_bits(cursor);
    EcPoint point;
    return bits && cursor.at_end() && read_point(*bits, point) == PointForm::Right ? std::optional(point) : std::nullopt;
}

}  // namespace photopsy
