#pragma once
// Runs of one value: what is erased, zeroed or filled up.
#include "base/bytes.h"

namespace photopsy {

std::size_t leading_run(ByteView bytes, std::uint8_t value);   ///< how many bytes in front have the value; all of them: the size
std::size_t trailing_run(ByteView bytes, std::uint8_t value);  ///< the same from the end
/// How many bytes are not `value`.
std::size_t count_other_than(std::uint8_t value, ByteView bytes);

}  // namespace photopsy
