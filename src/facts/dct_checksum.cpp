// The checksum of G4/G5. WICED expects a chained CRC, but Particle's wrapper computes a complete zlib CRC of each 32-byte chunk, undoes the
// final inversion and XORs the previous value (hal/src/photon/dct_hal.c@v0.7.0:12-19). The odd result is what lies in the flash.
#include "base/digest.h"
#include "facts/dct.h"
#include "facts/dct_format.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace photopsy {
namespace format = dct_format;

std::uint32_t format::raw_crc(ByteView bytes) { return crc32(bytes) ^ 0xFFFFFFFF; }

/// What the checksums of all chunks between header and version struct add up to. A CRC is linear: those of an odd number of equally long pieces add up to that
/// of the pieces' own sum, so that one checksum does for 499. The last piece is shorter.
static std::uint32_t sum_of_chunks(ByteView sector) {
    constexpr auto size = format::version_struct - format::header_size, whole = size / format::crc_chunk * format::crc_chunk;
    static_assert(whole / format::crc_chunk % 2 == 1);
    std::array<std::uint64_t, format::crc_chunk / 8> sum{};
    for (std::size_t at = 0; at < whole; at += format::crc_chunk) {
        std::array<std::uint64_t, sum.size()> chunk;
        std::memcpy(chunk.data(), sector.data() + format::header_size + at, sizeof chunk);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] ^= chunk[i];
    }
    std::array<std::uint8_t, format::crc_chunk> bytes;
    std::memcpy(bytes.data(), sum.data(), sizeof sum);
    return format::raw_crc(bytes) ^ format::raw_crc(sector.subspan(format::header_size + whole, size - whole));
}

static std::uint32_t crc_with_header(ByteView sector, std::array<std::uint8_t, format::header_size>& header) {
    header[format::write_incomplete] = 0;
    const std::uint32_t crc = format::raw_crc(header) ^ 0xFFFFFFFF ^ sum_of_chunks(sector);
    std::array<std::uint8_t, 16> version{};
    std::copy_n(sector.begin() + format::version_struct, version.size(), version.begin());
    std::fill_n(version.begin() + 8, 5, std::uint8_t{0});  // crc32 and initial_write
    return crc ^ format::raw_crc(version);
}

static std::array<std::uint8_t, format::header_size> header_of(ByteView sector) {
    assert(sector.size() == format::copy_size);
    std::array<std::uint8_t, format::header_size> header{};
    std::copy_n(sector.begin(), header.size(), header.begin());
    return header;
}

std::uint32_t dct_crc(ByteView sector) {
    auto header = header_of(sector);
    return crc_with_header(sector, header);
}

std::uint32_t dct_crc_with_current_mark(ByteView sector) {
    auto header = header_of(sector);
    header[format::is_current] = 1;
    return crc_with_header(sector, header);
}

}  // namespace photopsy
