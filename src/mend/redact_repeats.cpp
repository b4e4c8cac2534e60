// In what the owner keeps: whatever repeats a secret of the tables, as bytes, or written down as text by an application, a log or a backup. (Of what he does
// not keep nothing stays that is not proved public, so nothing needs to be searched for.)
#include "facts/dct_format.h"
#include "handshake/judge.h"
#include "handshake/server_address.h"
#include "handshake/walk.h"
#include "mend/redaction.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace photopsy {

namespace {

constexpr std::uint32_t window = 6;
using Windows = std::unordered_set<std::uint64_t>;

std::uint64_t window_at(ByteView bytes, std::size_t offset) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < window; ++i) value = value << 8 | bytes[offset + i];
    return value;
}

/// Six bytes that say something: not one or two values repeated.
bool telling(ByteView bytes, std::size_t offset) {
    std::array<bool, 256> seen{};
    int different = 0;
    for (std::size_t i = 0; i < window; ++i)
        if (!seen[bytes[offset + i]]) seen[bytes[offset + i]] = true, ++different;
    return different >= 4;
}

void add_all(ByteView bytes, Windows& windows) {
    for (std::size_t i = 0; i + window <= bytes.size(); ++i)
        if (telling(bytes, i)) windows.insert(window_at(bytes, i));
}

/// The values in a page's records, one after the other, before redaction: what an application stored in neighbouring cells.
std::vector<std::uint8_t> cells_of(ByteView page) {
    std::vector<std::uint8_t> cells;
    for (std::size_t record = 4; record + 4 <= page.size(); record += 4) cells.push_back(page[record]);
    return cells;
}

/// The bytes as words of 2 or 4 bytes turned round, the first word beginning at `first`: how a program prints a secret by words, and how libraries keep it.
std::vector<std::uint8_t> words_turned(ByteView bytes, std::size_t first, std::size_t width) {
    std::vector<std::uint8_t> turned(bytes.begin(), bytes.end());
    for (std::size_t at = first; at + width <= turned.size(); at += width)
        std::reverse(turned.begin() + static_cast<std::ptrdiff_t>(at), turned.begin() + static_cast<std::ptrdiff_t>(at + width));
    return turned;
}

/// Calls `take(width, first)` for each way to read bytes as words.
template <class Take>
void for_each_word_order(Take take) {
    for (const std::size_t width : {std::size_t{2}, std::size_t{4}})
        for (std::size_t first = 0; first < width; ++first) take(first, width);
}

/// Windows of `before` of which more than half changed: fewer are the shape of a key, or equal by chance.
void add_changed(ByteView before, ByteView after, Windows& windows) {
    for (std::size_t i = 0; i + window <= before.size(); ++i) {
        std::size_t changed = 0;
        for (std::size_t k = 0; k < window; ++k) changed += before[i + k] != after[i + k];
        if (changed * 2 >= window && telling(before, i)) windows.insert(window_at(before, i));
    }
}

/// What was overwritten in a place, window by window, as it stood and by words.
void add_changed(const DumpRedaction& redaction, Range at, Windows& windows) {
    const auto before = redaction.image().bytes(at);
    const auto after = redaction.copy.view(at);
    if (before.size() != after.size()) return;
    add_changed(before, after, windows);
    for_each_word_order(
        [&](std::size_t first, std::size_t width) { add_changed(words_turned(before, first, width), words_turned(after, first, width), windows); });
}

void remove_all(ByteView bytes, Windows& windows) {
    for (std::size_t i = 0; i + window <= bytes.size(); ++i) windows.erase(window_at(bytes, i));
}

/// What every table has at its place is nobody's secret, even where a displaced table was overwritten: as it stands in the copy, where secrets are gone.
void remove_structure(const DumpRedaction& redaction, Windows& windows) {
    const auto& facts = redaction.original.facts;
    remove_all(published_server_slot(), windows);
    for (const auto& copy : facts.dct.copies) {
        if (!copy.magic_good() || !redaction.image().has(copy.at)) continue;
        remove_all(redaction.copy.view(range_of(copy.at.begin, dct_format::header_size)), windows);
        for (const auto* name : {"device_private_key", "device_public_key"}) {
            const auto field = facts.dct.field_at(*facts.layout, name, copy.number);
            remove_all(redaction.copy.view({field.begin - (window - 1), field.end + window - 1}), windows);  // with the windows that reach over its borders
        }
        const auto server = facts.dct.field_at(*facts.layout, "server_public_key", copy.number);
        if (judge_server_slot(redaction.image(), server, facts.system).what == ServerKeyClass::ValidOther)
            remove_all(redaction.image().bytes(range_of(server.begin, server_slot_size)), windows);
    }
    // e and the head of d behind it are the same in every key of a length.
    for (const auto& shape :
         {std::vector<std::uint8_t>{2, 3, 1, 0, 1, 2, 0x81, 0x80}, {2, 3, 1, 0, 1, 2, 0x81, 0x81, 0}, {2, 3, 1, 0, 1, 2, 0x7F}, {2, 3, 1, 0, 1, 2, 0x81, 0x7F}})
        remove_all(shape, windows);
}

