#pragma once
// The two writers of the configuration table (DCT), modelled step by step: WICED's of Device OS 0.4.0-0.6.4 (G0-G3) and the one with
// version trailer and CRC from 0.7.0-rc.1 on (G4, G5). Written apart from src/facts/dct.cpp, so that the one proves the other.
// Source: docs/formats/dct.md (object code of hal/src/photon/lib/FreeRTOS/STM32F2xx.a, measured).
#include "flash/layout.h"
#include "support/sample/dcd.h"

#include <vector>

namespace photopsy::sample {

enum class Writer { G0, G1, G2, G3, G4, G5, D1, D2, D3 };

/// Which writer a system module version has; see docs/formats/dct.md.
Writer writer_of(std::uint16_t system_version);
/// The same for a store of the DCD kind (docs/formats/dcd.md), of a system or, as its bootloader counts, of a bootloader.
Writer dcd_writer_of_system(std::uint16_t system_version);
Writer dcd_writer_of_bootloader(std::uint16_t bootloader_version);

inline constexpr std::uint32_t table_size = 0x4000, table_header = 388, table_trailer = 0x3FF0;

/// CRC-32 as G4/G5 compute it over one copy: header, then 32-byte chunks that each start afresh, then the trailer.
std::uint32_t table_crc(ByteView copy);

class Table {
public:
    Table(Chip& chip, const Layout& layout) : chip_(chip), layout_(layout), dcd_(chip, sectors_of(layout)) {}

    Range copy(int number) const { return layout_.dct.copies[static_cast<std::size_t>(number - 1)]; }
    /// The copy that code of this generation reads: 1, 2, or 0 where it would re-initialise.
    int current(Writer) const;
    /// hal/src/photon/dct_prep.bin: published server key and address, no device key. `wifi_zeroed` from v1.4.4 on.
    void put_factory_image(bool wifi_zeroed);
    /// Both copies unusable: what the first read of anything then writes. Steps: erase-first, defaults, erase-second.
    void reinitialize(Writer);
    /// One write of `value` at `offset` of the sector. Steps of G0-G3: in-place (application data, G2 on), erase-other, body, header, erase-old;
    /// of G4/G5: erase-other, body, header, trailer, complete-mark, retire-old, retire-trailer; of D1 to D3: see Dcd.
    void write(Writer, std::uint32_t offset, ByteView value);
    /// Makes the trailer's CRC of a copy fit its bytes again (a bad value that was written properly).
    void reseal(int number);

private:
    bool programmed_in_place(Writer, int copy, std::uint32_t offset, ByteView value);
    void rewrite_plain(Writer, int old, const std::vector<std::uint8_t>& wanted);
    void rewrite_sealed(int old, std::vector<std::uint8_t> wanted);

    static std::array<Range, 2> sectors_of(const Layout&);
    bool is_dcd() const { return layout_.dct.store == StoreKind::Dcd; }

    Chip& chip_;
    const Layout& layout_;
    Dcd dcd_;  ///< the same copies, where the store is of that kind
};

}  // namespace photopsy::sample
