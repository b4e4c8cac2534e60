// Which release's firmware is written: one that fits what stays on the device.
#include "facts/last_release.h"
#include "facts/needed_bootloader.h"
#include "facts/start_checks.h"
#include "facts/whose_device.h"
#include "remedy/ways.h"

#include <algorithm>

namespace photopsy {

namespace {

/// Where nothing tells a release: the last one that can be had for this device.
std::string last_release(const Facts& facts, const ModuleSlot* slot) {
    return slot ? std::string(last_release_with_module(facts.layout->platform_id, slot->function, slot->index)) : std::string();
}

std::string release_of(const Module* part) {
    if (!part || !part->releases.empty()) return part ? part->releases.front() : std::string();
    const auto by_version = releases_with_system_version(part->version.value);
    return by_version.empty() ? std::string() : std::string(by_version.front());
}

std::string release_of_good(const Module* module) { return module && module->good() ? release_of(module) : ""; }

bool has_part_of(const Facts& facts, std::string_view release) {
    for (const int index : {1, 2, 3})
        if (const auto* part = facts.system_part(index); part && part->good() && release_of(part) == release) return true;
    return false;
}

/// Of the releases that came with the installed bootloader and of which this part is known one of which a part is installed, else the newest, a final one if
/// there is any; "" where none is.
std::string release_beside_bootloader(const Facts& facts, const ModuleSlot* slot) {
    std::string release, candidate;
    for (const auto named : releases_with_bootloader_version(facts.system.bootloader_version.value_or(0))) {
        if (!slot || !find_released_module(facts.layout->platform_id, slot->function, slot->index, named)) continue;
        if (has_part_of(facts, named)) return std::string(named);
        (named.find('-') == std::string_view::npos ? release : candidate) = named;
    }
    return release.empty() ? candidate : release;
}

std::string release_of_bootloader(const Facts& facts, const ModuleSlot* slot) {
    const auto release = release_beside_bootloader(facts, slot);
    return release.empty() ? last_release(facts, slot) : release;
}

/// What an installed module asks of the bootloader.
std::uint16_t bootloader_asked_for(const Facts& facts) {
    std::uint16_t version = 0;
    for (const auto* module : {facts.system_part(2), facts.module("user")})
        if (module && module->good() && !module->dependency.none() && module->dependency2.function.value == FunctionBootloader)
            version = std::max(version, module->dependency2.version.value);
    return version;
}

/// That of the installed system, or the next later one whose bootloader is known: never an older one; the last where that is too old for what is installed.
std::string release_for_bootloader(const Facts& facts, const ModuleSlot* slot) {
    const auto platform = facts.layout->platform_id;
    const auto release = slot ? release_with_module(platform, slot->function, slot->index, facts.system.device_os) : std::string_view();
    const auto file = release.empty() ? std::nullopt : find_released_module(platform, slot->function, slot->index, release);
    return file && file->version >= bootloader_asked_for(facts) ? std::string(release) : last_release(facts, slot);
}

/// Where no system part is whole, all are written anew: of the release that was there or was on its way, if the bootloader will do for it.
std::string release_of_broken_system(const Facts& facts, const ModuleSlot* slot) {
    std::vector<std::string> candidates;
    if (const auto* half = facts.module(facts.ota.half_written_slot); half && half->part != 0) candidates.push_back(facts.ota.to_release);
    for (const int index : {2, 1, 3})
        if (const auto* part = facts.system_part(index); part && !part->releases.empty() && part->platform_ok == true && part->range_ok == true)
            candidates.push_back(part->releases.front());
    candidates.push_back(facts.system.device_os);
    for (const auto& release : candidates)
        if (!release.empty() && bootloader_missing_for(facts, release) == 0) return release;
    return release_of_bootloader(facts, slot);
}

}  // namespace

std::uint16_t bootloader_missing_for(const Facts& facts, std::string_view release) {
    const auto version = system_version_of_release(release);
    const auto& installed = facts.system.bootloader_version;
    if (!version || !installed || !tests_own_modules(*facts.layout, *version)) return 0;
    const auto needed = bootloader_needed_by_system(*version);
    return *installed < needed ? needed : std::uint16_t{0};
}

bool release_has(const ModuleSlot& slot, std::string_view release) {
    static const auto first_of_three = system_version_of_release("0.6.0-rc.1");
    if (!is_system_part(slot) || slot.index != 3) return true;
    const auto version = system_version_of_release(release);
    return !version || !first_of_three || *version >= *first_of_three;
}

std::string last_release(const Facts& facts) { return last_release(facts, facts.layout->system_part(2)); }

std::string release_beside_bootloader(const Facts& facts) { return release_beside_bootloader(facts, facts.layout->system_part(2)); }

std::string release_for(const Facts& facts, std::string_view name) {
    const auto* module = facts.module(name);
    const auto* slot = facts.layout->slot(name);
    if (name == "bootloader") {
        const auto beside = release_of_good(facts.system_part(2));
        const auto file = slot && !beside.empty() ? find_released_module(facts.layout->platform_id, slot->function, slot->index, beside) : std::nullopt;
        return file && file->version >= bootloader_asked_for(facts) ? beside : release_for_bootloader(facts, slot);
    }
    if (!slot || !is_system_part(*slot)) {
        if (module && !module->releases.empty() && module->platform_ok == true && module->range_ok == true) return module->releases.front();
        return facts.system.device_os.empty() ? release_of_bootloader(facts, slot) : facts.system.device_os;
    }
    // The part beside it decides, because the two must be of one release; a module's own claim counts only without that.
    for (const int index : {2, 1, 3})
        if (const auto* part = facts.system_part(index); part && part != module)
            if (auto release = release_of_good(part); !release.empty() && release_has(*slot, release)) return release;
    return release_of_broken_system(facts, slot);
}

std::string release_of_bootloader_for(const Facts& facts, std::string_view system_release) {
    const auto* slot = facts.layout->slot("bootloader");
    const auto release = slot ? release_with_module(facts.layout->platform_id, slot->function, slot->index, system_release) : std::string_view();
    return release.empty() ? last_release(facts, slot) : std::string(release);
}

std::string warning_of_newer_table_code(const Facts& facts, std::string_view release) {
    const auto* slot = facts.layout->slot("bootloader");
    const auto file = slot ? find_released_module(facts.layout->platform_id, slot->function, slot->index, release) : std::nullopt;
    if (!file || facts.layout->dct.store != StoreKind::Dcd || !facts.system.system_version) return "";
    if (dcd_generation_of_bootloader(file->version) <= dcd_generation(*facts.system.system_version)) return "";
    return "It is newer than the system, and the two choose between the copies of the table by different rules: update the firmware before anything is "
           "written to the table.";
}

std::string release_of_pair(const Facts& facts) {
    const auto *part1 = facts.system_part(1), *part2 = facts.system_part(2);
    auto release = facts.system.device_os;
    if (part1 && part2 && part1->present() && part2->present()) {
        const bool second_is_newer = part2->version.value >= part1->version.value;
        const auto newer = release_of(second_is_newer ? part2 : part1), older = release_of(second_is_newer ? part1 : part2);
        const bool fits = bootloader_missing_for(facts, newer) == 0;
        release = (fits && !newer.empty()) || older.empty() ? newer : older;
    }
    return release.empty() ? last_release(facts) : release;
}

bool knows_bootloader(const Facts& facts) {
    if (!facts.layout->slot("bootloader")) return facts.ota.by_flag && facts.ota.by_flag->bootloader == FirstWord::StackPointer;
    const auto* bootloader = facts.module("bootloader");
    const bool usual = bootloader && bootloader->present() && bootloader->integrity != Integrity::Bad && !only_bootloader_is_of_other_device(facts);
    return usual && !releases_with_bootloader_version(facts.system.bootloader_version.value_or(0)).empty();
}

}  // namespace photopsy
