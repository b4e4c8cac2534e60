#include "flash/container_checks.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <memory>

namespace photopsy {

namespace {

struct Free {
    void operator()(libdeflate_decompressor* reader) const { libdeflate_free_decompressor(reader); }
};

Error too_much(std::uint64_t most) { return {fmt::format("unpacks to more than {} MiB, which no dump needs", most >> 20)}; }

/// What was unpacked so far, in a buffer that grows and never shrinks: room for a member is not made anew for each.
struct Unpacking {
    std::vector<std::uint8_t> buffer;
    std::size_t size = 0;  ///< bytes of it that were unpacked
};

/// One member, appended; how many bytes of `file` it took.
Result<std::size_t> append_member(libdeflate_decompressor* reader, ByteView file, std::uint64_t most, Unpacking& all) {
    for (std::size_t room = std::max<std::size_t>({1u << 16, all.buffer.size() - all.size, std::min<std::size_t>(most, 4 * file.size())});; room *= 2) {
        room = std::min<std::size_t>(room, most - all.size + 1);
        if (all.size == 0 && all.buffer.size() < room) std::vector<std::uint8_t>().swap(all.buffer);  // nothing in it is to be kept: no two buffers at a time
        all.buffer.resize(std::max(all.buffer.size(), all.size + room));
        std::size_t taken = 0, made = 0;
        const auto result = libdeflate_gzip_decompress_ex(reader, file.data(), file.size(), all.buffer.data() + all.size, room, &taken, &made);
        if (result == LIBDEFLATE_SUCCESS && all.size + made <= most) {
            all.size += made;
            return taken;
        }
        if (result == LIBDEFLATE_SUCCESS || (result == LIBDEFLATE_INSUFFICIENT_SPACE && room > most - all.size)) return too_much(most);
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE) return Error{"is damaged: it ends early, or its checksum or size is not that of its content"};
    }
}

}  // namespace

Result<std::vector<std::uint8_t>> unpack_gzip(ByteView file, std::uint64_t most) {
    const std::unique_ptr<libdeflate_decompressor, Free> reader(libdeflate_alloc_decompressor());
    if (!reader) return Error{"cannot be opened: no memory"};
    Unpacking all;
    while (!file.empty() && !all_equal(file, 0)) {
        if (file[0] != 0x1F) return Error{"is damaged: bytes follow that belong to it no more"};
        const auto taken = append_member(reader.get(), file, most, all);
        if (!taken) return taken.error();
        file = file.subspan(*taken);
    }
    all.buffer.resize(all.size);
    return std::move(all.buffer);
}

}  // namespace photopsy
