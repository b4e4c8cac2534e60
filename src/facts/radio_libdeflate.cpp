#include "facts/radio.h"

#include <libdeflate.h>

#include <memory>

namespace photopsy {

namespace {
struct Freed {
    void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
};
}  // namespace

std::optional<std::uint32_t> inflated_size(ByteView packed, std::uint32_t most) {
    const std::unique_ptr<libdeflate_decompressor, Freed> decompressor(libdeflate_alloc_decompressor());
    std::vector<std::uint8_t> out(most);
    std::size_t size = 0;
    if (!decompressor || libdeflate_deflate_decompress(decompressor.get(), packed.data(), packed.size(), out.data(), out.size(), &size) != LIBDEFLATE_SUCCESS)
        return {};
    return static_cast<std::uint32_t>(size);
}

}  // namespace photopsy
