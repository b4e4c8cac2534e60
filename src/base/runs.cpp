#include "base/runs.h"

#include <cstring>

namespace photopsy {

/// By the library's wide comparison as long as all are equal, then eight bytes at a time, then byte by byte: dumps are erased for the most part, and are gone
/// over many times.
static constexpr std::size_t wide = 512;

static std::uint64_t word_at(const std::uint8_t* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

static constexpr std::uint64_t word_of(std::uint8_t value) { return 0x0101010101010101u * value; }

std::size_t leading_run(ByteView bytes, std::uint8_t value) {
    std::size_t length = 0;
    while (length + wide <= bytes.size() && all_equal(bytes.subspan(length, wide), value)) length += wide;
    while (length + sizeof(std::uint64_t) <= bytes.size() && word_at(bytes.data() + length) == word_of(value)) length += sizeof(std::uint64_t);
    while (length < bytes.size() && bytes[length] == value) ++length;
    return length;
}

std::size_t trailing_run(ByteView bytes, std::uint8_t value) {
    std::size_t left = bytes.size();
    while (left >= wide && all_equal(bytes.subspan(left - wide, wide), value)) left -= wide;
    while (left >= sizeof(std::uint64_t) && word_at(bytes.data() + left - sizeof(std::uint64_t)) == word_of(value)) left -= sizeof(std::uint64_t);
    while (left > 0 && bytes[left - 1] == value) --left;
    return bytes.size() - left;
}

std::size_t count_other_than(std::uint8_t value, ByteView bytes) {
    constexpr auto low_bits = word_of(0x7F), ones = word_of(1);
    std::size_t count = 0, at = 0;
    for (; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) {
        const auto differing = word_at(bytes.data() + at) ^ word_of(value);
        const auto tops = (((differing & low_bits) + low_bits) | differing) & ~low_bits;  // the top bit of each byte that differs
        count += static_cast<std::size_t>(((tops >> 7) * ones) >> 56);
    }
    for (; at < bytes.size(); ++at) count += bytes[at] != value;
    return count;
}

}  // namespace photopsy
