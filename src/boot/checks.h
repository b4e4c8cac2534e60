#pragma once
// What the walk of boot.cpp asks about the installed modules. Sources: docs/formats/boot.md.
#include "boot/boot.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

/// A pending image that the bootloader copies before it starts the system.
struct AppliedUpdate {
    const Module* image = nullptr;
    std::string slot_at_target;
};

/// The modules as the start finds them: what is installed, except where a pending update is copied first.
struct InstalledSlots {
    const Module* bootloader = nullptr;
    const Module* part1 = nullptr;  ///< the part with module index 1, which the bootloader starts; or monolithic firmware in its place
    const Module* part2 = nullptr;  ///< with index 2, which holds the system
    const Module* part3 = nullptr;  ///< with index 3, where the device has one
    const Module* user = nullptr;
    const Module* factory = nullptr;
    std::optional<AppliedUpdate> updated;
    bool system_known = true;                                    ///< false: neither part is in the file, and nothing else tells which release's checks are made
    std::uint16_t system_version = 0;                            ///< of the code that does the checks; that of the last examined release where nothing tells
    std::uint16_t system_platform = 0, bootloader_platform = 0;  ///< what that code was built for: it compares headers with itself

    const Module* part(int index) const { return index == 1 ? part1 : index == 2 ? part2 : index == 3 ? part3 : nullptr; }
    /// Like dependency_met(), after updates.
    std::optional<bool> met(const Dependency&) const;
};

InstalledSlots installed_after_updates(const Facts&);

/// A dependency that is never met: the system looks for the module's place and finds none.
bool asks_for_what_has_no_place(const Layout&, const Module&);

/// Start as linked for `slot`, end inside the flash: what bootloader and system test of a header (FM@v2.3.1:723, CH@v2.3.1:470).
bool header_starts_at(const Module&, const Facts&, std::string_view slot);

/// Bytes of the module that are plainly gone (erased or zero runs).
std::uint32_t size_of_gaps(const Module&);
/// Those of them that lie outside the Wi-Fi chip's firmware.
std::uint32_t size_of_gaps_in_code(const Facts&, const Module&);

/// The processor faults in the module's first instructions: they, or the vector that leads to them, are damaged.
bool dies_at_entry(const Facts&, const Module&);

/// Of the whole module only header fields are wrong: whoever does not read them runs it.
bool only_header_is_hit(const Module&);

/// The header is right, but one flipped bit in the first word keeps the firmware from looking for it where it stands.
bool header_is_hidden(const Module&, const Layout&);

/// So much is missing or of another module that it cannot be hoped to run: as opposed to a few wrong bytes.
/// A hole in the Wi-Fi chip's firmware inside part 1 is none in the code.
bool is_badly_broken(const Facts&, const Module&);

/// Three parts, and the start is ended by a few wrong bytes of one of them: it goes on where those are not needed.
bool end_is_likely(const Facts&, const BootOutcome&);

/// The table asks a system before 0.7.0 for safe mode, and the bootloader, which clears that at each start up to 11, no longer looks at it.
bool asks_for_safe_mode_for_ever(const Facts&);

Address user_address(const Facts&);

}  // namespace photopsy
