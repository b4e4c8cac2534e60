#pragma once
// A layout as bytes that need no parsing: what a layout file becomes when photopsy is built. No file format: the program that reads it is built with it.
#include "flash/layout.h"

#include <string>
#include <string_view>

namespace photopsy {

/// Every field of the layout, numbers of four bytes little-endian, texts and lists behind their lengths.
std::string layout_table(const Layout&);
/// The layout that layout_table() was made from. Reads nothing outside `table`; what it lacks has its default.
Layout layout_from_table(std::string_view table);

}  // namespace photopsy
