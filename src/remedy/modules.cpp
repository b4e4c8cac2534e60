// Firmware put back: over USB where the bootloader writes it, by the running system or a debugger where it cannot.
#include "facts/start_checks.h"
#include "remedy/ways.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

static RemedyStep write_step(const ModuleSlot& slot, std::string_view release) {
    return {.kind = StepKind::WriteFlash, .file = {.kind = FileKind::Module, .slot = slot.name, .release = std::string(release)}, .at = slot.at.begin};
}

Remedy write_module(const ModuleSlot& slot, std::string_view release, std::string explain) {
    return {.title = fmt::format("Write {} over USB", slot.title),
            .explain = std::move(explain),
            .steps = {write_step(slot, release)},
            .warning = "Do not unplug the device before dfu-util has finished.",
            .cost = Remedy::Cost::WritesFirmware,
            .before = Remedy::Before::DfuMode,
            .turn = is_system_part(slot) ? Remedy::Turn::SystemParts : Remedy::Turn::Application};
}

Remedy write_system(const Facts& facts, std::string_view release) {
    const auto is_of_release = [&](const ModuleSlot& slot) { return is_system_part(slot) && release_has(slot, release); };
    const auto parts = std::count_if(facts.layout->slots.begin(), facts.layout->slots.end(), is_of_release);
    Remedy remedy{.title = fmt::format("Write {} system parts of release {}", parts > 2 ? "all" : "both", release),
                  .explain = "Parts of one release are known to work together. Keys and settings lie elsewhere and stay.",
                  .warning = "Do not unplug the device before dfu-util has finished. The application must be built for this release or an older one.",
                  .cost = Remedy::Cost::WritesFirmware,
                  .before = Remedy::Before::DfuMode,
                  .turn = Remedy::Turn::SystemParts};
    for (const auto& slot : facts.layout->slots)
        if (is_of_release(slot)) remedy.steps.push_back(write_step(slot, release));
    return remedy;
}

Remedy go_online(std::string explain) {
    return {.title = "Let the device go online", .explain = std::move(explain), .cost = Remedy::Cost::WritesFirmware, .turn = Remedy::Turn::RunningSystem};
}

