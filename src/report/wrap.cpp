#include "report/wrap.h"

#include "report/plain_text.h"

namespace photopsy {

/// Bytes of the first `count` characters.
static std::size_t leading_characters(std::string_view text, unsigned count) {
    std::size_t at = 0;
    while (at < text.size() && (count > 0 || (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)) {
        if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) --count;
        ++at;
    }
    return at;
}

/// Takes the next word off the text: at most `width` characters of it.
static std::string_view next_word(std::string_view& text, unsigned width) {
    auto word = text.substr(0, text.find(' '));
    word = word.substr(0, leading_characters(word, width));
    text.remove_prefix(word.size());
    if (text.starts_with(' ')) text.remove_prefix(1);
    return word;
}

std::vector<std::string> wrapped(std::string_view text, unsigned width) {
    std::vector<std::string> lines(1);
    unsigned used = 0;
    if (width == 0) width = 1;
    while (!text.empty()) {
        const auto word = next_word(text, width);
        if (word.empty()) continue;
        const auto needs = columns(word);
        if (used > 0 && used + 1 + needs > width) {
            lines.emplace_back();
            used = 0;
        }
        if (used > 0) lines.back() += ' ';
        lines.back() += word;
        used += (used > 0) + needs;
    }
    return lines;
}

std::string wrapped(std::string_view text, unsigned width, std::string_view first, std::string_view rest) {
    const auto indent = columns(first) > columns(rest) ? columns(first) : columns(rest);
    std::string result;
    for (const auto& line : wrapped(text, width > indent ? width - indent : 1)) {
        result += result.empty() ? first : rest;
        result += line;
        result += '\n';
    }
    return result;
}

}  // namespace photopsy
