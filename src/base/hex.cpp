#include "base/hex.h"

namespace photopsy {

static constexpr char digits[] = "0123456789abcdef";

static std::string hex_with(ByteView bytes, std::string_view between) {
    std::string text;
    text.reserve(bytes.size() * (2 + between.size()));
    for (auto byte : bytes) {
        if (!text.empty()) text += between;
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string hex(ByteView bytes) { return hex_with(bytes, ""); }
std::string hex_spaced(ByteView bytes) { return hex_with(bytes, " "); }

std::string hex_word(std::uint32_t value) {
    const std::uint8_t bytes[] = {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
                                  static_cast<std::uint8_t>(value)};
    return hex(bytes);
}

std::string hex_address(Address address) { return "0x" + hex_word(address); }

static int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text) {
    if (text.size() % 2) return {};
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit_value(text[i]), low = digit_value(text[i + 1]);
        if (high < 0 || low < 0) return {};
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

}  // namespace photopsy
