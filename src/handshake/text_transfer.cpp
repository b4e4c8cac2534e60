#include "handshake/text_transfer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace photopsy {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t line_feed = 0x0A, carriage_return = 0x0D;
constexpr std::size_t fewest_letters = 8;    // of two bytes and more, before bytes are taken for UTF-8: half of a key's bytes are from 80 on
constexpr std::size_t most_line_feeds = 10;  // a key of 611 bytes has two or three by chance
constexpr std::size_t most_dropped = 3;      // 0D 0A stands in one key of a hundred

/// Letters of Windows' code page 1252 for the bytes 80 to 9F; 0 where it has none, which programs leave as they are
/// (https://encoding.spec.whatwg.org/index-windows-1252.txt).
constexpr std::array<std::uint16_t, 32> code_page_1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                                          0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                                          0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
constexpr std::uint16_t replacement = 0xFFFD;

struct Letter {
    std::uint16_t value = 0;
    std::size_t size = 0;  ///< 0: no letter of UTF-8 of up to three bytes
};
Letter letter_at(ByteView bytes, std::size_t at) {
    const auto continued = [&](std::size_t i) { return i < bytes.size() && (bytes[i] & 0xC0) == 0x80; };
    const std::uint8_t first = bytes[at];
    if (first < 0x80) return {first, 1};
    if (first >= 0xC2 && first < 0xE0 && continued(at + 1)) return {static_cast<std::uint16_t>((first & 0x1F) << 6 | (bytes[at + 1] & 0x3F)), 2};
    if (first < 0xE0 || first >= 0xF0 || !continued(at + 1) || !continued(at + 2)) return {};
    return {static_cast<std::uint16_t>((first & 0x0F) << 12 | (bytes[at + 1] & 0x3F) << 6 | (bytes[at + 2] & 0x3F)), 3};
}

std::optional<std::uint8_t> byte_of(std::uint16_t letter) {
    if (letter < 0x100) return static_cast<std::uint8_t>(letter);
    const auto found = std::find(code_page_1252.begin(), code_page_1252.end(), letter);
    if (found == code_page_1252.end()) return {};
    return static_cast<std::uint8_t>(0x80 + (found - code_page_1252.begin()));
}

/// Up to the first byte that no such text has; empty where there are few letters that are no ASCII.
Bytes from_utf8(ByteView bytes) {
    Bytes out;
    std::size_t wide = 0;
    const bool marked = bytes.size() > 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF;
    for (std::size_t at = marked ? 3 : 0; at < bytes.size();) {
        const auto letter = letter_at(bytes, at);
        const auto byte = letter.size ? byte_of(letter.value) : std::nullopt;
        if (!byte) break;
        wide += letter.size > 1;
        out.push_back(*byte);
        at += letter.size;
    }
    return wide < fewest_letters ? Bytes() : out;
}

/// Empty where no 0D stands before a 0A.
Bytes without_returns(ByteView bytes) {
    Bytes out;
    for (std::size_t at = 0; at < bytes.size(); ++at)
        if (bytes[at] != carriage_return || at + 1 == bytes.size() || bytes[at + 1] != line_feed) out.push_back(bytes[at]);
    return out.size() == bytes.size() ? Bytes() : out;
}

/// With 0D put back before some of the first bytes 0A, in every way.
void add_returns(ByteView bytes, std::size_t from, std::size_t more, std::size_t longest, std::vector<std::size_t>& before, std::vector<UndoneTransfer>& all) {
    std::size_t feeds = 0;
    for (std::size_t at = 0; at < std::min(bytes.size(), longest) && feeds < most_line_feeds; ++at) {
        if (bytes[at] != line_feed) continue;
        ++feeds;
        if (at < from) continue;
        before.push_back(at);
        Bytes out;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            if (std::find(before.begin(), before.end(), i) != before.end()) out.push_back(carriage_return);
            out.push_back(bytes[i]);
        }
        all.push_back({.bytes = std::move(out), .what = "each 0D 0A in it became 0A", .exact = false});
        if (more > 1) add_returns(bytes, at + 1, more - 1, longest, before, all);
        before.pop_back();
    }
}

/// Ends of lines of other systems and what programs leave out of a text. (0A to 0D 0A, and 0D 0A to 0A, can be undone without knowing the file.)
constexpr std::array<ChangedCharacters, 5> changes = {{{.what = "each of its bytes 0D was dropped", .from = carriage_return},
                                                       {.what = "each of its bytes 0A was dropped", .from = line_feed},
                                                       {.what = "each of its bytes 00 was dropped", .from = 0},
                                                       {.what = "each of its bytes 0A became 0D", .from = line_feed, .to = carriage_return},
                                                       {.what = "each of its bytes 0D became 0A", .from = carriage_return, .to = line_feed}}};

