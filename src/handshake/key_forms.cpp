#include "handshake/key_forms.h"

#include "base/text_encoding.h"
#include "handshake/der.h"
#include "handshake/ec_key.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t most_keys = 8;
constexpr std::size_t shortest_text = 64;  // letters of a key written down as text

bool is_letter(char c) { return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == '\t'; }

/// The letters up to the first byte that is none.
std::string plain_letters(ByteView bytes) {
    auto text = as_ascii(bytes);
    text.erase(std::find_if_not(text.begin(), text.end(), is_letter), text.end());
    return text;
}

bool is_encrypted(ByteView der) {
    constexpr std::string_view by_password = "\x2A\x86\x48\x86\xF7\x0D\x01\x05", of_pkcs12 = "\x2A\x86\x48\x86\xF7\x0D\x01\x0C";
    // The outer length is not looked at: a slot may hold only the beginning.
    if (der.size() < 16 || der[0] != 0x30) return false;
    const std::size_t header = der[1] == 0x82 ? 4 : der[1] == 0x81 ? 3 : 2;
    DerReader algorithm_of(der.subspan(header));
    DerReader algorithm(algorithm_of.enter(0x30));
    const ByteView name = algorithm.enter(0x06);
    const std::string_view text(reinterpret_cast<const char*>(name.data()), name.size());
    return text.starts_with(by_password) || text.starts_with(of_pkcs12);
}

bool begins_as_private(ByteView der) { return claimed_bits(der) != 0; }

std::string joined(std::string_view how, std::string_view more) { return how.empty() ? std::string(more) : std::string(how) + ", " + std::string(more); }

/// A private key of any curve in the form of RFC 5915 or PKCS#8, or a public one.
bool is_ec_key(ByteView der) {
    if (inside_ec_pkcs8(der) || foreign_kind(der).find("EC ") != std::string::npos) return true;
    if (der.size() < 8 || der[0] != 0x30) return false;
    const std::size_t body = der[1] == 0x81 ? 3 : 2;
    return der[body] == 2 && der[body + 1] == 1 && der[body + 2] == 1 && der[body + 3] == 4;
}

/// One DER thing at the front of the bytes.
std::optional<UnwrappedKey> unwrap_der(ByteView der, KeyEncoding encoding, const std::string& how) {
    using Kind = UnwrappedKey::Kind;
    const auto made = [&](Kind kind, KeyEncoding as, std::string words, ByteView bytes) {
        return UnwrappedKey{kind, as, std::move(words), {bytes.begin(), bytes.end()}};
    };
    if (const auto inside = inside_pkcs8(der))
        return made(Kind::Private, how.empty() ? KeyEncoding::Pkcs8 : encoding, joined(how, "PKCS#8"), der.subspan(*inside));
    if (is_encrypted(der)) return made(Kind::Encrypted, encoding, how, der);
    if (begins_as_private(der)) return made(Kind::Private, encoding, how, der);
    if (parse_public_key(der)) return made(Kind::Public, how.empty() ? KeyEncoding::Spki : encoding, how, der);
    if (is_ec_key(der)) return made(Kind::Ec, KeyEncoding::Ec, how, der);
    return {};
}

/// Letters up to the end of the block's last line; 0 where that is missing.
std::size_t end_of_block(std::string_view text, std::size_t begin) {
    constexpr std::string_view last_line = "-----END ", dashes = "-----";
    const auto end = text.find(last_line, begin);
    const auto closed = end == text.npos ? end : text.find(dashes, end + last_line.size());
    return closed == text.npos ? 0 : closed + dashes.size();
}

