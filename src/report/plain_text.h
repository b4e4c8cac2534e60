#pragma once
// Text from a dump is a stranger's text: nothing in it may steer a terminal, a forum or a browser.
#include <string>
#include <string_view>

namespace photopsy {

/// The text with every control character (C0 and C1, DEL), every invisible direction or zero-width mark and every broken UTF-8 byte replaced by
/// "?". A line feed or tab becomes a space.
std::string without_control_characters(std::string_view text);

/// The same in ASCII: known signs become their nearest spelling ("→" "->"), others "?".
std::string in_ascii(std::string_view text);

/// Columns that the text takes: its UTF-8 characters.
unsigned columns(std::string_view text);

}  // namespace photopsy
