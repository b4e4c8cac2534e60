// Flash bytes written out as hexadecimal text: xxd, hexdump -C, od -A x -t x1, Format-Hex, certutil -encodehex, the memory displays of debuggers (GDB, OpenOCD,
// J-Link, whose words are numbers, so that their bytes stand in the other order), or plain digits.
#include "flash/formats.h"
#include "flash/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace photopsy {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t most_in_a_line = 64;
constexpr int longest_heading = 8;  // lines; Format-Hex writes a path and a row of column numbers

bool is_hex(std::string_view word) {
    for (char c : word)
        if (hex_digit(c) < 0) return false;
    return !word.empty();
}

std::string_view next_word(std::string_view& rest) {
    const auto begin = std::min(rest.find_first_not_of(blanks), rest.size());
    const auto end = std::min(rest.find_first_of(blanks, begin), rest.size());
    const auto word = rest.substr(begin, end - begin);
    rest.remove_prefix(end);
    return word;
}

bool take_prefix(std::string_view& word) {
    if (!word.starts_with("0x")) return false;
    word.remove_prefix(2);
    return true;
}

/// Where the bytes of a line may end, and what then stands behind them.
struct Cut {
    std::size_t bytes = 0;
    std::string_view rest;
};

struct ListingLine {
    bool has_address = false;
    std::uint64_t address = 0;
    std::vector<std::uint8_t> bytes;
    bool gap_behind = false;  ///< blanks behind them that no two words of one line have between them
    std::vector<Cut> cuts;    ///< behind each word that reads as bytes: the last of them may be letters of a text column

    bool has_cut(std::size_t size) const {
        return std::any_of(cuts.begin(), cuts.end(), [&](const Cut& cut) { return cut.bytes == size; });
    }
};

/// "00000010: 0102 0304 ...  ....", "00000010  01 02 ... |....|", "000010 01 02", "0010<tab>01 02": address, then groups of whole bytes, and perhaps
/// a text column, whose letters may read as more of them: settle() finds its begin.
bool parse_with_address(std::string_view line, ListingLine& parsed) {
    auto address = next_word(line);
    bool colon = address.ends_with(':');
    if (colon) address.remove_suffix(1);
    bool of_debugger = take_prefix(address);
    if (const auto begin = line.find_first_not_of(blanks); begin != line.npos && !colon) {
        if (line[begin] == '=') {  // "08000000 = 00 C0 01 20"
            of_debugger = true;
            line.remove_prefix(begin + 1);
        } else if (const auto end = line.find(">:"); of_debugger && line[begin] == '<' && end != line.npos) {  // "0x8000000 <vectors+16>:"
            colon = true;
            line.remove_prefix(end + 2);
        }
    }
    if (address.size() < 4 || address.size() > 16 || !is_hex(address)) return false;
    parsed.address = 0;
    for (char c : address) parsed.address = parsed.address * 16 + static_cast<std::uint64_t>(hex_digit(c));
    parsed.has_address = true;
    std::size_t group = 0;
    while (!line.empty() && parsed.bytes.size() < most_in_a_line) {
        // Two blanks stand before the text column after groups of xxd; others write two in the middle of a line, too.
        parsed.gap_behind = group > 0 && line.starts_with(colon ? "  " : "   ");
        if (parsed.gap_behind) break;
        auto word = next_word(line);
        if (of_debugger) take_prefix(word);
        if (word.empty() || !is_hex(word) || word.size() % 2 || (group > 0 && word.size() > group)) break;
        if (group == 0) group = word.size();
        append_hex(word, parsed.bytes);
        if (of_debugger) std::reverse(parsed.bytes.end() - static_cast<std::ptrdiff_t>(word.size() / 2), parsed.bytes.end());
        parsed.cuts.push_back({parsed.bytes.size(), line});
    }
    return !parsed.bytes.empty() || line.find_first_not_of(blanks) == std::string_view::npos;
}

/// Whether these may be the letters that a text column has for the bytes: a printable byte is its own letter, any other is none of the digits. Lines end
/// without their blanks, so that blanks at the end of the letters may be missing.
bool are_letters_of(ByteView bytes, std::string_view letters) {
    if (letters.size() > bytes.size()) return false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool printable = bytes[i] >= 0x20 && bytes[i] < 0x7F;
        const char letter = i < letters.size() ? letters[i] : ' ';
        if (printable ? letter != static_cast<char>(bytes[i]) : hex_digit(letter) >= 0 || (i >= letters.size())) return false;
    }
    return true;
}