namespace {

using Remedies = std::vector<Remedy>;

Remedy keep_firmware() { return keep_dump("It is the only copy of what the device holds now, keys included. Store it before anything is written."); }

/// The finding that a cause is told from: the worst of its obligatory kind.
const Finding* told_of(const Situation& situation) {
    const auto* cause = find_cause(situation.cause);
    const Finding* worst = nullptr;
    for (const auto& finding : situation.findings.all())
        if (cause && entry_names(cause->explains.front(), finding.rule->id) && (!worst || finding.severity > worst->severity)) worst = &finding;
    return worst;
}

Remedy write_part(const ModuleSlot& slot, std::string_view release) {
    return write_module(
        slot, release,
        fmt::format("This writes only the place of {}, with the file of release {}. Keys and settings lie elsewhere and stay.", slot.title, release));
}

Remedies put_back_application(const ModuleSlot& slot, const Observations& seen) {
    const std::string_view online = seen.boot.result == BootResult::SafeMode ? "In safe mode the device is online and takes" : "A device that is online takes";
    Remedy cloud{.title = "Flash your application again",
                 .explain = fmt::format("{} a new application over the air; it only replaces the application.", online),
                 .steps = {{.kind = StepKind::FlashByCloud, .file = {.kind = FileKind::OwnApplication}}},
                 .cost = Remedy::Cost::WritesFirmware,
                 .turn = Remedy::Turn::Cloud};
    Remedy usb{.title = "Write the application over USB",
               .explain = "Only the application's place is written.",
               .steps = {{.kind = StepKind::WriteFlash, .file = {.kind = FileKind::OwnApplication}, .at = slot.at.begin}},
               .cost = Remedy::Cost::WritesFirmware,
               .before = Remedy::Before::DfuMode,
               .turn = Remedy::Turn::Application};
    if (!may_go_online(seen)) return {usb};
    usb.role = Remedy::Role::OtherWay;
    return {cloud, usb};
}

Remedies with_dump_kept(Remedies list) {
    list.insert(list.begin(), keep_firmware());
    return list;
}

/// Every place that the cause is told of, the worst first.
std::vector<const ModuleSlot*> places_of(const Situation& situation) {
    std::vector<const ModuleSlot*> places;
    const auto* worst = told_of(situation);
    const auto* cause = find_cause(situation.cause);
    const auto add = [&](const Finding& finding) {
        const auto* slot = situation.seen.facts.layout->slot(finding.where.region);
        if (slot && std::find(places.begin(), places.end(), slot) == places.end()) places.push_back(slot);
    };
    if (worst) add(*worst);
    for (const auto& finding : situation.findings.all())
        if (cause && entry_names(cause->explains.front(), finding.rule->id)) add(finding);
    return places;
}

Remedies put_back_in(const ModuleSlot& slot, const Observations& seen) {
    if (slot.name == "user") return put_back_application(slot, seen);
    if (slot.name == "bootloader") return replace_bootloader(seen, release_for(seen.facts, slot.name));
    return {write_part(slot, release_for(seen.facts, slot.name))};
}

Remedy build_again() {
    return {.title = "Build the file that you made yourself again, with its checksum",
            .explain =
                "Install the program crc32 first (Debian and Ubuntu: the package libarchive-zip-perl), then build and write the file again. A file built by "
                "the cloud, or a released one, has its checksum.",
            .cost = Remedy::Cost::Nothing,
            .turn = Remedy::Turn::Cloud};
}

Remedies put_back(const Situation& situation) {
    const auto& facts = situation.seen.facts;
    Remedies list = {keep_firmware()};
    std::string system;
    bool replaces = false;
    for (const auto* slot : places_of(situation)) {
        const auto ways = put_back_in(*slot, situation.seen);
        list.insert(list.end(), ways.begin(), ways.end());
        if (is_system_part(*slot)) system = release_for(facts, slot->name);
        replaces = replaces || slot->name == "bootloader";
    }
    if (!system.empty() && !replaces) add_bootloader_for(list, facts, system, Remedy::Role::Way);
    if (situation.findings.has("module-checksum-missing")) list.insert(list.begin() + 1, build_again());
    return list;
}

Remedies ways_of_other_platform(const Situation& situation) {
    return situation.seen.facts.device_is_open ? ways_of_open_device(situation.seen.facts) : put_back(situation);
}

/// Neither DFU nor the cloud reaches a device without its bootloader, and nothing in the file says which build it was.
Remedies ways_of_lost_bootloader() {
    return {
        keep_firmware(),
        {.title = "Write the bootloader with a debugger",
         .explain = "First take the dump again, if it was not read with a debugger: a device that answers over DFU has its bootloader. Else the one for this "
                    "device, from the Device OS releases, is written to the begin of the flash over the debug pins.",
         .warning = "Whether it is the right file for this device nothing tests.",
         .cost = Remedy::Cost::WritesFirmware,
         .turn = Remedy::Turn::Bootloader}};
}

Remedies ways_of_missing(const Situation& situation) {
    if (!situation.findings.has("slot-empty")) return ways_of_lost_bootloader();
    auto list = put_back(situation);
    const auto* finding = told_of(situation);
    if (finding && finding->where.region == "user" && situation.seen.boot.result == BootResult::FactoryReset)
        list.insert(list.begin() + 1, {.title = "Just start the device",
                                       .explain = "A factory application is there: the device restores it by itself.",
                                       .cost = Remedy::Cost::WritesFirmware,
                                       .turn = Remedy::Turn::Start});
    return list;
}

/// The system parts of a release, and the bootloader that they ask for.
Remedies with_system(const Facts& facts, const std::string& release) {
    Remedies list = {keep_firmware(), write_system(facts, release)};
    add_bootloader_for(list, facts, release, Remedy::Role::Way);
    return list;
}

Remedies ways_of_dependency(const Situation& situation) {
    const auto* finding = told_of(situation);
    const auto& facts = situation.seen.facts;
    if (finding && finding->where.region == "bootloader") return with_dump_kept(replace_bootloader(situation.seen, release_for(facts, "bootloader")));
    return with_system(facts, release_of_pair(facts));
}

Remedies ways_of_differing_parts(const Situation& situation) { return with_system(situation.seen.facts, release_of_pair(situation.seen.facts)); }

Remedies ways_of_newer_application(const Situation& situation) {
    const auto& facts = situation.seen.facts;
    const auto* user = facts.module("user");
    const auto wanted = user ? releases_with_system_version(user->dependency.version.value) : std::vector<std::string_view>{};
    const auto installed = facts.system.device_os.empty() ? std::string("0.6.3") : facts.system.device_os;
    const RemedyFile application{.kind = FileKind::OwnApplication};
    Remedy compile{.title = fmt::format("Compile the application for release {}", installed),
                   .explain = "The application then runs on the system that is installed.",
                   .steps = {{.kind = StepKind::Compile, .file = application, .release = installed}, {.kind = StepKind::FlashByCloud, .file = application}},
                   .cost = Remedy::Cost::WritesFirmware,
                   .turn = Remedy::Turn::Cloud};
    // What has no place on this device no release brings.
    if (user && !slot_for(*facts.layout, user->dependency.function.value, user->dependency.index.value)) return {keep_firmware(), compile};
    auto update = go_online("In safe mode (breathing magenta) the cloud sends the system that the application needs.");
    update.title = "Let the device update itself";
    const auto release = wanted.empty() ? last_release(facts) : std::string(wanted.front());
    if (user && user->dependency.version.value > system_version_of_release(release).value_or(0))
        return {keep_firmware(), compile};  // no known one is new enough
    // The system by cable first, where what the cloud would have to bring cannot come.
    if (!may_go_online(situation.seen)) return with_system(facts, release);
    auto system = write_system(facts, release);
    update.role = system.role = Remedy::Role::OtherWay;
    Remedies list = {keep_firmware(), compile, update, system};
    add_bootloader_for(list, facts, release, Remedy::Role::OtherWay);
    return list;
}

const RemedyRow rows[] = {
    {"module-missing", ways_of_missing},
    {"module-not-firmware", put_back},
    {"module-at-wrong-address", put_back},
    {"module-wrong-platform", ways_of_other_platform},
    {"module-partly-overwritten", put_back},
    {"module-truncated", put_back},
    {"module-block-erased", put_back},
    {"module-block-zeroed", put_back},
    {"module-crc-bad", put_back},
    {"module-dependency-unsatisfied", ways_of_dependency},
    {"system-parts-from-different-releases", ways_of_differing_parts},
    {"user-needs-newer-system", ways_of_newer_application},
};

}  // namespace

std::span<const RemedyRow> module_remedies() { return rows; }

}  // namespace photopsy
