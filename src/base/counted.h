#pragma once
// Numbers of things in words.
#include <cstdint>
#include <string>
#include <string_view>

namespace photopsy {

/// "1 byte", "3 bytes": `what` is the word for one of them, of those whose plural is made with an s.
inline std::string counted(std::uint64_t count, std::string_view what) { return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s"); }

}  // namespace photopsy
