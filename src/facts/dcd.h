#pragma once
// The configuration store of the DCD kind: two sectors with a seal each, and three generations of code that choose between them, one in the bootloader
// and one in the system. Format: docs/formats/dcd.md. Source: services/inc/dcd.h@v0.6.4:132, @v0.7.0:319, @v0.8.0-rc.2:138.
#include "base/bytes.h"
#include "facts/releases.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace photopsy {

enum class DcdSeal {
    Open,        ///< FFFFFFFF: not (yet) valid
    Valid,       ///< EDA15E00
    Superseded,  ///< 69A00C00, by code from 0.7.0-rc.1 on
    Retired,     ///< 0, by code up to 0.6.4
    Other
};
std::string_view name_of(DcdSeal);        ///< "open" "valid" "superseded" "retired" "damaged"
std::string_view name_of(DcdGeneration);  ///< "D1" "D2" "D3"

/// What the code of any generation looks at in one sector.
struct DcdHead {
    bool watermark = false;  ///< 1E1C279A stands at its begin
    DcdSeal seal = DcdSeal::Open;
    bool sum_good = false;          ///< the stored CRC-32 is that of bytes [8, 3FFC)
    bool footer_watermark = false;  ///< 1E1C279A stands in front of the checksum
    std::uint8_t counter = 0;       ///< two bits; one more with each write

    bool valid() const { return watermark && seal == DcdSeal::Valid; }
    /// Whether this generation counts the checksum as right. D1 has none and never asks.
    bool crc_good(DcdGeneration) const;
};

/// Of a whole sector (0x4000 bytes; anything else reads as a head without watermark).
DcdHead read_dcd_head(ByteView sector);

/// Which copy code of this generation reads: 1, 2, or 0 where it would re-initialise.
int select_dcd(const DcdHead& one, const DcdHead& two, DcdGeneration);

/// What the store does at the next start: the bootloader reads it first and changes it where it finds nothing, then the system reads it.
struct DcdFacts {
    DcdGeneration bootloader = DcdGeneration::D3, system = DcdGeneration::D3;
    bool bootloader_known = false;  ///< false: its generation is not shown by the file and is taken to be the system's
    std::array<DcdHead, 2> heads;   ///< of copy 1 and 2
    int read_by_bootloader = 0;     ///< 0: it re-initialises the store
    int read_by_system = 0;         ///< of the store as it lies in the file; 0: it would re-initialise
    int migrated_from = 0;          ///< no copy is valid and this one looks like a WICED table to the code: it is converted
    enum class Undone {
        No,
        BadChecksum,               ///< the newest copy fails its checksum
        NoWatermark,               ///< the newest copy is whole, but code of this generation counts no checksum without the footer's watermark
        MarkLost                   ///< the newest copy has lost its header; the superseded one is read
    } undone = Undone::No;         ///< why the system reads the copy before the last write
    bool tie = false;              ///< both seals say valid, and code without checksums takes copy 2, be it the newer or the older one
    std::vector<Range> differing;  ///< flash addresses in the copy in use where the other copy's table differs; neighbours within a field are one

    const DcdHead& head(int number) const { return heads[static_cast<std::size_t>(number - 1)]; }
    bool generations_differ() const { return bootloader_known && bootloader != system; }
    /// The bootloader finds no table and makes a blank one, although the system could read what is there.
    bool bootloader_destroys() const { return !migrated_from && read_by_bootloader == 0 && read_by_system != 0; }
};

}  // namespace photopsy
