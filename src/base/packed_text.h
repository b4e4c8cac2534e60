#pragma once
// Texts of photopsy's own that lie packed in the program, for a run asks for one of them or for none (cmake/embed.cmake makes them of files).
#include <string>
#include <string_view>

namespace photopsy {

struct PackedText {
    std::string_view gzip;  ///< one member (RFC 1952) of less than 4 GiB

    /// What was packed. "" where the bytes are no whole member, or for want of memory. (packed_text_libdeflate.cpp)
    std::string text() const;
};

}  // namespace photopsy
