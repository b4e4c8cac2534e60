#pragma once
// A damaged module, named by what is left of it: 4 KiB blocks compared with those of every release. Format: docs/formats/blocks.md.
#include "base/bytes.h"

#include <string>
#include <vector>

namespace photopsy {

/// Neighbouring blocks of one kind.
struct BlockRun {
    enum class Kind {
        Same,  ///< the identified release's
        Erased,
        Zero,
        OtherRelease,  ///< the same place of another release
        OtherSlot,     ///< a released block, from another place
        Unknown,
        NotInFile
    } kind = Kind::Unknown;
    Range at;             ///< whole blocks; narrowed to the wrong bytes where they are few, or to 256 bytes in the first and the last block of a module
    std::string release;  ///< for OtherRelease and OtherSlot; "" for a build of no release
    std::string slot;     ///< for OtherSlot
};

struct BlockIdentity {
    std::vector<std::string> releases;   ///< the releases that fit best: several if nothing tells them apart
    std::uint16_t version = 0;           ///< module_version
    std::uint32_t length = 0;            ///< L + 4 of the whole module
    std::uint32_t crc = 0;               ///< its CRC-32
    std::uint32_t same = 0, blocks = 0;  ///< blocks that are the release's, of how many
    std::vector<BlockRun> runs;          ///< from the first byte to the last, nothing left out

    bool has(BlockRun::Kind kind) const {
        for (const auto& run : runs)
            if (run.kind == kind) return true;
        return false;
    }
};

/// Foreign content, not single wrong bytes: blocks of another release or place, or neighbouring blocks of none, so many that bits which are wrong here
/// and there (as often as in the rest of the module) would not hit each of them in one of a thousand modules. (blocks.cpp)
bool is_foreign(const BlockIdentity&, const BlockRun&);

}  // namespace photopsy
