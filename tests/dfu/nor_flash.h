#pragma once
// The flash of the emulated device as a thing that takes time and power: each erase and each programmed word is an operation, any of which the power may
// fail in, and cells wear out.
#include "base/bytes.h"

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace photopsy::test {

/// Thrown out of the operation in which the power fails.
struct PowerLost {};

/// One operation, as NorFlash carries it out.
struct FlashOperation {
    enum class Kind : std::uint8_t { Erase, Program, OptionBytes } kind;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;  ///< of an erase
    ByteView data{};         ///< of a unit that is programmed
};

/// The whole flash from 0x08000000 on, with the rules of NOR flash.
struct NorFlash {
    std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(0x100000, 0xFF);
    long operations = 0;      ///< erases and words programmed so far
    long cut_at = -1;         ///< number of the operation in which the power fails; -1: none
    unsigned cut_share = 50;  ///< of an erase that is cut: percent that is done; of a word: whether its bits are done
    std::uint32_t chance = 1;
    std::map<std::uint32_t, unsigned> erases;       ///< how often, by the offset of the sector
    std::set<std::uint32_t> write_protected{};      ///< sectors that the option bytes protect, by their offset
    std::map<std::uint32_t, std::uint8_t> stuck{};  ///< cells that do not program: bits that stay 1, by the offset of the byte

    std::function<void(const NorFlash&, const FlashOperation&)> before_operation{};

    void erase(std::uint32_t offset, std::uint32_t size);
    /// How much one operation programs: the DFU side words, the table's writers bytes.
    enum class Unit : std::uint8_t { Byte = 1, HalfWord = 2, Word = 4 };
    /// Programs (bits only go from 1 to 0); false where the result is not what was asked for, or where it runs past the end.
    bool program(std::uint32_t offset, ByteView data, Unit unit = Unit::Word);
    bool takes_erased_cells_only = false;  ///< a half word (or, byte by byte, a byte) that is not erased stays as it is
    /// An operation that touches no byte of the flash.
    void rewrite_option_bytes();
    long option_bytes_written = 0;
    std::uint32_t word(std::uint32_t offset) const;

private:
    bool is_cut(const FlashOperation&);
    std::uint8_t draw();
    void program_byte(std::uint32_t offset, std::uint8_t value);
};

}  // namespace photopsy::test
