#include "report/text_paint.h"

#include "report/plain_text.h"
#include "report/wrap.h"

#include <algorithm>
#include <array>

namespace photopsy {

std::string Paint::tone(Tone tone, std::string_view text) const {
    static constexpr std::array<std::string_view, 6> escapes = {"", "\033[32m", "\033[31m", "\033[33m", "\033[2m", "\033[1m"};
    if (!colour_ || tone == Tone::Plain || text.empty()) return std::string(text);
    return std::string(escapes[static_cast<std::size_t>(tone)]) + std::string(text) + "\033[0m";
}

std::string Paint::sign(Sign sign) const {
    switch (sign) {
        case Sign::Good:
            return tone(Tone::Good, utf8_ ? "✓" : "+");
        case Sign::Bad:
            return tone(Tone::Bad, utf8_ ? "✗" : "x");
        case Sign::Skipped:
            return tone(Tone::Faint, utf8_ ? "·" : "-");
        case Sign::Unknown:
            break;
    }
    return tone(Tone::Warn, "?");
}

std::string Paint::plain(std::string_view text) const { return utf8_ ? std::string(text) : in_ascii(text); }

std::string Paint::paragraph(std::string_view text, unsigned indent, std::string_view first) const {
    const std::string blanks(indent, ' ');
    const auto lead = first.empty() ? blanks : std::string(first) + std::string(indent > columns(first) ? indent - columns(first) : 0, ' ');
    return wrapped(plain(text), width_, lead, blanks);
}

std::string Paint::heading(std::string_view title) const { return "\n" + tone(Tone::Strong, plain(title)) + "\n"; }

static std::string repeated(std::string_view text, std::size_t count) {
    std::string result;
    while (count-- > 0) result += text;
    return result;
}

std::string Paint::box(Tone colour, std::string_view title, std::string_view text) const {
    struct Edges {
        std::string_view top_left, top_right, bottom_left, bottom_right, across, down;
    };
    static constexpr Edges round{"╭", "╮", "╰", "╯", "─", "│"}, ascii{"+", "+", "+", "+", "-", "|"};
    const auto& edges = utf8_ ? round : ascii;
    const auto caption = " " + plain(title) + " ";
    const auto inner = width_ - 4;
    std::string result = tone(colour, std::string(edges.top_left) + std::string(edges.across)) + tone(colour, tone(Tone::Strong, caption)) +
                         tone(colour, repeated(edges.across, width_ - 3 - columns(caption)) + std::string(edges.top_right)) + "\n";
    const auto side = tone(colour, edges.down);
    for (const auto& line : wrapped(plain(text), inner)) {
        const auto used = columns(line);
        result += side + " " + line + std::string(inner > used ? inner - used : 0, ' ') + " " + side + "\n";
    }
    return result + tone(colour, std::string(edges.bottom_left) + repeated(edges.across, width_ - 2) + std::string(edges.bottom_right)) + "\n";
}

/// On a narrow screen a row is its first cell and, below it, the others.
std::string Paint::narrow_table(const std::vector<std::vector<Cell>>& rows, unsigned indent) const {
    std::string result;
    for (const auto& row : rows) {
        if (row.empty()) continue;
        std::string rest;
        for (std::size_t i = 1; i < row.size(); ++i)
            if (!row[i].text.empty()) rest += (rest.empty() ? "" : ", ") + row[i].text;
        const auto worst = std::find_if(row.begin(), row.end(), [](const Cell& cell) { return cell.tone != Tone::Plain; });
        result += tone(worst == row.end() ? Tone::Plain : worst->tone, paragraph(row.front().text, indent));
        if (!rest.empty()) result += paragraph(rest, indent + 2);
    }
    return result;
}

std::string Paint::table(const std::vector<std::vector<Cell>>& rows, unsigned indent) const {
    static constexpr unsigned least_width = 60;
    if (width_ < least_width) return narrow_table(rows, indent);
    std::vector<unsigned> widths;
    for (const auto& row : rows)
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            widths.resize(std::max(widths.size(), i + 1));
            widths[i] = std::max(widths[i], columns(plain(row[i].text)));
        }
    // A long name in the first column stands on a line of its own: it must not push the others off the screen.
    if (!widths.empty()) widths[0] = std::min(widths[0], std::max(24u, width_ * 2 / 5));
    std::string result;
    for (const auto& row : rows) {
        std::string line(indent, ' ');
        unsigned used = indent;
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            const auto cell = plain(row[i].text);
            const bool fits = columns(cell) <= widths[i];
            line += tone(row[i].tone, cell) + (fits ? std::string(widths[i] - columns(cell) + 2, ' ') : "\n" + std::string(indent + widths[i] + 2, ' '));
            used += widths[i] + 2;
        }
        if (row.empty()) continue;
        const auto last = plain(row.back().text);
        const bool below = width_ < used + 24 && columns(last) + used > width_;  // no room beside the others
        if (below) used = indent + 4;
        const auto lines = wrapped(last, width_ - used);
        while (below && line.ends_with(' ')) line.pop_back();
        result += line + (below ? "\n" + std::string(used, ' ') : "") + tone(row.back().tone, lines.front());
        while (result.ends_with(' ')) result.pop_back();
        result += "\n";
        for (std::size_t i = 1; i < lines.size(); ++i) result += std::string(used, ' ') + tone(row.back().tone, lines[i]) + "\n";
    }
    return result;
}

}  // namespace photopsy
