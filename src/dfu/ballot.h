#pragma once
// Several reads of the same bytes, and which of them to believe.
#include "base/bytes.h"

#include <vector>

namespace photopsy::dfu {

/// The verdict on one byte that was read n times: settled where at most one read dissents and at least three were made, or where all of at least two agree.
struct Vote {
    std::vector<std::uint8_t> bytes;  ///< the value most reads gave (the earlier one on a tie)
    std::vector<Range> differed;      ///< where not all reads agree; sorted, disjoint, not touching
    std::vector<Range> unsettled;     ///< the part of `differed` where no value has all reads but one
};

/// `reads` are equally long, at least one; the first byte stands at `base`.
Vote vote(const std::vector<ByteView>& reads, Address base);

/// Appends `part` to a sorted list, joining it with the last range where they touch.
void append_range(std::vector<Range>& list, Range part);

}  // namespace photopsy::dfu
