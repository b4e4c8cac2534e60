#pragma once
// The writers of the configuration store of the DCD kind, modelled step by step: code up to 0.6.4 (D1), of 0.7.0 (D2), from 0.8.0-rc.2 on (D3). Written
// apart from src/facts/dcd*.cpp, along the vendor's own order of questions, so that the one proves the other. Source: docs/formats/dcd.md.
#include "support/sample/chip.h"

#include <array>

namespace photopsy::sample {

enum class DcdWriter { D1, D2, D3 };

inline constexpr std::uint32_t dcd_size = 0x4000, dcd_end_of_table = 0x3FE0;

class Dcd {
public:
    Dcd(Chip& chip, std::array<Range, 2> sectors) : chip_(chip), sectors_(sectors) {}

    /// The copy that code of this generation reads: 1, 2, or 0 where it would re-initialise.
    int current(DcdWriter) const;
    /// What the first read does where no copy is valid. Steps: erase-other, footer, checksum, watermark, seal.
    void reinitialize(DcdWriter);
    /// One write of `value` at `offset` of the sector; re-initialises first where it must. Steps: erase-other, body, footer, checksum (both not of D1),
    /// watermark, seal, retire-old.
    void write(DcdWriter, std::uint32_t offset, ByteView value);
    /// hal/src/electron/dct_prep.bin@v0.7.0: published server keys and address, no device key, no checksum that fits.
    void put_factory_image();
    /// Makes the checksum of a copy fit its bytes again.
    void reseal(int number);

private:
    using Bytes = std::vector<std::uint8_t>;
    Range at(int number) const { return sectors_[static_cast<std::size_t>(number - 1)]; }
    ByteView sector(int number) const { return chip_.bytes(at(number)); }
    std::uint32_t word(int number, std::uint32_t offset) const { return little_endian<std::uint32_t>(sector(number).subspan(offset)); }
    bool is_initialized(DcdWriter, int number) const;
    bool is_sound(DcdWriter, int number) const;
    void program_word(int number, std::uint32_t offset, std::uint32_t value);
    void put_footer(int number, const Bytes& footer);
    void put_header(int number);

    Chip& chip_;
    std::array<Range, 2> sectors_;
};

}  // namespace photopsy::sample
