// Flash bytes written out in base64 (RFC 4648, section 4): certutil -encode, base64, openssl base64, uuencode -m, the attachment of a mail.
#include "base/base64.h"
#include "flash/formats.h"
#include "flash/lines.h"

#include <fmt/format.h>

#include <string_view>

namespace photopsy {

namespace {

constexpr std::size_t least_letters = 0x4000 / 3 * 4;  // less is a key or a certificate
constexpr std::size_t most_letters = max_unpacked_size / 3 * 4;
constexpr std::size_t shortest_line = 60;

bool is_base64_line(std::string_view line) { return line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == line.npos; }

/// The letters of all lines up to the end mark; "" where the first line is none of them.
std::string letters_of(ByteView file) {
    Lines lines(file);
    std::string_view line;
    std::string letters;
    if (!lines.next(line)) return "";
    const bool heading = line.starts_with("-----BEGIN ") || line.starts_with("begin-base64 ");
    if (heading && !lines.next(line)) return "";
    if (line.size() < shortest_line) return "";
    do {
        if (line.starts_with("-----END ") || line == "====") break;
        if (!is_base64_line(line) || letters.size() > most_letters) return "";
        letters += line;
    } while (lines.next(line));
    return letters;
}

}  // namespace

std::optional<Decoded> decode_base64_listing(ByteView file) {
    if (file.size() < least_letters) return {};
    const auto letters = letters_of(file);
    if (letters.size() < least_letters) return {};
    auto bytes = bytes_of_base64(letters);
    if (!bytes) return {};
    Decoded decoded{.format = "base64-listing", .owned = std::move(*bytes)};
    decoded.raw = decoded.owned;
    decoded.problems.push_back(
        {.defect = CaptureDefect::NotBinary,
         .where = {},
         .file_offset = 0,
         .length = file.size(),
         .detail = fmt::format("the file is a listing of bytes in letters (base64), not the bytes themselves; it was decoded to {} bytes", decoded.raw.size()),
         .is_listing = true});
    return decoded;
}

}  // namespace photopsy
