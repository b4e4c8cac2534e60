#pragma once
// A device in the middle of an update, built from module files (synthetic or real) step by step as its bootloader would leave it.
#include "support/module_fixture.h"

#include <optional>

namespace photopsy::test {

class OtaDevice {
public:
    /// A Photon with four good synthetic modules of one release, an erased OTA area, and a configuration table whose copy 1 is current.
    explicit OtaDevice(std::uint16_t system_version = 1512, std::uint16_t bootloader_version = 502);

    Image image;
    const Layout& layout;
    std::uint16_t bootloader_version;

    void install(const std::vector<std::uint8_t>& module);  ///< at its own start address, behind an erased slot
    void receive(const std::vector<std::uint8_t>& module);  ///< whole, into an erased OTA area
    void mark(int slot, std::uint16_t magic, const std::vector<std::uint8_t>& module, int copy = 1);
    void set_slot(int slot, std::vector<std::uint8_t> bytes, int copy = 1);
    void set_flag(std::uint8_t value);
    /// The bootloader's copy, stopped after `bytes` bytes. Erases sector by sector, or all first (bootloaders up to 6).
    void copy(const std::vector<std::uint8_t>& module, std::uint32_t bytes, bool erase_all_first = false);
    void erase(Range at);
    void flip(Address at, std::uint8_t bit = 0);

    Facts facts() const;  ///< modules, system, update facts; nothing else
    OtaFacts ota() const { return facts().ota; }
};

/// Modules of release 2.3.1 (and an application) that arrive as updates: other bytes than those of OtaDevice.
std::vector<std::uint8_t> update_part1();
std::vector<std::uint8_t> update_part2(std::uint16_t needs_part1 = 2302);
std::vector<std::uint8_t> update_user(std::uint16_t platform_id = 6);

Address start_of(const std::vector<std::uint8_t>& module);
std::uint8_t function_of(const std::vector<std::uint8_t>& module);

}  // namespace photopsy::test
