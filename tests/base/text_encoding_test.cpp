#include "base/text_encoding.h"

#include "catch.h"

#include <string_view>
#include <vector>

using namespace photopsy;
using namespace std::string_view_literals;

namespace {

std::vector<std::uint8_t> stored(std::string_view bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

TEST_CASE("letters of 8 and 16 bits, with and without a mark, are told apart and read alike", "[base]") {
    struct Row {
        std::string_view bytes;
        TextEncoding encoding;
        std::size_t mark;
        std::string_view text;
    };
    const Row rows[] = {
        {"photon"sv, TextEncoding::Bytes, 0, "photon"sv},
        {"\xEF\xBB\xBFphoton"sv, TextEncoding::Utf8WithMark, 3, "photon"sv},
        {"\xFF\xFEp\0h\0o\0"sv, TextEncoding::Utf16LittleEndian, 2, "pho"sv},
        {"\xFE\xFF\0p\0h\0o"sv, TextEncoding::Utf16BigEndian, 2, "pho"sv},
        {"p\0h\0o\0t\0o"sv, TextEncoding::Utf16LittleEndian, 0, "phot"sv},
        {"\0p\0h\0o\0t"sv, TextEncoding::Utf16BigEndian, 0, "phot"sv},
        {"\xFF\xFEp\0\xE9\0\x20\x20o\0"sv, TextEncoding::Utf16LittleEndian, 2, "p\x1A\x1Ao"sv},
        {"caf\xC3\xA9"sv, TextEncoding::Bytes, 0, "caf\xC3\xA9"sv},
    };
    for (const auto& row : rows) {
        const auto bytes = stored(row.bytes);
        CAPTURE(bytes);
        CHECK(text_encoding(bytes) == row.encoding);
        CHECK(encoding_mark_size(bytes) == row.mark);
        CHECK(as_ascii(bytes) == row.text);
    }
}

TEST_CASE("a few zeros, or nothing but zeros, are no letters of 16 bits", "[base]") {
    for (const auto bytes : {"p\0h\0o\0"sv, "\0\0\0\0\0\0\0\0\0\0"sv, "p\0h\0ot\0\0"sv, "\0P\x01\x20\x8D\0\0\x08"sv, ""sv, "\xFF"sv, "\xEF\xBB"sv}) {
        const auto file = stored(bytes);
        CAPTURE(file);
        CHECK(text_encoding(file) == TextEncoding::Bytes);
        CHECK(as_ascii(file) == bytes);
    }
}
