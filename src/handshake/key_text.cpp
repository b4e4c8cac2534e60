#include "handshake/key_text.h"

#include "base/hex.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view rsa_algorithm = "300d06092a864886f70d0101010500";

void append_header(std::vector<std::uint8_t>& out, std::uint8_t tag, std::size_t length) {
    out.push_back(tag);
    if (length >= 0x100)
        out.insert(out.end(), {0x82, static_cast<std::uint8_t>(length >> 8)});
    else if (length >= 0x80)
        out.push_back(0x81);
    out.push_back(static_cast<std::uint8_t>(length));
}

/// Octets of tag and length at `at`; 0 where there is no such element. The length goes to `length`.
std::size_t element(ByteView der, std::size_t at, std::uint8_t tag, std::size_t& length) {
    if (at + 4 > der.size() || der[at] != tag) return 0;
    const std::uint8_t first = der[at + 1];
    if (first < 0x80) return length = first, 2;
    if (first == 0x81) return length = der[at + 2], 3;
    if (first == 0x82) return length = big_endian<std::uint16_t>(der.subspan(at + 2)), 4;
    return 0;
}

/// Past SEQUENCE and version 0; 0 if they are not there.
std::size_t past_version(ByteView der) {
    std::size_t length = 0;
    const std::size_t at = element(der, 0, 0x30, length);
    if (at == 0 || at + 3 > der.size() || der[at] != 2 || der[at + 1] != 1 || der[at + 2] != 0) return 0;
    return at + 3;
}

}  // namespace

std::vector<std::uint8_t> decode_base64(std::string_view text) {
    std::vector<std::uint8_t> out;
    std::uint32_t window = 0;
    unsigned bits = 0;
    for (const char c : text) {
        if (c == '\n' || c == '\r' || c == ' ' || c == '\t') continue;
        const auto value = alphabet.find(c == '-' ? '+' : c == '_' ? '/' : c);  // the alphabet of web tokens too
        if (value == std::string_view::npos) break;
        window = (window << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFFF;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out.push_back(static_cast<std::uint8_t>(window >> bits));
    }
    return out;
}

std::string to_pem(ByteView der, std::string_view label) {
    std::string text;
    for (std::size_t i = 0; i < der.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, der.size() - i);
        std::uint32_t window = 0;
        for (std::size_t j = 0; j < 3; ++j) window = window << 8 | (j < left ? der[i + j] : 0u);
        for (std::size_t j = 0; j < 4; ++j) text += j <= left ? alphabet[window >> (18 - 6 * j) & 63] : '=';
        if (i % 48 == 45) text += '\n';
    }
    if (!text.empty() && text.back() != '\n') text += '\n';
    const std::string name(label);
    return "-----BEGIN " + name + "-----\n" + text + "-----END " + name + "-----\n";
}

std::optional<PemBlock> parse_pem(ByteView bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    constexpr std::string_view begin = "-----BEGIN ", dashes = "-----";
    const auto start = text.find(begin);
    if (start == std::string_view::npos) return {};
    const auto label_end = text.find(dashes, start + begin.size());
    if (label_end == std::string_view::npos || label_end - start > 60) return {};
    PemBlock block{.label = std::string(text.substr(start + begin.size(), label_end - start - begin.size()))};
    std::string_view body = text.substr(label_end + dashes.size());
    body = body.substr(0, body.find(dashes));
    block.encrypted = block.label.find("ENCRYPTED") != std::string::npos || body.find("ENCRYPTED") != std::string_view::npos;
    if (!block.encrypted) block.bytes = decode_base64(body);
    return block;
}

std::optional<std::size_t> inside_pkcs8(ByteView der) {
    const std::size_t algorithm = past_version(der);
    const auto wanted = *from_hex(rsa_algorithm);
    if (algorithm == 0 || algorithm + wanted.size() > der.size() ||
        !std::equal(wanted.begin(), wanted.end(), der.begin() + static_cast<std::ptrdiff_t>(algorithm)))
        return {};
    std::size_t length = 0;
    const std::size_t at = algorithm + wanted.size();
    const std::size_t header = element(der, at, 0x04, length);
    if (header == 0) return {};
    return at + header;
}

std::vector<std::uint8_t> wrap_pkcs8(ByteView pkcs1) {
    std::vector<std::uint8_t> body = {2, 1, 0};
    const auto algorithm = *from_hex(rsa_algorithm);
    body.insert(body.end(), algorithm.begin(), algorithm.end());
    append_header(body, 0x04, pkcs1.size());
    body.insert(body.end(), pkcs1.begin(), pkcs1.end());
    std::vector<std::uint8_t> out;
    append_header(out, 0x30, body.size());
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

unsigned claimed_bits(ByteView pkcs1) {
    const std::size_t at = past_version(pkcs1);
    std::size_t length = 0;
    const std::size_t header = at ? element(pkcs1, at, 0x02, length) : 0;
    if (header == 0 || length < 16 || length > 2000) return 0;
    return static_cast<unsigned>((length - (length & 1)) * 8);  // an odd count holds a zero byte in front
}

}  // namespace photopsy