/// What stands near the front of every key of a kind: names of algorithms, and the beginning of PKCS#1.
constexpr std::array<std::string_view, 3> marks_of_keys = {
    {{"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01", 9}, {"\x2A\x86\x48\xCE\x3D", 5}, {"\x02\x01\x00\x02\x81\x81\x00", 7}}};
constexpr std::size_t reach_of_marks = 96, shortest_key = 91;

template <class Rewrite>
bool holds_mark(std::string_view front, Rewrite rewrite) {
    return std::any_of(marks_of_keys.begin(), marks_of_keys.end(), [&](std::string_view mark) {
        std::string rewritten;
        for (const char c : mark) rewritten += rewrite(static_cast<std::uint8_t>(c));
        return front.find(rewritten) != front.npos;
    });
}

/// UTF-8 as far as the shortest key reaches, with marks that stand for what was no letter.
bool has_replacements(ByteView bytes) {
    std::size_t marks = 0, at = 0;
    while (at < bytes.size()) {
        const auto letter = letter_at(bytes, at);
        if (letter.size == 0) break;
        marks += letter.value == replacement;
        at += letter.size;
    }
    return at >= shortest_key && marks >= fewest_letters;
}

}  // namespace

std::vector<UndoneTransfer> undo_text_transfer(ByteView bytes, std::size_t longest) {
    std::vector<UndoneTransfer> all;
    const auto add = [&](Bytes undone, std::string_view what, bool feeds, bool letters) {
        if (!undone.empty()) all.push_back({.bytes = std::move(undone), .what = what, .feeds = feeds, .letters = letters});
    };
    add(without_returns(bytes), "each of its bytes 0A became 0D 0A", true, false);
    const auto narrow = from_utf8(bytes);
    add(narrow, "each of its bytes from 80 on became a letter of UTF-8, two or three bytes", false, true);
    add(without_returns(narrow), "each of its bytes 0A became 0D 0A, and each from 80 on a letter of UTF-8, two or three bytes", true, true);
    std::vector<std::size_t> before;
    add_returns(bytes, 0, most_dropped, longest, before, all);
    return all;
}

std::vector<std::uint8_t> redo_text_transfer(ByteView bytes, const UndoneTransfer& like) {
    Bytes out;
    for (const auto byte : bytes) {
        if (byte == line_feed && like.feeds) out.push_back(carriage_return);
        if (byte >= 0x80 && like.letters) out.push_back(static_cast<std::uint8_t>(0xC0 | byte >> 6));
        out.push_back(byte >= 0x80 && like.letters ? static_cast<std::uint8_t>(0x80 | (byte & 0x3F)) : byte);
    }
    return out;
}

std::vector<std::uint8_t> with_characters_changed(ByteView bytes, const ChangedCharacters& like) {
    Bytes out;
    for (const auto byte : bytes)
        if (byte != like.from)
            out.push_back(byte);
        else if (like.to >= 0)
            out.push_back(static_cast<std::uint8_t>(like.to));
    return out;
}

ChangedCharacters changed_characters(ByteView bytes, std::span<const std::vector<std::uint8_t>> files) {
    for (std::size_t file = 0; file < files.size(); ++file)
        for (auto change : changes) {
            const auto rewritten = with_characters_changed(files[file], change);
            if (rewritten == files[file] || rewritten.size() > bytes.size() || !std::equal(rewritten.begin(), rewritten.end(), bytes.begin())) continue;
            change.file = file;
            return change;
        }
    return {};
}

std::string_view lost_in_text_transfer(ByteView bytes) {
    if (bytes.size() < shortest_key) return "";
    const std::string_view front(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), reach_of_marks));
    const auto as_replacement = [](std::uint8_t byte) { return byte < 0x80 ? std::string(1, static_cast<char>(byte)) : std::string("\xEF\xBF\xBD"); };
    if (has_replacements(bytes) && holds_mark(front, as_replacement))
        return "each of its bytes from 80 on became the mark EF BF BD, which stands for no letter";
    if (std::any_of(bytes.begin(), bytes.begin() + shortest_key, [](std::uint8_t byte) { return byte >= 0x80; })) return "";
    if (holds_mark(front, [](std::uint8_t byte) { return byte < 0x80 ? static_cast<char>(byte) : '?'; }))
        return "each of its bytes from 80 on became a question mark (3F)";
    if (holds_mark(front, [](std::uint8_t byte) { return static_cast<char>(byte & 0x7F); })) return "each of its bytes lost its highest bit";
    return "";
}

}  // namespace photopsy
