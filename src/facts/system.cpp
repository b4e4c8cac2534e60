#include "facts/system.h"

#include "facts/header_damage.h"
#include "facts/monolithic_system.h"

namespace photopsy {

static constexpr std::uint16_t erased_version = 0xFFFF;

/// The version in a system part's header, where that header can be believed (dct-keys: "Where to take the version from").
static std::optional<std::uint16_t> believed_version(const Layout& layout, const Module* part, std::string_view half_written_slot) {
    if (!part || !part->present() || part->slot == half_written_slot) return {};
    const bool is_it = part->range_ok.value_or(false) && part->platform_ok.value_or(false) && part->function.value == FunctionSystemPart;
    const auto version = version_of_code(layout, *part);
    if ((!is_it && !header_was_hit(*part) && !part->damage.built_as) || version == erased_version) return {};
    return version;
}

/// A bootloader up to 11 brings its own table code (generations that select alike), later ones were released with G4 and G5.
static DctGeneration generation_of_bootloader(std::uint16_t version) {
    if (version < 100) return DctGeneration::G3;
    return version == 100 ? DctGeneration::G4 : DctGeneration::G5;
}

static void judge_by_system(InstalledSystem& system, std::uint16_t version) {
    system.system_version = version;
    system.newer_than_known = version > last_examined_system_version;
    for (auto release : releases_with_system_version(version)) system.releases.emplace_back(release);
    if (!system.releases.empty()) system.device_os = system.releases.front();
    system.store.table = dct_generation(version);
    system.store.system = dcd_generation(version);
    system.store.system_version = version;
    system.handshake = handshake_generation(version);
    system.earliest_handshake.reset();
    system.led = led_generation(version);
}

/// Without a system part: the nearest generations that the bootloader or the table's own format allow.
static void judge_without_system(InstalledSystem& system, bool dct_has_version_struct) {
    if (system.bootloader_version) {
        system.version_from = "bootloader";
        system.store.table = generation_of_bootloader(*system.bootloader_version);
        system.store.system = system.store.bootloader;
    } else if (dct_has_version_struct) {
        system.version_from = "dct";
        system.store.table = DctGeneration::G5;
    }
    if (system.store.table == DctGeneration::G3) {
        system.handshake = HandshakeGeneration::V0_6_2;
        system.led = LedGeneration::OrangeBlinks;
    }
}

static std::optional<std::uint16_t> version_of_bootloader(const Layout& layout, const Module* module) {
    if (!module || !module->present()) return {};
    const bool is_it = module->function.value == FunctionBootloader && module->range_ok.value_or(false);
    const auto version = version_of_code(layout, *module);
    return (is_it || header_was_hit(*module) || module->damage.built_as) && version != erased_version ? std::optional(version) : std::nullopt;
}

/// Firmware in one piece names its release in its header from 0.7.0 on; before that the header says 0, and only a known file tells. Without a header it can be
/// anything: of before 0.4 too.
static void judge_by_monolithic(InstalledSystem& system, const Module* firmware) {
    if (!firmware || !firmware->present() || firmware->function.value != FunctionMonolithic || !firmware->platform_ok.value_or(false)) {
        system.handshake = HandshakeGeneration::V0_7_0;  // the last release for such a device
        system.led = LedGeneration::OrangeBlinks;
        system.earliest_handshake = HandshakeGeneration::V0_4_7;
        return;
    }
    system.version_from = firmware->slot;
    const auto of_release = firmware->releases.empty() ? std::nullopt : system_version_of_release(firmware->releases.front());
    if (firmware->version.value != 0 && firmware->version.value != erased_version) {
        judge_by_system(system, firmware->version.value);
    } else if (of_release) {
        judge_by_system(system, *of_release);
        system.device_os = firmware->releases.front();
    } else {
        system.handshake = HandshakeGeneration::V0_6_2;
        system.led = LedGeneration::OrangeBlinks;
        system.earliest_handshake = HandshakeGeneration::V0_4_7;
    }
}

void judge_by_copied(InstalledSystem& system, const Module* copied) {
    InstalledSystem next;
    judge_by_monolithic(next, copied);
    system.version_from = next.version_from;
    system.handshake = next.handshake;
    system.led = next.led;
    system.earliest_handshake = next.earliest_handshake;
}

InstalledSystem identify_system(const Layout& layout, const std::vector<Module>& modules, std::string_view half_written_slot, bool dct_has_version_struct) {
    InstalledSystem system;
    system.bootloader_version = version_of_bootloader(layout, find_module(modules, "bootloader"));
    if (system.bootloader_version) system.store.bootloader = dcd_generation_of_bootloader(*system.bootloader_version);
    system.store.bootloader_version = system.bootloader_version;
    if (layout.boot == BootKind::Monolithic) {
        const auto source = half_written_slot.empty() ? std::string_view("monolithic") : "backup";  // what an interrupted copy gives way to
        judge_by_monolithic(system, find_module(modules, source));
        return system;
    }
    for (const auto& slot : layout.system_slots) {
        const auto version = believed_version(layout, find_module(modules, slot), half_written_slot);
        if (!version) continue;
        judge_by_system(system, *version);
        system.version_from = slot;
        return system;
    }
    judge_without_system(system, dct_has_version_struct);
    return system;
}

}  // namespace photopsy
