// A module of its own, a hundredth of the other: it unpacks the other one, which is a quarter smaller as LZMA than as anything a browser unpacks by itself.
#include <lzma.h>

#include <cstddef>
#include <cstdint>

/// Bytes of `packed` (.lzma) into `room` bytes at `unpacked`. How many there were; 0 where they are damaged, or not exactly fill the room.
extern "C" [[gnu::used]] std::uint32_t unpack(const std::uint8_t* packed, std::uint32_t size, std::uint8_t* unpacked, std::uint32_t room) {
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_alone_decoder(&stream, UINT64_MAX) != LZMA_OK) return 0;
    stream.next_in = packed;
    stream.avail_in = size;
    stream.next_out = unpacked;
    stream.avail_out = room;
    const lzma_ret result = lzma_code(&stream, LZMA_FINISH);
    const bool whole = result == LZMA_STREAM_END && stream.avail_out == 0;
    lzma_end(&stream);
    return whole ? room : 0;
}
