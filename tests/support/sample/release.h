#pragma once
// Version numbers of the Device OS releases that samples speak of. Source: modules/shared/system_module_version.mk and
// bootloader/import.mk of each tag, as docs/formats/module.md lists them.
#include <cstdint>
#include <string_view>

namespace photopsy::sample {

struct Release {
    std::string_view name;
    std::uint16_t system, user, bootloader;  ///< module versions
    std::uint16_t part2_needs_bootloader;    ///< 0: no such dependency
    std::uint16_t part1_needs_part2;         ///< 0: no such dependency
};

/// Nothing (nullptr) for a name that is not in the table.
const Release* find_release(std::string_view name);

}  // namespace photopsy::sample
