#pragma once
// What the tests ask of a text that the program wrote.
#include <algorithm>
#include <string>
#include <string_view>

namespace photopsy::test {

inline bool has(const std::string& text, std::string_view wanted) { return text.find(wanted) != std::string::npos; }

/// How often `what` stands in the text, overlapping ones too.
inline std::size_t count(std::string_view text, std::string_view what) {
    std::size_t hits = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++hits;
    return hits;
}

/// The text without its lines' ends, which fall where they fall.
inline std::string in_one_line(std::string_view text) {
    std::string line;
    for (const char letter : text)
        if (const bool blank = letter == ' ' || letter == '\n'; !blank || (!line.empty() && line.back() != ' ')) line += blank ? ' ' : letter;
    return line;
}

/// One line that says what is wrong, as standard error gets it.
inline bool one_sentence(std::string_view text) {
    return text.starts_with("photopsy: ") && std::count(text.begin(), text.end(), '\n') == 1 && text.back() == '\n' && text.size() > 20;
}

}  // namespace photopsy::test
