#pragma once
// What a start executes for certain, beyond the first instructions: through decisions to where both ways meet again, and through calls.
#include "base/bytes.h"

#include <vector>

namespace photopsy {

/// The bytes of instructions that are executed for certain once the code of a module (`bytes`, whose first lies at `base`) runs from `at` (even) on, as
/// long as each loop and each called function comes to its end. Behind a decision nothing counts until both ways meet; behind a return inside one, and
/// behind a jump through a register, nothing counts any more. Where the way leads to bytes that are no code, the first of them is the last range.
/// Sorted, without overlaps. Bounded: 4000 instructions, calls eight deep. (Capstone, code_path_capstone.cpp)
std::vector<Range> executed_for_certain(ByteView bytes, Address base, Address at);

}  // namespace photopsy