void unwrap_pem(std::string_view text, std::vector<UnwrappedKey>& keys) {
    constexpr std::string_view begin = "-----BEGIN ";
    for (auto at = text.find(begin); at != text.npos && keys.size() < most_keys; at = text.find(begin, at + begin.size())) {
        const auto rest = text.substr(at);
        const auto block = parse_pem(ByteView(reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size()));
        if (!block) continue;
        if (block->encrypted) {
            keys.push_back({UnwrappedKey::Kind::Encrypted, KeyEncoding::Pem, "as PEM text", {}});
            continue;
        }
        auto key = unwrap_der(block->bytes, KeyEncoding::Pem, "as PEM text");
        const bool ec = block->label.find("EC ") != std::string::npos;
        if (!key) key = UnwrappedKey{ec ? UnwrappedKey::Kind::Ec : UnwrappedKey::Kind::Other, KeyEncoding::Pem, "as PEM text", block->bytes};
        key->reach = end_of_block(text, at);
        keys.push_back(std::move(*key));
    }
}

/// The digits of a text that holds nothing but bytes in hexadecimal and what people put between them, up to the first other letter.
std::vector<std::uint8_t> decode_hex(std::string_view text) {
    constexpr std::string_view between = " \t\r\n:,;-{}[]()\"\\xX";
    std::vector<std::uint8_t> bytes;
    int high = -1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '0' && i + 1 < text.size() && (text[i + 1] == 'x' || text[i + 1] == 'X')) continue;
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0 && between.find(c) == between.npos) break;
        if (digit < 0) continue;
        if (high < 0) {
            high = digit;
            continue;
        }
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | digit));
        high = -1;
    }
    return bytes;
}

/// Bytes of the DER thing at the front, by its own length.
std::size_t whole_size(ByteView der) {
    if (der.size() < 4) return der.size();
    const std::size_t size = der[1] == 0x82 ? 4u + big_endian<std::uint16_t>(der.subspan(2)) : der[1] == 0x81 ? 3u + der[2] : 2u + der[1];
    return std::min(size, der.size());
}

/// Letters up to the last of so many digits. What stands behind them may look like more of the text.
std::size_t end_of_digits(std::string_view text, std::size_t digits, bool hexadecimal) {
    const auto is_digit = [&](char c) {
        const bool either = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        return hexadecimal ? either : either || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/' || c == '-' || c == '_';
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool prefix = hexadecimal && text[i] == '0' && i + 1 < text.size() && (text[i + 1] == 'x' || text[i + 1] == 'X');
        if (!prefix && is_digit(text[i]) && --digits == 0) return i + 1;
    }
    return 0;
}

/// Letters as bytes of the field.
std::size_t in_bytes(std::size_t letters, ByteView field) {
    const auto encoding = text_encoding(field);
    const bool wide = encoding == TextEncoding::Utf16LittleEndian || encoding == TextEncoding::Utf16BigEndian;
    return letters == 0 ? 0 : encoding_mark_size(field) + letters * (wide ? 2 : 1);
}

void private_first(std::vector<UnwrappedKey>& keys) {
    std::stable_partition(keys.begin(), keys.end(), [](const UnwrappedKey& key) { return key.kind == UnwrappedKey::Kind::Private; });
}

}  // namespace

std::vector<UnwrappedKey> unwrap_text(ByteView bytes) {
    std::vector<UnwrappedKey> keys;
    const std::string text = plain_letters(bytes);
    if (text.size() < shortest_text) return keys;
    unwrap_pem(text, keys);
    const auto add = [&](const std::vector<std::uint8_t>& der, const char* how, bool hexadecimal) {
        if (!keys.empty() || der.size() < shortest_text / 2) return;
        auto key = unwrap_der(der, KeyEncoding::Other, how);
        if (!key) return;
        const auto size = whole_size(der);
        key->reach = end_of_digits(text, hexadecimal ? size * 2 : (size * 4 + 2) / 3, hexadecimal);
        keys.push_back(std::move(*key));
    };
    if (keys.empty()) {
        add(decode_hex(text), "as hexadecimal text", true);
        add(decode_base64(text), "as base64 text", false);
    }
    for (auto& key : keys) key.reach = in_bytes(key.reach, bytes);
    private_first(keys);
    return keys;
}

std::vector<UnwrappedKey> unwrap_keys(ByteView bytes) {
    if (auto key = unwrap_der(bytes, KeyEncoding::None, "")) return {std::move(*key)};
    return unwrap_text(bytes);
}

}  // namespace photopsy
