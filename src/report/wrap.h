#pragma once
// Lines of text at a width, counted in characters.
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// Words of `text` in lines of at most `width` columns (a longer word is broken). At least one line.
std::vector<std::string> wrapped(std::string_view text, unsigned width);

/// The same as one string: `first` before the first line, `rest` before each other, a line end after each.
std::string wrapped(std::string_view text, unsigned width, std::string_view first, std::string_view rest);

}  // namespace photopsy
