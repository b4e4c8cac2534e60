#pragma once
// Windows alone: its own functions take UTF-16, everything here is UTF-8.
#include <string>
#include <string_view>

// After the standard library, which keeps it from defining min and max.
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace photopsy {

/// UTF-8 as UTF-16; what is no UTF-8 becomes U+FFFD.
std::wstring wide(std::string_view);
/// UTF-16 as UTF-8; a lone surrogate becomes U+FFFD.
std::string narrow(std::wstring_view);

}  // namespace photopsy
