#include "handshake/ec_frame.h"

#include "base/hex.h"
#include "base/runs.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace photopsy {

namespace {

constexpr std::string_view frame_curve = "a00a06082a8648ce3d030107", frame_point = "a14403420004";
constexpr std::size_t shortest_number = 29;  // one key in 2^24 has a shorter one
constexpr unsigned fewest_seen_bits = 40;
constexpr unsigned one_wrong_of = 6;  // unrelated bytes are wrong in one bit of two

void put(std::vector<std::uint8_t>& der, std::string_view digits) {
    const auto bytes = *from_hex(digits);
    der.insert(der.end(), bytes.begin(), bytes.end());
}

std::vector<std::uint8_t> written(const EcFrame& frame, ByteView number, ByteView point) {
    const auto octets = static_cast<std::uint8_t>(frame.number_at - 7 + frame.number_size);
    std::vector<std::uint8_t> der = {0x30, static_cast<std::uint8_t>(frame.extent - 2), 2, 1, 1, 4, octets};
    der.resize(frame.number_at, 0);
    der.insert(der.end(), number.begin(), number.end());
    put(der, frame_curve);
    if (!frame.has_point()) return der;
    put(der, frame_point);
    der.insert(der.end(), point.begin(), point.end());
    return der;
}

std::vector<EcFrame> all_frames() {
    std::vector<EcFrame> frames;
    for (const bool with_point : {true, false}) {
        for (const std::size_t octets : {32u, 33u}) frames.push_back(ec_frame_of(octets, with_point));
        for (std::size_t octets = 31; octets >= shortest_number; --octets) frames.push_back(ec_frame_of(octets, with_point));
    }
    return frames;
}

void count_bits(ByteView slot, std::size_t content, EcFrame& frame) {
    const auto wanted = encode_in(frame, {});
    for (const auto at : own_octets(frame)) {
        if (at >= content) break;
        frame.wrong_bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(slot[at] ^ wanted[at])));
        frame.seen_bits += 8;
    }
}

}  // namespace

EcFrame ec_frame_of(std::size_t number_octets, bool with_point) {
    EcFrame frame;
    const bool zero_in_front = number_octets > ec_number_size;
    frame.number_at = zero_in_front ? 8 : 7;
    frame.number_size = static_cast<std::uint16_t>(std::min(number_octets, ec_number_size));
    const std::size_t curve_end = 7 + number_octets + frame_curve.size() / 2;
    const std::size_t point_at = curve_end + frame_point.size() / 2;
    if (with_point) frame.point_at = static_cast<std::uint16_t>(point_at);
    frame.extent = static_cast<std::uint16_t>(with_point ? point_at + std::tuple_size_v<EcPoint> : curve_end);
    return frame;
}

std::vector<std::uint8_t> encode_in(const EcFrame& frame, const EcKey& key) { return written(frame, key.d.bytes().last(frame.number_size), key.point); }

std::vector<std::uint16_t> own_octets(const EcFrame& frame) {
    std::vector<std::uint16_t> list;
    const std::size_t number_end = frame.number_at + frame.number_size;
    const std::size_t end = frame.has_point() ? frame.point_at : frame.extent;
    for (std::size_t at = 0; at < end; ++at)
        if (at < frame.number_at || at >= number_end) list.push_back(static_cast<std::uint16_t>(at));
    return list;
}

std::optional<EcFrame> find_ec_frame(ByteView slot, std::size_t content) {
    std::optional<EcFrame> best;
    for (auto frame : all_frames()) {
        count_bits(slot, content, frame);
        if (frame.seen_bits < fewest_seen_bits || frame.wrong_bits * one_wrong_of > frame.seen_bits) continue;
        if (!best || frame.wrong_bits < best->wrong_bits) best = frame;
    }
    return best;
}

std::size_t end_of_ec_content(ByteView slot) {
    constexpr std::size_t shortest_run = 4;
    const std::uint8_t last = slot.back();
    if (last != 0xFF && last != 0) return slot.size();
    const auto run = trailing_run(slot, last);
    return run >= shortest_run ? slot.size() - run : slot.size();
}

}  // namespace photopsy
