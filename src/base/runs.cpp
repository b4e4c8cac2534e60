#include "base/runs.h"

#include <cstring>

namespace photopsy {

/// Eight bytes at a time as long as all are equal, then byte by byte: dumps are erased for the most part, and are gone over many times.
static std::uint64_t word_at(const std::uint8_t* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

static constexpr std::uint64_t word_of(std::uint8_t value) { return 0x0101010101010101u * value; }

std::size_t leading_run(ByteView bytes, std::uint8_t value) {
    std::size_t length = 0;
    while (length + sizeof(std::uint64_t) <= bytes.size() && word_at(bytes.data() + length) == word_of(value)) length += sizeof(std::uint64_t);
    while (length < bytes.size() && bytes[length] == value) ++length;
    return length;
}

std::size_t trailing_run(ByteView bytes, std::uint8_t value) {
    std::size_t left = bytes.size();
    while (left >= sizeof(std::uint64_t) && word_at(bytes.data() + left - sizeof(std::uint64_t)) == word_of(value)) left -= sizeof(std::uint64_t);
    while (left > 0 && bytes[left - 1] == value) --left;
    return bytes.size() - left;
}

}  // namespace photopsy
