#include "report/commands.h"

#include <algorithm>

namespace photopsy {

static bool is_plain(char c) {
    const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter_or_digit || std::string_view("._-/:,+@=").find(c) != std::string_view::npos;
}

/// Bytes beyond ASCII need no quotes in a POSIX shell, but PowerShell takes typographic quotation marks for its own: there they are always quoted.
static bool needs_no_quotes(std::string_view word, CommandStyle::Shell shell) {
    const bool windows = shell == CommandStyle::Shell::Windows;
    const auto plain = [&](char c) { return is_plain(c) ? !windows || (c != ',' && c != '=') : windows && c == '\\'; };
    return !word.empty() && word.front() != '@' && std::all_of(word.begin(), word.end(), plain);
}

static std::string in_single_quotes(std::string_view word, std::string_view quote_inside) {
    std::string text = "'";
    for (const char c : word) c == '\'' ? text += quote_inside : text += c;
    return text + "'";
}

std::string quoted(std::string_view word, CommandStyle::Shell shell) {
    if (needs_no_quotes(word, shell)) return std::string(word);
    if (shell == CommandStyle::Shell::Posix) return in_single_quotes(word, "'\\''");
    const bool only_powershell = word.find_first_of("$`") != std::string_view::npos || word.find("\xE2\x80") != std::string_view::npos;
    return only_powershell ? in_single_quotes(word, "''") : "\"" + std::string(word) + "\"";
}

std::string quoted_file(std::string_view name, CommandStyle::Shell shell) {
    const std::string_view here = shell == CommandStyle::Shell::Windows ? ".\\" : "./";
    return quoted(name.starts_with('-') ? std::string(here).append(name) : std::string(name), shell);
}

}  // namespace photopsy
