#pragma once
// A Photon's module slots and synthetic modules, for tests that need no real firmware: true in structure, empty in meaning.
#include "facts/facts.h"

#include <cstdint>
#include <string>
#include <vector>

namespace photopsy::test {

/// Slots, sectors and regions of a Photon (or P1, by platform id) as in the Device OS sources; no DCT fields.
Layout module_layout(std::uint16_t platform_id = 6);

/// What a synthetic module says of itself. The defaults make a good system-part2 2302.
struct ModuleSpec {
    Address start = 0x08060000;
    std::uint32_t length = 0x8000;  ///< L
    std::uint16_t version = 2302;
    std::uint16_t platform_id = 6;
    std::uint8_t function = 4, index = 2;
    struct Need {
        std::uint8_t function = 0, index = 0;
        std::uint16_t version = 0;
    } need, need2;
    bool vectors = true;             ///< a vector table stands before the header
    std::uint16_t suffix_size = 40;  ///< 0: none
    std::uint32_t seed = 1;
};
/// The L + 4 bytes: vector table, header, a reset handler of three instructions, pseudo-random body without long runs, suffix with its SHA-256, CRC.
std::vector<std::uint8_t> make_module(const ModuleSpec&);

ModuleSpec bootloader_spec(std::uint16_t version = 1006);
ModuleSpec part1_spec(std::uint16_t version = 2302);
ModuleSpec part2_spec(std::uint16_t version = 2302);  ///< needs part 1 of its version; from 200 on also bootloader 100
ModuleSpec user_spec(std::uint16_t needs_system = 6);

/// An erased, wholly known flash.
Image blank_flash(const Layout&);
/// Bootloader, both parts and a user part, all good and of one release.
Image healthy_flash(const Layout&, std::uint16_t system_version = 2302, std::uint16_t bootloader_version = 1006);

/// Small damages: a module written (at its own start unless `at` says otherwise), a run of one value, bits of a byte turned.
void write(Image&, const ModuleSpec&, Address at = 0);
void fill(Image&, Address at, std::uint32_t size, std::uint8_t value = 0xFF);
void flip(Image&, Address at, std::uint8_t mask = 4);
/// The same module as it is built for a P1.
ModuleSpec for_p1(ModuleSpec);

/// Facts about modules and system only, as collect_facts() would give them for a device without DCT.
Facts module_facts(const Image&, const Layout&);

}  // namespace photopsy::test
