#include "base/hex.h"
#include "report/html.h"

#include <algorithm>

namespace photopsy {

std::string in_html(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\'':
                safe += "&#39;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

/// The bytes of a text like "78 56 34 12"; nothing where it is anything else.
static std::optional<std::vector<std::uint8_t>> bytes_of(std::string_view text) {
    std::string digits;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (at % 3 != 2)
            digits += text[at];
        else if (text[at] != ' ')
            return {};
    }
    if (text.size() % 3 != 2) return {};
    return from_hex(digits);
}

std::string marked_difference(std::string_view shown, std::string_view other) {
    const auto bytes = bytes_of(shown), against = bytes_of(other);
    if (!bytes || !against || bytes->size() != against->size()) return in_html(shown);
    std::string html;
    for (std::size_t i = 0; i < bytes->size(); ++i) {
        const auto byte = hex(ByteView(*bytes).subspan(i, 1));
        html += (i ? " " : "") + ((*bytes)[i] == (*against)[i] ? byte : "<mark>" + byte + "</mark>");
    }
    return html;
}

}  // namespace photopsy
