#include "report/wrap.h"

#include "report/plain_text.h"

namespace photopsy {

std::vector<std::string> wrapped(std::string_view text, unsigned width) {
    std::vector<std::string> lines(1);
    unsigned used = 0;
    while (!text.empty()) {
        const auto blank = text.find(' ');
        const auto word = text.substr(0, blank);
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
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