/// The values of a page that are not kept.
void add_changed_cells(const DumpRedaction& redaction, Range page, Windows& windows) {
    const auto before = redaction.image().bytes(page);
    if (before.empty()) return;
    const auto after = redaction.copy.view(page);
    if (!std::equal(before.begin(), before.end(), after.begin(), after.end())) add_all(cells_of(before), windows);
}

/// Every telling window of what was overwritten in the tables, of all keys that are known, and, unless they were kept, of the EEPROM's cells.
Windows secret_windows(const DumpRedaction& redaction) {
    Windows windows;
    const auto& facts = redaction.original.facts;
    for (const auto& page : facts.eeprom.pages) add_changed_cells(redaction, page.at, windows);
    for (auto copy : redaction.original.layout->dct.copies)
        for (auto present : redaction.image().present()) add_changed(redaction, intersection(copy, present), windows);
    for (const auto& found : redaction.original.keys.elsewhere) add_changed(redaction, found.at, windows);
    for (const auto& number : redaction.numbers) {
        add_all(number, windows);
        add_all(std::vector<std::uint8_t>(number.rbegin(), number.rend()), windows);  // little-endian, as libraries keep numbers
        for_each_word_order([&](std::size_t first, std::size_t width) { add_all(words_turned(number, first, width), windows); });
    }
    remove_structure(redaction, windows);
    return windows;
}

/// What is neither erased nor zero becomes a letter.
bool overwrite(DumpRedaction& redaction, Range at) {
    bool changed = false;
    for (auto here = at.begin; here < at.end; ++here) {
        auto* byte = redaction.copy.at(here);
        if (*byte == 0xFF || *byte == 0) continue;
        *byte = 'x';
        changed = true;
    }
    return changed;
}

/// Some libraries keep a copy of the device's keys in the EEPROM, one byte in each record.
void overwrite_repeating_cells(DumpRedaction& redaction, Range page, const Windows& windows) {
    const auto cells = cells_of(redaction.image().bytes(page));
    for (std::size_t i = 0; i + window <= cells.size(); ++i) {
        if (!windows.contains(window_at(cells, i))) continue;
        for (std::size_t k = 0; k < window; ++k) overwrite(redaction, range_of(page.begin + 4 + static_cast<std::uint32_t>(i + k) * 4, 1));
    }
}

using Bytes = std::vector<std::uint8_t>;

/// What stands in a place of the copy before repeats are overwritten: only what still is the original's may be touched, for a stand-in stays.
Bytes as_it_stands(const DumpRedaction& redaction, Range where) {
    const auto view = redaction.copy.view(where);
    return {view.begin(), view.end()};
}

void redact_raw(DumpRedaction& redaction, Range where, const Windows& windows) {
    const auto before = redaction.image().bytes(where);
    const auto standing = as_it_stands(redaction, where);
    for (std::size_t i = 0; i + window <= before.size(); ++i) {
        if ((before[i] == 0xFF && before[i + 1] == 0xFF) || !windows.contains(window_at(before, i)) || window_at(standing, i) != window_at(before, i)) continue;
        overwrite(redaction, range_of(where.begin + static_cast<Address>(i), window));
    }
}

/// A way to write bytes down: what a digit is worth (or -1), how many bits it tells, what may stand between two digits.
struct Writing {
    int (*value)(std::uint8_t);
    unsigned bits;
    std::string_view between;
    /// A secret may begin at each so many bits of a digit.
    unsigned step() const { return bits == 5 ? 1 : bits == 6 ? 2 : bits; }
};

