#pragma once
// Half a sentence of a fact as a whole one.
#include <string>

namespace photopsy {

/// "The file ends early." of "the file ends early": the first letter (of ASCII) large, a full stop at the end where none stands there. Of nothing nothing.
inline std::string as_sentence(std::string text) {
    if (text.empty()) return text;
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    if (text.back() != '.') text += '.';
    return text;
}

}  // namespace photopsy
