#include "cli/public_key_file.h"

#include "cli/input.h"
#include "handshake/given_key.h"
#include "mend/keys.h"

namespace photopsy {

static int base64_digit(char c) {
    static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto at = digits.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

Result<std::vector<std::uint8_t>> from_base64(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        if (c == '\n' || c == '\r' || c == ' ' || c == '\t' || c == '=') continue;
        const int digit = base64_digit(c);
        if (digit < 0) return Error{"a character that is not base64"};
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes.push_back(static_cast<std::uint8_t>(bits >> held));
    }
    return bytes;
}

std::string why_refused(GivenKey registered, GivenKey server, const KeySet* of_device) {
    if (!of_device) return "";
    auto why = registered.spki.empty() ? std::string() : why_no_key_of_device(registered.spki, of_device->kind, registered.file);
    return !why.empty() || server.spki.empty() ? why : why_no_key_of_server(server.spki, of_device->kind, server.file);
}

Result<std::vector<std::uint8_t>> read_public_key_file(const std::string& path) {
    static constexpr std::size_t largest = 1u << 16;
    const auto bytes = read_file(path, largest);
    if (!bytes) return bytes.error();
    return public_key_in(*bytes, path);
}

Result<std::vector<std::uint8_t>> read_public_key_if_given(const std::string& path) {
    if (path.empty()) return std::vector<std::uint8_t>{};
    return read_public_key_file(path);
}

}  // namespace photopsy
