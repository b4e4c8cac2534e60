#include "cli/public_key_file.h"

#include "base/bytes.h"
#include "cli/input.h"
#include "handshake/server_address.h"
#include "handshake/walk.h"

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

/// The text between the BEGIN and END lines.
static std::string_view between(std::string_view text, std::string_view begin, std::string_view end) {
    const auto from = text.find(begin);
    if (from == std::string_view::npos) return {};
    const auto to = text.find(end, from);
    return to == std::string_view::npos ? std::string_view{} : text.substr(from + begin.size(), to - from - begin.size());
}

/// SEQUENCE { SEQUENCE { algorithm ...: the size of the SubjectPublicKeyInfo that begins here; 0 if none does.
static std::size_t public_key_size(ByteView der) {
    if (der.size() < 32 || der[0] != 0x30) return 0;
    const std::size_t octets = der[1] < 0x80 ? 0 : der[1] & 0x7Fu;
    if (octets > 2) return 0;
    const std::size_t length = octets == 0 ? der[1] : octets == 1 ? der[2] : big_endian<std::uint16_t>(der.subspan(2));
    const std::size_t size = 2 + octets + length;
    return size <= der.size() && der[2 + octets] == 0x30 ? size : 0;
}

static bool is_public_key(ByteView der) { return !der.empty() && public_key_size(der) == der.size(); }

Result<std::vector<std::uint8_t>> read_public_key_file(const std::string& path) {
    static constexpr std::size_t largest = 1u << 16;
    auto bytes = read_file(path, largest);
    if (!bytes) return bytes.error();
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    if (text.find("PRIVATE KEY-----") != std::string_view::npos) return Error{path + " holds a private key; give the public one (DEVICE.pub.pem beside it)"};
    if (const auto body = between(text, "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"); !body.empty()) {
        auto der = from_base64(body);
        if (der && is_public_key(*der)) return der;
    }
    if (is_public_key(*bytes)) return bytes;
    if (const auto size = public_key_size(*bytes); size == server_slot_size && bytes->size() == server_address_at + server_address_size) {
        bytes->resize(size);
        return bytes;
    }
    return Error{path + " is no public key in DER or PEM form (BEGIN PUBLIC KEY)"};
}

}  // namespace photopsy
