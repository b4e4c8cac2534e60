#pragma once
// Which firmware runs on this device: the one question nearly every rule asks first.
#include "facts/modules.h"
#include "facts/releases.h"

#include <optional>

namespace photopsy {

struct InstalledSystem {
    /// module_version of the system that runs, from where it can be believed (docs/formats/module.md, "Whose header proves what"):
    /// system part 2 if its header is sane and it is not a half-written target, else part 1, else what the bootloader or the DCT format implies.
    std::optional<std::uint16_t> system_version;
    std::string version_from;                         ///< "system-part2", "system-part1", "bootloader", "dct", ""
    std::optional<std::uint16_t> bootloader_version;  ///< from the bootloader's header, never from DCT flags
    std::vector<std::string> releases;                ///< Device OS releases with this system version (usually one)
    std::string device_os;                            ///< releases.front() or ""
    bool newer_than_known = false;                    ///< judged by the last known generation
    StoreCode store;  ///< which code reads and writes the configuration store
    HandshakeGeneration handshake = HandshakeGeneration::V2_3_1;
    std::optional<HandshakeGeneration> earliest_handshake;  ///< the release is not known: anything from this generation to `handshake` is possible
    LedGeneration led = LedGeneration::AllRed;

    bool at_least(std::uint16_t version) const { return system_version && *system_version >= version; }
    bool system_checks_modules_at_boot() const { return !system_version || *system_version >= 200; }
    bool bootloader_uses_system_dct() const { return bootloader_version && *bootloader_version >= 100 && *bootloader_version != 0xFFFF; }
};

/// `half_written_slot`: slot name of a system part that is the target of an interrupted copy (its header is the NEW module's), or "".
InstalledSystem identify_system(const Layout&, const std::vector<Module>&, std::string_view half_written_slot, bool dct_has_version_struct);

}  // namespace photopsy
