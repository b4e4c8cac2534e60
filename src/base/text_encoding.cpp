#include "base/text_encoding.h"

namespace photopsy {

static bool begins_with(ByteView bytes, std::initializer_list<std::uint8_t> mark) {
    return bytes.size() >= mark.size() && std::equal(mark.begin(), mark.end(), bytes.begin());
}

/// Zero in every second of the first eight bytes from the one numbered `first` on, and not in the others.
static bool zero_in_every_second(ByteView bytes, std::size_t first) {
    if (bytes.size() < 8) return false;
    for (std::size_t i = 0; i < 8; ++i)
        if ((bytes[i] == 0) != (i % 2 == first)) return false;
    return true;
}

std::size_t encoding_mark_size(ByteView bytes) {
    if (begins_with(bytes, {0xEF, 0xBB, 0xBF})) return 3;
    return begins_with(bytes, {0xFF, 0xFE}) || begins_with(bytes, {0xFE, 0xFF}) ? 2 : 0;
}

TextEncoding text_encoding(ByteView bytes) {
    const auto mark = encoding_mark_size(bytes);
    if (mark == 3) return TextEncoding::Utf8WithMark;
    if (mark == 2) return bytes[0] == 0xFF ? TextEncoding::Utf16LittleEndian : TextEncoding::Utf16BigEndian;
    if (zero_in_every_second(bytes, 1)) return TextEncoding::Utf16LittleEndian;
    return zero_in_every_second(bytes, 0) ? TextEncoding::Utf16BigEndian : TextEncoding::Bytes;
}

std::string as_ascii(ByteView bytes) {
    constexpr char substitute = 0x1A;
    const auto encoding = text_encoding(bytes);
    bytes = bytes.subspan(encoding_mark_size(bytes));
    if (encoding != TextEncoding::Utf16LittleEndian && encoding != TextEncoding::Utf16BigEndian) return {bytes.begin(), bytes.end()};
    const std::size_t high = encoding == TextEncoding::Utf16BigEndian ? 0 : 1;
    std::string text;
    text.reserve(bytes.size() / 2);
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        const auto letter = bytes[i + 1 - high];
        text += bytes[i + high] == 0 && letter < 0x80 ? static_cast<char>(letter) : substitute;
    }
    return text;
}

}  // namespace photopsy
