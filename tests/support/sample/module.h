#pragma once
// Synthetic firmware modules: no instruction of them ever ran, yet everything that a bootloader, a system or an analyzer checks is true.
// Format: docs/formats/module.md (dynalib/inc/module_info.h@v2.3.1:50, dynalib/inc/dynalib.h@v2.3.1:128).
#include "flash/layout.h"
#include "support/sample/release.h"

#include <cstdint>
#include <string>
#include <vector>

namespace photopsy::sample {

struct Need {
    std::uint8_t function = 0, index = 0;
    std::uint16_t version = 0;
};

struct ModuleSpec {
    Address linked_at = 0;
    std::uint32_t length = 0;  ///< L, without the 4 bytes of CRC; a multiple of 4
    std::uint8_t function = 0, index = 0;
    std::uint16_t version = 0, platform_id = 0;
    Need need, need2;
    bool has_vectors = false;
    std::uint32_t vector_size = 0x184, stack_top = 0x20020000;
    std::vector<unsigned> exports;   ///< entries of each export table
    std::vector<Address> imports;    ///< table-pointer slots that its stubs call through
    std::uint16_t suffix_size = 40;  ///< 36 up to 0.4.2
    std::uint16_t product_id = 0xFFFF, product_version = 0xFFFF;
    bool placeholder = false;           ///< built without a checksum step: CRC 78 56 34 12, SHA-256 01 02 .. 20
    std::vector<std::uint8_t> carries;  ///< another module, whole, among its code: a bootloader in an updater
    std::uint64_t seed = 0;
};

/// L + 4 bytes. Filler holds no run of 00 or FF.
std::vector<std::uint8_t> build_module(const ModuleSpec&);

/// The module that `release` has in that slot ("bootloader", "system-part1", "system-part2", "user") of a layout. Sizes are near the real ones.
ModuleSpec spec_of(const Layout&, const ModuleSlot&, const Release&, std::uint64_t seed);

}  // namespace photopsy::sample
