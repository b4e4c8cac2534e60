#pragma once
// The table of released modules' block hashes (facts/data/blocks.bin, made by tools/make-block-data). Format: docs/formats/blocks.md.
// Reading it costs nothing at start: every look-up goes straight to the embedded bytes.
#include "base/bytes.h"

#include <optional>
#include <string_view>
#include <vector>

namespace photopsy {

inline constexpr std::uint32_t block_size = 4096;  ///< also what one DFU transfer writes
inline constexpr std::uint32_t fine_size = 256;    ///< within the first and the last block

/// 64-bit hash of up to one block. Not for secrets and not against forgery: it tells released blocks apart.
std::uint64_t block_hash(ByteView block);

/// The wrong bytes of a block whose hash should be `wanted`, if all of them lie in one of its 8-byte words and are four at most: the place (first
/// to last of them, offsets in the block) and what stands there in the right block. Each step of the hash can be undone, so for each word there is
/// exactly one content that gives the wanted hash; that one so close to what is there fits by chance is one case in 100,000 blocks. The high bits of a word
/// pass nearly unmixed into the next one, so that several words may have an answer: the one with the fewest wrong bits counts, and none where two have as few.
struct WrongBytes {
    Range at;
    std::vector<std::uint8_t> right;  ///< as many as `at` has
};
std::optional<WrongBytes> wrong_bytes(ByteView block, std::uint64_t wanted);

struct ReleasedModule {
    std::uint16_t number = 0;  ///< row in the table
    std::uint16_t platform_id = 0, version = 0;
    std::uint8_t function = 0, index = 0;
    std::uint32_t length = 0;  ///< L + 4
    std::uint32_t crc = 0;
    std::string_view release;  ///< "1.5.2"; "" for a build of no release
    std::uint32_t blocks = 0;

    std::uint32_t first_reference = 0, first_fine = 0;
    std::uint16_t fine_head = 0, fine_tail = 0;

    std::uint32_t size_of(std::uint32_t block) const { return block + 1 < blocks ? block_size : length - block * block_size; }
};

/// Every released module of a device; function 0: of any function.
std::vector<ReleasedModule> released_modules(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index);

std::uint64_t released_block(const ReleasedModule&, std::uint32_t block);

/// Low 32 bits of the hash of 256-byte piece `piece` of the first (head) or last block; 0 for a piece the table does not have.
std::uint32_t released_head_piece(const ReleasedModule&, std::uint32_t piece);
std::uint32_t released_tail_piece(const ReleasedModule&, std::uint32_t piece);

/// Whether any released module of any device has a whole block with this hash.
bool is_released_block(std::uint64_t hash);

/// Where a block with this hash occurs in any released module of the device, whichever slot it is for.
struct BlockPlace {
    ReleasedModule module;
    std::uint32_t block = 0;
};
std::vector<BlockPlace> places_of_block(std::uint16_t platform_id, std::uint64_t hash);

}  // namespace photopsy
