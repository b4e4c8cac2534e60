#pragma once
// The list of built-in layouts, written by cmake/layouts.cmake from the files in layouts/.
#include <cstdint>
#include <span>
#include <string_view>

namespace photopsy {

struct EmbeddedLayout {
    std::string_view name;
    std::uint16_t platform_id = 0;
    std::string_view text;   ///< of the file
    std::string_view table;  ///< what its reader made of it (flash/layout_table.h)
};

/// By the `order` of each file.
std::span<const EmbeddedLayout> embedded_layouts();

}  // namespace photopsy