/// Whether what stands behind the bytes is their text column, or nothing.
bool fits_text(ByteView bytes, std::string_view rest) {
    const auto begin = rest.find_first_not_of(blanks);
    if (begin == rest.npos) return true;
    if (rest[begin] == '|' && rest.ends_with('|') && rest.size() > begin + 1) return are_letters_of(bytes, rest.substr(begin + 1, rest.size() - begin - 2));
    for (std::size_t from = 1; from <= begin; ++from)  // blanks may be letters too
        if (are_letters_of(bytes, rest.substr(from))) return true;
    return false;
}

/// How far the next line's address is, where that line follows at once; 0 where it does not tell.
std::uint64_t step_to_next(const ListingLine& line, Lines behind) {
    std::string_view text;
    ListingLine next;
    while (behind.next(text))
        if (!text.empty()) break;
    if (text.empty() || text == "*" || !parse_with_address(text, next) || next.address <= line.address) return 0;
    return next.address - line.address;
}

/// Takes the letters of a text column off the bytes that a line seems to have. The address of the next line tells where they begin; of a line without a next
/// one the letters themselves have to, and no line has more bytes than `usual`. False where several ends are possible.
bool settle(ListingLine& line, std::uint64_t step, std::size_t usual, bool has_text) {
    if (!line.has_address || line.cuts.empty()) return true;
    if (step > 0 && step <= line.bytes.size()) {
        const bool known = line.has_cut(static_cast<std::size_t>(step));
        if (known) line.bytes.resize(static_cast<std::size_t>(step));
        return known;
    }
    const bool more_than_usual = usual > 0 && line.bytes.size() > usual;
    if ((!has_text || line.gap_behind) && !more_than_usual) return true;
    std::size_t found = 0, ends = 0;
    for (const auto& cut : line.cuts) {
        if ((usual > 0 && cut.bytes > usual) || !fits_text(ByteView(line.bytes).first(cut.bytes), cut.rest)) continue;
        const bool all_of_it = cut.rest.find_first_not_of(blanks) == cut.rest.npos;
        if (all_of_it && has_text && !all_equal(ByteView(line.bytes).first(cut.bytes), ' ')) continue;  // its letters are missing
        found = cut.bytes;
        ++ends;
    }
    if (ends == 0 && !more_than_usual && line.bytes.size() == usual) return true;  // a column of letters of another kind
    if (ends == 0 && line.cuts.size() == 1) return true;
    if (ends == 1) line.bytes.resize(found);
    return ends == 1;
}

/// Nothing but pairs of digits, with or without blanks between them.
bool parse_plain(std::string_view line, ListingLine& parsed) {
    while (line.find_first_not_of(blanks) != std::string_view::npos) {
        const auto word = next_word(line);
        if (!is_hex(word) || word.size() % 2 || !append_hex(word, parsed.bytes)) return false;
    }
    return !parsed.bytes.empty();
}

bool parse_line(std::string_view line, bool with_address, ListingLine& parsed) {
    return with_address ? parse_with_address(line, parsed) : parse_plain(line, parsed);
}

/// True where the line that was just read and the next are a listing of this kind: addresses that advance by the bytes of a line.
bool begins_listing(std::string_view line, Lines& lines, bool with_address) {
    ListingLine first, second;
    if (!parse_line(line, with_address, first) || first.bytes.empty()) return false;
    if (!lines.next(line)) return !with_address && first.bytes.size() >= 32;
    if (with_address && line == "*") return true;
    if (!parse_line(line, with_address, second)) return false;
    if (!with_address) return first.bytes.size() >= 8;
    return second.address > first.address && first.has_cut(static_cast<std::size_t>(second.address - first.address));
}

struct Listing {
    bool found = false, with_address = false;
    int heading = 0;  ///< lines before it
};

/// A heading stands before addresses only: digits alone are too little to tell them from other words.
Listing find_listing(ByteView file) {
    Lines lines(file);
    std::string_view line;
    for (int number = 0; number <= longest_heading && lines.next(line); ++number) {
        const auto behind = lines;
        const auto begins = [&](bool with_address) {
            auto next = behind;
            return begins_listing(line, next, with_address);
        };
        if (begins(true)) return {true, true, number};
        if (number == 0 && begins(false)) return {true, false, 0};
    }
    return {};
}

