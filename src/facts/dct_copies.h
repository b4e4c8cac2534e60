#pragma once
// One copy of the configuration table at a time: its header and trailer, and what state it is in beside the other.
#include "facts/dct.h"

namespace photopsy {

/// Header, trailer and checksums of copy `number` (1 or 2) at `at`. State is NotInFile, Erased or Unreadable only.
DctCopy read_dct_copy(const Image&, Range at, int number);

/// Names the state of both copies, given which one the firmware selects (dct.selected). Fills state, damage and alternate_is_recent_write.
void judge_dct_copies(const Image&, Dct&, DctGeneration);

/// 4 KiB aligned places outside the two copies that hold a whole table.
std::vector<Range> find_stray_copies(const Image&, const DctLayout&);

/// The copy in use was taken out of use by a finished write: the other one was the newest, and has lost its rank since.
bool newest_was_lost(const Dct&);

}  // namespace photopsy