int hex_value(std::uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
int base64_value(std::uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

int base32_value(std::uint8_t c) {
    if (c >= '2' && c <= '7') return c - '2' + 26;
    c |= 0x20;
    return c >= 'a' && c <= 'z' ? c - 'a' : -1;
}
int byte_value(std::uint8_t c) { return c == 0 ? -1 : c; }

// The zero between letters is UTF-16's.
using namespace std::string_view_literals;
constexpr auto utf16 = "\0"sv, in_hex_lists = "\0 :-,;.\n\r\t\"'x\\{}()"sv, in_text = "\0\n\r \t\"\\-"sv;
constexpr Writing writings[] = {{hex_value, 4, ""},    {hex_value, 4, in_hex_lists}, {base64_value, 6, ""}, {base64_value, 6, in_text},
                                {base32_value, 5, ""}, {base32_value, 5, in_text},   {byte_value, 8, utf16}};

struct Digit {
    int value;
    Address at;
};

/// The bytes that a run of digits spells, from every digit and bit on; each window that is a secret's loses its digits.
void redact_run(DumpRedaction& redaction, const std::vector<Digit>& run, const Writing& writing, const Windows& windows) {
    for (std::size_t first = 0; (run.size() - first) * writing.bits >= window * 8; ++first)
        for (unsigned skip = 0; skip < writing.bits; skip += writing.step()) {
            std::uint64_t value = 0;
            unsigned have = 0;
            auto next = first;
            for (; next < run.size() && have < window * 8 + skip; ++next)
                value = value << writing.bits | static_cast<std::uint64_t>(run[next].value), have += writing.bits;
            if (have < window * 8 + skip || !windows.contains(value >> (have - window * 8 - skip) & 0xFFFFFFFFFFFF)) continue;
            for (auto i = first; i < next; ++i) overwrite(redaction, range_of(run[i].at, 1));
        }
}

void redact_text(DumpRedaction& redaction, Range where, const Writing& writing, const Windows& windows) {
    const auto before = as_it_stands(redaction, where);
    std::vector<Digit> run;
    const auto flush = [&] {
        redact_run(redaction, run, writing, windows);
        run.clear();
    };
    for (std::size_t i = 0; i < before.size(); ++i) {
        const auto at = where.begin + static_cast<Address>(i);
        const bool prefix = before[i] == '0' && i + 1 < before.size() && before[i + 1] == 'x' && writing.between.find(',') != writing.between.npos;
        if (prefix)
            ++i;  // 0x01, 0x02
        else if (const int digit = writing.value(before[i]); digit >= 0)
            run.push_back({digit, at});
        else if (writing.between.find(static_cast<char>(before[i])) == writing.between.npos)
            flush();
    }
    flush();
}

/// Lists of numbers below 256, decimal or octal: {48, 130, 2 ...}, \060\202\002.
void redact_numbers(DumpRedaction& redaction, Range where, unsigned base, const Windows& windows) {
    const auto before = as_it_stands(redaction, where);
    struct Spoken {
        std::uint8_t value;
        Range at;
    };
    std::vector<Spoken> list;
    const auto is_digit = [&](std::uint8_t c) { return c >= '0' && c < '0' + base; };
    const auto is_letter = [](std::uint8_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
    for (std::size_t i = 0; i < before.size();) {
        if (!is_digit(before[i])) {
            if (is_letter(before[i]) || before[i] >= 0x80 || before[i] == 0) list.clear();
            ++i;
            continue;
        }
        const auto begin = i;
        unsigned number = 0;
        for (; i < before.size() && is_digit(before[i]); ++i) number = std::min(256u, number * base + before[i] - '0');
        if (number > 255) {
            list.clear();
            continue;
        }
        list.push_back({static_cast<std::uint8_t>(number), {where.begin + static_cast<Address>(begin), where.begin + static_cast<Address>(i)}});
        if (list.size() < window) continue;
        std::array<std::uint8_t, window> last{};
        for (std::size_t k = 0; k < window; ++k) last[k] = list[list.size() - window + k].value;
        if (!windows.contains(window_at(last, 0))) continue;
        for (std::size_t k = list.size() - window; k < list.size(); ++k) overwrite(redaction, list[k].at);
    }
}

}  // namespace

void overwrite_repeats(DumpRedaction& redaction, std::span<const Range> within) {
    const auto windows = secret_windows(redaction);
    const auto& pages = redaction.original.layout->eeprom_pages;
    for (const auto place : within) {
        if (std::find(pages.begin(), pages.end(), place) != pages.end()) overwrite_repeating_cells(redaction, place, windows);
        // Between released modules, whole.
        for (auto begin = place.begin; begin < place.end;) {
            while (begin < place.end && redaction.shared.is_released(range_of(begin, 1))) ++begin;
            auto end = begin;
            while (end < place.end && !redaction.shared.is_released(range_of(end, 1))) ++end;
            if (begin == end) break;
            redact_raw(redaction, {begin, end}, windows);
            for (const auto& writing : writings) redact_text(redaction, {begin, end}, writing, windows);
            for (const unsigned base : {10u, 8u}) redact_numbers(redaction, {begin, end}, base, windows);
            begin = end;
        }
    }
}

}  // namespace photopsy
