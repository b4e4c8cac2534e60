#include "cli/text_output.h"

#include "report/plain_text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace photopsy {

void add_text_options(CommandDefinition& command, TextOptions& options) {
    static constexpr unsigned least = 40, most = 200;
    command.add_option("--color", &options.colour, "auto, always or never").type_name("WHEN").choices({"auto", "always", "never"});
    command.add_flag("--ascii", &options.ascii, "No characters beyond ASCII");
    command.add_option("--width", &options.width, "Columns of the text, 40 to 200 (default: the terminal's)").type_name("COLUMNS").range(least, most);
}

static Result<bool> asked_colour(const TextOptions& options, const Terminal& terminal, TextPlace place) {
    if (options.colour == "always") return true;
    if (options.colour == "never") return false;
    if (options.colour == "auto") return place == TextPlace::StandardOutput && terminal.output_is_tty && !terminal.no_colour && !terminal.dumb;
    return Error{"--color is auto, always or never, not \"" + options.colour + "\""};
}

Result<Paint> asked_paint(const TextOptions& options, const Terminal& terminal, TextPlace place) {
    const auto colour = asked_colour(options, terminal, place);
    if (!colour) return colour.error();
    const bool utf8 = !options.ascii && (terminal.utf8 || place == TextPlace::File);
    return Paint(*colour, utf8, options.width ? options.width : terminal.width);
}

namespace {

/// A line to type, or one word: what breaks when it is broken.
bool stays_whole(std::string_view line) {
    const auto begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) return true;
    const auto text = line.substr(begin);
    static constexpr std::array<std::string_view, 6> programs = {"dfu-util ", "particle ", "photopsy ", "openocd ", "npm ", "tar "};
    const bool typed = begin > 0 && std::any_of(programs.begin(), programs.end(), [&](std::string_view program) { return text.starts_with(program); });
    return typed || text.find(' ') == std::string_view::npos;
}

/// Where the rest of a line stands: behind the last run of blanks in its first half, else where it begins and a little further.
std::size_t hanging_column(std::string_view line, unsigned width) {
    const auto begin = std::min(line.find_first_not_of(' '), line.size());
    std::size_t column = begin;
    for (auto at = line.find("  ", begin); at != std::string_view::npos; at = line.find("  ", at + 1)) {
        const auto end = line.find_first_not_of(' ', at);
        if (end != std::string_view::npos && end < width / 2) column = end;
    }
    static constexpr std::size_t further = 4;
    return column == begin ? std::min<std::size_t>(begin + (begin > 0 ? 2 : further), width / 2) : column;
}

/// Words in lines of at most `width` columns; a longer word (a fingerprint) stands alone and whole.
std::vector<std::string> words_in_lines(std::string_view text, unsigned width) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (word.empty()) continue;
        if (!lines.back().empty() && columns(lines.back()) + 1 + columns(word) > width) lines.emplace_back();
        lines.back() += (lines.back().empty() ? "" : " ") + std::string(word);
    }
    return lines;
}

std::string fitted(std::string_view line, unsigned width) {
    if (columns(line) <= width || stays_whole(line)) return std::string(line) + "\n";
    const auto hang = hanging_column(line, width);
    const auto begin = line.find_first_not_of(' ');
    const bool has_columns = line.substr(begin, hang > begin ? hang - begin : 0).find("  ") != std::string_view::npos;
    const auto head = has_columns ? hang : begin;
    const std::string blanks(hang, ' ');
    const auto rest = words_in_lines(line.substr(head), width > hang ? width - static_cast<unsigned>(hang) : 1);
    std::string text;
    for (const auto& part : rest) text += (text.empty() ? std::string(line.substr(0, head)) : blanks) + part + "\n";
    return text;
}

void tint(std::string& line, std::string_view word, Tone tone, const Paint& paint) {
    const auto at = line.find(word);
    if (at != std::string::npos) line.replace(at, word.size(), paint.tone(tone, word));
}

}  // namespace

std::string laid_out(std::string_view text, const Paint& paint) {
    std::string result;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        auto lines = fitted(paint.plain(line), paint.width());
        const bool heading = !line.empty() && line.front() != ' ' && text.starts_with("  ");
        if (heading) lines = paint.tone(Tone::Strong, lines.substr(0, lines.size() - 1)) + "\n";
        for (const auto* sign : {"\u2713", "\u2717", "  BAD"})
            if (!heading) tint(lines, sign, *sign == '\xE2' && sign[2] == '\x93' ? Tone::Good : Tone::Bad, paint);
        result += lines;
    }
    return result;
}

}  // namespace photopsy
