#include "facts/erased.h"

#include "base/runs.h"

#include <algorithm>
#include <bit>

namespace photopsy {

static constexpr unsigned most_worn_cells = 8;
static constexpr std::size_t alone_for = 64;  ///< erased bytes before a worn cell: nothing that is written ends with so many and one bit more

static std::size_t without_erased_end(ByteView bytes) { return bytes.size() - trailing_run(bytes, 0xFF); }

/// The last byte holds one 0 bit, and before it lies erased flash only.
static bool ends_with_worn_cell(ByteView bytes) {
    const auto before = bytes.first(bytes.size() - 1);
    const auto last = static_cast<std::uint8_t>(~bytes.back());
    return std::has_single_bit(last) && all_erased(before.last(std::min(before.size(), alone_for)));
}

std::uint32_t written_size(ByteView bytes) {
    auto size = without_erased_end(bytes);
    const auto certainly = size;
    for (unsigned worn = 0; size > 0 && ends_with_worn_cell(bytes.first(size)); ++worn) {
        if (worn == most_worn_cells) return static_cast<std::uint32_t>(certainly);
        size = without_erased_end(bytes.first(size - 1));
    }
    return static_cast<std::uint32_t>(size);
}

}  // namespace photopsy
