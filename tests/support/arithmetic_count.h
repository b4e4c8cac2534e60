#pragma once
// How often the costly arithmetic of keys was done: a measure of work that no clock and no neighbour on the machine disturbs.
#include <cstdint>

namespace photopsy::test {

/// Modular powers and inverses of big numbers since the start of the process, on the calling thread. (The linker leads these calls of the code under test
/// through here.)
std::uint64_t modular_powers();

}  // namespace photopsy::test
