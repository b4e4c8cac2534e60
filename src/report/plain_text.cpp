#include "report/plain_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace photopsy {

namespace {

struct Character {
    std::uint32_t code = 0;
    std::size_t length = 1;
    bool whole = false;
};

/// The UTF-8 character at the start of a text that is not empty; RFC 3629: no overlong forms, no surrogates.
Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    if (byte(0) < 0x80) return {byte(0), 1, true};
    const std::size_t length = byte(0) >= 0xF0 && byte(0) < 0xF5 ? 4 : byte(0) >= 0xE0 && byte(0) < 0xF0 ? 3 : byte(0) >= 0xC2 && byte(0) < 0xE0 ? 2 : 0;
    if (length == 0 || text.size() < length) return {};
    std::uint32_t code = byte(0) & (0x7Fu >> length);
    for (std::size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xC0) != 0x80) return {};
        code = code << 6 | (byte(at) & 0x3Fu);
    }
    static constexpr std::array<std::uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return {code, length, true};
}

/// Characters that show nothing yet change how their neighbours are shown.
bool hidden(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0xFFF0 && code <= 0xFFFF && code != 0xFFFD) || code >= 0xE0000;
}

constexpr std::array<std::pair<std::uint32_t, std::string_view>, 22> spellings = {{
    {0x2013, "-"},  {0x2014, "-"}, {0x2018, "'"},        {0x2019, "'"},   {0x201C, "\""}, {0x201D, "\""}, {0x2026, "..."}, {0x2192, "->"},
    {0x2190, "<-"}, {0x00B7, "-"}, {0x2022, "*"},        {0x00D7, "x"},   {0x2264, "<="}, {0x2265, ">="}, {0x2713, "+"},   {0x2717, "x"},
    {0x2500, "-"},  {0x2502, "|"}, {0x00B0, " degrees"}, {0x00B1, "+/-"}, {0x2212, "-"},  {0x00A0, " "},
}};

std::string_view spelling(std::uint32_t code) {
    for (const auto& [sign, spelt] : spellings)
        if (sign == code) return spelt;
    return "?";
}

}  // namespace

std::string without_control_characters(std::string_view text) {
    // Nearly every text of a report is plain, and a fleet has thousands.
    if (std::all_of(text.begin(), text.end(), [](char letter) { return letter >= 0x20 && letter < 0x7F; })) return std::string(text);
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const auto character = first_character(text);
        if (character.code == '\n' || character.code == '\t')
            clean += ' ';
        else if (!character.whole || hidden(character.code))
            clean += '?';
        else
            clean += text.substr(0, character.length);
        text.remove_prefix(character.length);
    }
    return clean;
}

std::string in_ascii(std::string_view text) {
    std::string clean;
    while (!text.empty()) {
        const auto character = first_character(text);
        if (character.whole && character.code < 0x80)
            clean += text.front();
        else
            clean += character.whole ? spelling(character.code) : "?";
        text.remove_prefix(character.length);
    }
    return clean;
}

unsigned columns(std::string_view text) {
    unsigned count = 0;
    for (const char c : text) count += (static_cast<std::uint8_t>(c) & 0xC0) != 0x80;
    return count;
}

}  // namespace photopsy
