#include "flash/module_ends.h"

#include "base/digest.h"

#include <algorithm>
#include <set>

namespace photopsy {

/// Bytes of a SHA-256 have all values: few of them are zero, and hardly two are alike. Of 32 bytes of code or of a table of addresses many are.
static bool may_be_digest(ByteView bytes) {
    constexpr std::ptrdiff_t most_zeros = 3;
    constexpr std::size_t least_values = 22;  // fewer are in one of some ten million digests
    return std::count(bytes.begin(), bytes.end(), 0) <= most_zeros && std::set<std::uint8_t>(bytes.begin(), bytes.end()).size() >= least_values;
}

std::size_t length_of(const Anchor& anchor) { return anchor.module.size() + 4; }

std::size_t begin_of(const Anchor& anchor) { return anchor.offset >= anchor.header_offset ? anchor.offset - anchor.header_offset : anchor.offset; }

std::size_t certain_until(ByteView file, const Anchor& anchor) {
    if (anchor.kind == Anchor::Kind::Table) return anchor.offset + 16;
    const auto begin = begin_of(anchor), length = std::size_t{anchor.module.size()};
    if (anchor.offset < anchor.header_offset || begin + length + 4 > file.size()) return anchor.offset + 24;
    const bool good = crc32(file.subspan(begin, length)) == big_endian<std::uint32_t>(file.subspan(begin + length));
    return good ? begin + length_of(anchor) : anchor.offset + 24;
}

bool ends_early(ByteView file, const Anchor& anchor, Shift lost) {
    const auto end = static_cast<Shift>(begin_of(anchor)) + static_cast<Shift>(anchor.module.size()) - lost;
    if (end < 64 || static_cast<std::size_t>(end) + 12 > file.size()) return false;
    const auto at = static_cast<std::size_t>(end);
    const auto size = little_endian<std::uint16_t>(file.subspan(at - 2)), reserved = little_endian<std::uint16_t>(file.subspan(at - 36));
    return reserved == 0 && size >= 36 && size <= 48 && all_erased(file.subspan(at + 4, 8)) && may_be_digest(file.subspan(at - 34, 32));
}

}  // namespace photopsy