/// A line for bytes that were given before: whether it says the same of them. Its end may be new.
bool repeats(const ListingLine& line, const std::vector<std::uint8_t>& bytes, std::size_t at) {
    const auto known = std::min(line.bytes.size(), bytes.size() - at);
    return std::equal(line.bytes.begin(), line.bytes.begin() + static_cast<std::ptrdiff_t>(known), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

enum class Appended { Yes, DoesNotGoOn, Contradicts, Ambiguous };

/// Appends a line to the bytes; a "*" before it stands for repetitions of the line above (hexdump, xxd -a). What was listed before may be listed again.
Appended append_line(const ListingLine& line, std::vector<std::uint8_t>& bytes, std::uint64_t first_address, bool repeated) {
    std::size_t known = 0;
    if (line.has_address) {
        if (line.address < first_address || line.address - first_address > max_unpacked_size) return Appended::DoesNotGoOn;
        const auto at = static_cast<std::size_t>(line.address - first_address);
        if (at < bytes.size() && !repeats(line, bytes, at)) return Appended::Contradicts;
        known = at < bytes.size() ? std::min(line.bytes.size(), bytes.size() - at) : 0;
        const std::size_t period = std::min<std::size_t>(16, bytes.size());
        if (at > bytes.size() && (period == 0 || !repeated)) return Appended::DoesNotGoOn;
        while (bytes.size() < at) bytes.push_back(bytes[bytes.size() - period]);
    }
    bytes.insert(bytes.end(), line.bytes.begin() + static_cast<std::ptrdiff_t>(known), line.bytes.end());
    return Appended::Yes;
}

}  // namespace

bool is_hex_listing(ByteView file) { return file.size() >= 64 && find_listing(file).found; }

Decoded decode_hex_listing(ByteView file) {
    Decoded decoded{.format = "hex-listing"};
    const auto [found, with_address, heading] = find_listing(file);
    Lines lines(file);
    std::string_view line;
    for (int skipped = 0; skipped < heading; ++skipped) lines.next(line);
    std::uint64_t first_address = 0;
    bool first = true;
    std::size_t stopped_at = 0, usual = 0;
    auto appended = Appended::Yes;
    bool has_text = false, repeated = false;
    while (lines.next(line)) {
        repeated |= line == "*";
        if (line.empty() || line == "*") continue;
        ListingLine parsed;
        if (parse_line(line, with_address, parsed)) {
            if (first) first_address = parsed.address;
            first = false;
            const auto step = with_address ? step_to_next(parsed, lines) : 0;
            if (!settle(parsed, step, usual, has_text)) {
                appended = Appended::Ambiguous;
                stopped_at = lines.number();
                break;
            }
            usual = std::max(usual, parsed.bytes.size());
            for (const auto& cut : parsed.cuts) has_text |= cut.bytes == parsed.bytes.size() && cut.rest.find_first_not_of(blanks) != cut.rest.npos;
            appended = append_line(parsed, decoded.owned, first_address, repeated);
            repeated = false;
            if (appended == Appended::Yes) continue;
        }
        stopped_at = lines.number();
        break;
    }
    decoded.raw = decoded.owned;
    auto detail = std::string("the file is a listing of bytes in hexadecimal digits, not the bytes themselves");
    detail += stopped_at ? fmt::format("; it was decoded up to line {}", stopped_at) : fmt::format("; it was decoded to {} bytes", decoded.owned.size());
    decoded.problems.push_back(
        {.defect = CaptureDefect::NotBinary, .where = {}, .file_offset = 0, .length = file.size(), .detail = std::move(detail), .is_listing = true});
    if (appended == Appended::Ambiguous)
        decoded.problems.push_back(
            {.defect = CaptureDefect::Contradictory,
             .where = {},
             .file_offset = lines.offset(),
             .length = line.size(),
             .detail = fmt::format("where the bytes of line {} of the listing end and its letters begin cannot be told; it ends there", stopped_at)});
    if (appended == Appended::Contradicts)
        decoded.problems.push_back({.defect = CaptureDefect::Contradictory,
                                    .where = {},
                                    .file_offset = lines.offset(),
                                    .length = line.size(),
                                    .detail = fmt::format("line {} of the listing gives bytes that stand further up, and others; it ends there", stopped_at)});
    return decoded;
}

}  // namespace photopsy
