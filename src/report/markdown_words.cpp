#include "report/markdown_words.h"

#include "report/plain_text.h"

#include <algorithm>

namespace photopsy {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "device.spark.io", "user.bin": a dot between letters or digits with a letter behind it, which a linkifier may take for a host.
bool looks_like_a_name(std::string_view word) {
    for (std::size_t at = 1; at + 1 < word.size(); ++at)
        if (word[at] == '.' && (is_letter(word[at - 1]) || is_digit(word[at - 1])) && is_letter(word[at + 1])) return true;
    return false;
}

bool needs_code(std::string_view word) {
    if (word.size() < 2) return word == "@" || word == "#";
    if (word.substr(0, 2) == "0x" || word.find("://") != std::string_view::npos || word.front() == '#' || word.substr(0, 2) == "--") return true;
    if (word.substr(0, 4) == "www." || word.find_first_of("@_{}") != std::string_view::npos) return true;
    if (std::count(word.begin(), word.end(), ':') > 1 || word.find("...") != std::string_view::npos) return true;
    return looks_like_a_name(word);
}

std::string escaped(std::string_view text) {
    static constexpr std::string_view special = "\\`*_[]<>#|~\"'&$@^{}";
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto rest = text.substr(at);
        const bool sign = rest.starts_with("(c)") || rest.starts_with("(C)") || rest.starts_with("(r)") || rest.starts_with("(R)") || rest.starts_with("(p)") ||
                          rest.starts_with("(P)") || rest.starts_with("(tm)") || rest.starts_with("(TM)") || rest.starts_with("+-") || rest.starts_with("--") ||
                          rest.starts_with("..") || rest.starts_with("??") || rest.starts_with("!!") || rest.starts_with(",,");
        const bool alone = text.size() == 1 && (text[0] == '-' || text[0] == '+' || text[0] == '=');
        if (sign || alone || special.find(text[at]) != std::string_view::npos) result += '\\';
        result += text[at];
    }
    return result;
}

std::size_t longest_run_of_backquotes(std::string_view text) {
    std::size_t longest = 0, run = 0;
    for (const char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
    return longest;
}

/// One word with the punctuation around it.
std::string one_word(std::string_view word) {
    const auto begin = word.find_first_not_of("(\"'[");
    if (begin == std::string_view::npos) return escaped(word);
    auto end = word.find_last_not_of(".,;:!?)\"']") + 1;
    if (end <= begin) return escaped(word);
    const auto core = word.substr(begin, end - begin);
    if (!needs_code(core)) return escaped(word);
    return escaped(word.substr(0, begin)) + code_span(core) + escaped(word.substr(end));
}

}  // namespace

std::string in_markdown(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto blank = text.find(' ');
        const auto word = text.substr(0, blank);
        if (!word.empty()) result += (result.empty() ? "" : " ") + one_word(word);
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    }
    return result;
}

std::string code_span(std::string_view text) {
    const auto inside = longest_run_of_backquotes(text);
    if (inside == 0) return "`" + std::string(text) + "`";
    const std::string mark(inside + 1, '`');  // CommonMark 6.1: a run of another length ends no span, and one blank inside either end is dropped
    return mark + " " + std::string(text) + " " + mark;
}

std::string fenced(const std::vector<std::string>& lines) {
    static constexpr std::size_t shortest = 3;
    std::size_t inside = 0;
    for (const auto& line : lines) inside = std::max(inside, longest_run_of_backquotes(line));
    const std::string fence(std::max(shortest, inside + 1), '`');
    std::string result = fence + "text\n";
    for (const auto& line : lines) result += line + "\n";
    return result + fence + "\n";
}

std::string folded(std::string_view summary, std::string_view body) {
    std::string plain;
    for (const char c : summary) plain += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
    return "\n<details>\n<summary>" + plain + "</summary>\n\n" + std::string(body) + "\n</details>\n";
}

std::string table_row(const std::vector<std::string>& cells) {
    std::string row = "|";
    for (auto cell : cells) {
        for (std::size_t at = 0; (at = cell.find('|', at)) != std::string::npos; at += 2)
            if (at == 0 || cell[at - 1] != '\\') cell.insert(at, "\\");
        row += " " + cell + " |";
    }
    return row + "\n";
}

std::size_t length_of(std::string_view text) { return columns(text); }

}  // namespace photopsy
