#pragma once
// Which bootloader a release asks for. Source: dependency2 of system part 2 in each release's binaries (docs/formats/releases.md).
#include <cstdint>

namespace photopsy {

/// The lowest version that system part 2 of this module_version asks for; 0: any. Of candidates the number of their final release.
constexpr std::uint16_t bootloader_needed_by_system(std::uint16_t system_version) {
    if (system_version >= 2000) return 1003;
    if (system_version >= 1300) return 400;
    if (system_version >= 1200) return 311;
    if (system_version >= 1000) return 201;
    if (system_version > 200) return 101;
    return system_version == 200 ? 100 : 0;
}

}  // namespace photopsy
