#include "handshake/ec_rebuild.h"

#include "base/runs.h"

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

constexpr std::size_t fewest_alike = 8;  // bytes of a point that confirm another: 64 bits, one in ten of which may be wrong
constexpr unsigned wrong_bits_of_a_number = 16;

unsigned wrong_bits(ByteView a, ByteView b) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < a.size(); ++i) bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(a[i] ^ b[i])));
    return bits;
}

/// Part of a run of at least four equal bytes FF or 00: says nothing of what stood there.
bool says_nothing(ByteView bytes, std::size_t at) {
    constexpr std::size_t run = 4;
    if (bytes[at] != 0xFF && bytes[at] != 0) return false;
    return trailing_run(bytes.first(at), bytes[at]) + leading_run(bytes.subspan(at), bytes[at]) >= run;
}

/// What is left of the point in the slot is that of `point`.
bool confirmed_by_slot(const EcPoint& point, ByteView slot, const EcFrame& frame, std::size_t content) {
    if (!frame.has_point()) return false;
    const ByteView stored = slot.subspan(frame.point_at, point.size());
    std::size_t seen = 0;
    unsigned wrong = 0;
    for (std::size_t i = 0; i < point.size() && frame.point_at + i < content; ++i) {
        if (says_nothing(stored, i)) continue;
        ++seen;
        wrong += static_cast<unsigned>(std::popcount(static_cast<unsigned>(stored[i] ^ point[i])));
    }
    return seen >= fewest_alike && wrong * 10 <= seen * 8;
}

std::optional<EcRebuilt> from_number(const EcScalar& number, ByteView slot, const EcFrame& frame, std::size_t content, const std::vector<EcPoint>& known) {
    const auto key = ec_key_of(number);
    if (!key) return {};
    if (std::find(known.begin(), known.end(), key->point) != known.end()) return EcRebuilt{*key, "from the private number, which the public key confirms"};
    if (confirmed_by_slot(key->point, slot, frame, content)) return EcRebuilt{*key, "the public half computed from the private number"};
    return {};
}

/// With a number that differs from the right one in one byte.
std::optional<EcRebuilt> from_point(const EcScalar& number, const std::vector<EcPoint>& points) {
    for (const auto& point : points)
        if (const auto found = scalar_near(number, point)) return EcRebuilt{{*found, point}, "the private number with one byte put right, proved by its point"};
    return {};
}

/// One bit of X may be wrong where Y is whole.
std::optional<EcPoint> with_other_x(EcPoint point) {
    for (std::size_t bit = 0; bit < ec_number_size * 8; ++bit) {
        const auto mask = static_cast<std::uint8_t>(1u << bit % 8);
        point[bit / 8] ^= mask;
        if (on_curve(point)) return point;
        point[bit / 8] ^= mask;
    }
    return {};
}

}  // namespace

std::optional<EcPoint> point_in_slot(ByteView slot, const EcFrame& frame, std::size_t content) {
    if (!frame.has_point() || content < frame.point_at + ec_number_size) return {};
    if (const auto whole = point_at(slot, frame.point_at)) return content >= frame.extent ? whole : std::nullopt;
    const ByteView y = slot.subspan(frame.point_at + ec_number_size, ec_number_size);
    for (const auto& point : points_with(slot.subspan(frame.point_at, ec_number_size)))
        if (content >= frame.extent && wrong_bits(ByteView(point).subspan(ec_number_size), y) <= wrong_bits_of_a_number) return point;
    EcPoint stored;
    std::copy_n(slot.begin() + frame.point_at, stored.size(), stored.begin());
    return content >= frame.extent ? with_other_x(stored) : std::nullopt;
}

std::optional<EcRebuilt> rebuild_ec_key(ByteView slot, const EcFrame& frame, std::size_t content, const std::vector<EcPoint>& witnesses) {
    if (content <= frame.number_at + 1u) return {};
    std::vector<EcPoint> points;
    if (const auto stored = point_in_slot(slot, frame, content)) points.push_back(*stored);
    points.insert(points.end(), witnesses.begin(), witnesses.end());
    const EcScalar number(slot.subspan(frame.number_at, frame.number_size));
    auto found = from_number(number, slot, frame, content, points);
    if (!found) found = from_point(number, points);
    return found && is_proved(found->key) ? found : std::nullopt;
}

}  // namespace photopsy
