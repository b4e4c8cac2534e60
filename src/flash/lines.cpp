#include "flash/lines.h"

#include <algorithm>

namespace photopsy {

bool Lines::next(std::string_view& line) {
    line = {};
    if (position_ >= text_.size()) return false;
    const auto end = std::min(text_.find('\n', position_), text_.size());
    line = text_.substr(position_, end - position_);
    offset_ = position_;
    position_ = end + 1;
    ++number_;
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    return true;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool append_hex(std::string_view digits, std::vector<std::uint8_t>& bytes) {
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = hex_digit(digits[i]), low = i + 1 < digits.size() ? hex_digit(digits[i + 1]) : -1;
        if (high < 0 || low < 0) return false;
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return true;
}

}  // namespace photopsy
