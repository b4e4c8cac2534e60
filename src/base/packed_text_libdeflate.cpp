#include "base/packed_text.h"

#include <libdeflate.h>

#include <cstdint>
#include <memory>

namespace photopsy {

namespace {

struct TextReaderFreed {
    void operator()(libdeflate_decompressor* reader) const { libdeflate_free_decompressor(reader); }
};

/// The last four bytes of a member, the lowest first.
std::size_t unpacked_size(std::string_view gzip) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<std::uint8_t>(gzip[gzip.size() - 1 - i]);
    return size;
}

}  // namespace

std::string PackedText::text() const {
    constexpr std::size_t smallest = 18;         // head and end of a member
    constexpr std::size_t most_per_byte = 1032;  // what deflate can make of one
    const std::unique_ptr<libdeflate_decompressor, TextReaderFreed> reader(libdeflate_alloc_decompressor());
    if (!reader || gzip.size() < smallest || unpacked_size(gzip) / most_per_byte > gzip.size()) return {};
    std::string text(unpacked_size(gzip), '\0');
    const auto result = libdeflate_gzip_decompress(reader.get(), gzip.data(), gzip.size(), text.data(), text.size(), nullptr);
    return result == LIBDEFLATE_SUCCESS ? text : std::string{};
}

}  // namespace photopsy
