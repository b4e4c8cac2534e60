#pragma once
// Bytes, and where they are. Everything above this header speaks in these words.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace photopsy {

using ByteView = std::span<const std::uint8_t>;
using Address = std::uint32_t;

/// Half-open range [begin, end) of flash addresses. Always begin <= end.
struct Range {
    Address begin = 0;
    Address end = 0;

    constexpr std::uint32_t size() const { return end - begin; }
    constexpr bool empty() const { return begin == end; }
    constexpr bool contains(Address at) const { return begin <= at && at < end; }
    constexpr bool contains(Range other) const { return begin <= other.begin && other.end <= end; }
    constexpr bool overlaps(Range other) const { return begin < other.end && other.begin < end; }
    constexpr bool operator==(const Range&) const = default;
};

constexpr Range range_of(Address begin, std::uint32_t size) { return {begin, begin + size}; }

/// The common part of two ranges; empty (at the later begin) where they do not overlap.
constexpr Range intersection(Range a, Range b) {
    const Address begin = a.begin > b.begin ? a.begin : b.begin;
    const Address end = a.end < b.end ? a.end : b.end;
    return {begin, begin < end ? end : begin};
}

/// A value together with the bytes it was read from, so that every claim can be shown.
template <class T>
struct Field {
    T value{};
    Range at{};
};

/// Unsigned integers from the first sizeof(T) bytes. A view that is too short gives 0.
template <class T>
constexpr T little_endian(ByteView bytes) {
    T value = 0;
    if (bytes.size() < sizeof(T)) return value;
    if (std::endian::native == std::endian::little && !std::is_constant_evaluated()) {  // one load
        std::memcpy(&value, bytes.data(), sizeof(T));
        return value;
    }
    for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value | static_cast<T>(static_cast<T>(bytes[i]) << (8 * i)));
    return value;
}
template <class T>
constexpr T big_endian(ByteView bytes) {
    T value = 0;
    if (bytes.size() < sizeof(T)) return value;
    for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(static_cast<T>(value << 8) | bytes[i]);
    return value;
}

/// Little-endian cursor that cannot run off the end: a read past the end yields 0 and
/// makes ok() false for good, so a parser checks once, after the last field.
class Reader {
public:
    Reader(ByteView bytes, Address base) : bytes_(bytes), base_(base) {}

    template <class T>
    Field<T> read() {
        Field<T> field{.value = 0, .at = range_of(here(), sizeof(T))};
        if (bytes_.size() - position_ < sizeof(T)) {
            ok_ = false;
            position_ = bytes_.size();
            return field;
        }
        field.value = little_endian<T>(bytes_.subspan(position_));
        position_ += sizeof(T);
        return field;
    }
    void skip(std::size_t count) {
        if (bytes_.size() - position_ < count) {
            ok_ = false;
            count = bytes_.size() - position_;
        }
        position_ += count;
    }
    Address here() const { return base_ + static_cast<Address>(position_); }
    bool ok() const { return ok_; }

private:
    ByteView bytes_;
    Address base_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

bool all_equal(ByteView bytes, std::uint8_t value);  ///< true for an empty view
inline bool all_erased(ByteView bytes) { return all_equal(bytes, 0xFF); }

/// Number of leading bytes that two views share.
std::size_t common_prefix(ByteView a, ByteView b);

}  // namespace photopsy
