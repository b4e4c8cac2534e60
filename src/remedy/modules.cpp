// Firmware put back: over USB where the bootloader writes it, by the running system or a debugger where it cannot.
#include "facts/last_release.h"
#include "remedy/ways.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

/// Where nothing tells a release: the last one that can be had for this device.
static std::string last_release(const Facts& facts, const ModuleSlot* slot) {
    return slot ? std::string(last_release_with_module(facts.layout->platform_id, slot->function, slot->index)) : std::string();
}
static std::string last_release(const Facts& facts) { return last_release(facts, facts.layout->system_part(2)); }

static std::string release_of_good(const Module* module) { return module && module->good() && !module->releases.empty() ? module->releases.front() : ""; }

static RemedyStep write_step(const ModuleSlot& slot, std::string_view release) {
    return {.kind = StepKind::WriteFlash, .file = {.kind = FileKind::Module, .slot = slot.name, .release = std::string(release)}, .at = slot.at.begin};
}

/// The newest release that came with the installed bootloader and of which this part is known.
static std::string release_of_bootloader(const Facts& facts, const ModuleSlot* slot) {
    std::string release;
    for (const auto candidate : releases_with_bootloader_version(facts.system.bootloader_version.value_or(0)))
        if (slot && candidate.find('-') == std::string_view::npos && find_released_module(facts.layout->platform_id, slot->function, slot->index, candidate))
            release = candidate;
    return release.empty() ? last_release(facts, slot) : release;
}

/// That of the installed system, or the next later one whose bootloader is known: never an older one.
static std::string release_for_bootloader(const Facts& facts, const ModuleSlot* slot) {
    const auto release = slot ? release_with_module(facts.layout->platform_id, slot->function, slot->index, facts.system.device_os) : std::string_view();
    return release.empty() ? last_release(facts, slot) : std::string(release);
}

std::string release_for(const Facts& facts, std::string_view name) {
    const auto* module = facts.module(name);
    const auto* slot = facts.layout->slot(name);
    // The part beside it decides, because the two must be of one release; a module's own claim counts only without that.
    for (const int index : {2, 1, 3})
        if (const auto* part = facts.system_part(index); part && module && module->part && part != module)
            if (auto release = release_of_good(part); !release.empty()) return release;
    if (name == "bootloader") return release_for_bootloader(facts, slot);
    if (module && !module->releases.empty() && module->platform_ok == true && module->range_ok == true) return module->releases.front();
    return facts.system.device_os.empty() ? release_of_bootloader(facts, slot) : facts.system.device_os;
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
    const auto parts = std::count_if(facts.layout->slots.begin(), facts.layout->slots.end(), is_system_part);
    Remedy remedy{.title = fmt::format("Write {} system parts of release {}", parts > 2 ? "all" : "both", release),
                  .explain = "Parts of one release are known to work together. Keys and settings lie elsewhere and stay.",
                  .warning = "Do not unplug the device before dfu-util has finished. The application must be built for this release or an older one.",
                  .cost = Remedy::Cost::WritesFirmware,
                  .before = Remedy::Before::DfuMode,
                  .turn = Remedy::Turn::SystemParts};
    for (const auto& slot : facts.layout->slots)
        if (is_system_part(slot)) remedy.steps.push_back(write_step(slot, release));
    return remedy;
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

Remedy go_online(std::string explain) {
    return {.title = "Let the device go online", .explain = std::move(explain), .cost = Remedy::Cost::WritesFirmware, .turn = Remedy::Turn::RunningSystem};
}

Remedies replace_bootloader(const Observations& seen, std::string_view release) {
    const RemedyFile file{.kind = FileKind::Module, .slot = "bootloader", .release = std::string(release)};
    const auto* slot = seen.facts.layout->slot("bootloader");
    Remedies list;
    if (seen.boot.result == BootResult::Runs || seen.boot.result == BootResult::SafeMode || seen.boot.result == BootResult::FactoryReset) {
        if (may_go_online(seen))
            list.push_back(
                go_online("In safe mode (breathing magenta) the cloud sees the wrong bootloader and sends the right one by itself; this takes a few minutes."));
        list.push_back({.title = "Replace the bootloader over USB serial",
                        .explain = "The running system writes it; the bootloader cannot replace itself over DFU.",
                        .steps = {{.kind = StepKind::WriteBySerial, .file = file}},
                        .warning = "If the power fails while it is written, the device needs a debugger.",
                        .cost = Remedy::Cost::WritesFirmware,
                        .before = Remedy::Before::ListeningMode,
                        .turn = Remedy::Turn::Bootloader,
                        .role = list.empty() ? Remedy::Role::Way : Remedy::Role::OtherWay});
    }
    list.push_back({.title = "Write the bootloader with a debugger",
                    .explain = "With an ST-Link or Particle Debugger on the SWD pins (D6, D7). This works when nothing else does.",
                    .steps = {{.kind = StepKind::WriteByDebugger, .file = file, .at = slot ? slot->at.begin : 0}},
                    .warning = "The bootloader's sector may be write-protected by option bytes; unlock it first.",
                    .cost = Remedy::Cost::WritesFirmware,
                    .turn = Remedy::Turn::Bootloader,
                    .role = list.empty() ? Remedy::Role::Way : Remedy::Role::OtherWay});
    return list;
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

Remedies put_back(const Situation& situation) {
    const auto* finding = told_of(situation);
    const auto& facts = situation.seen.facts;
    const auto* slot = finding ? facts.layout->slot(finding->where.region) : nullptr;
    if (!slot) return {keep_firmware()};
    if (slot->name == "user") return with_dump_kept(put_back_application(*slot, situation.seen));
    if (slot->name == "bootloader") return with_dump_kept(replace_bootloader(situation.seen, release_for(facts, slot->name)));
    return {keep_firmware(), write_part(*slot, release_for(facts, slot->name))};
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

std::string release_of(const Module* part) {
    if (!part || !part->releases.empty()) return part ? part->releases.front() : std::string();
    const auto by_version = releases_with_system_version(part->version.value);
    return by_version.empty() ? std::string() : std::string(by_version.front());
}

/// The bootloader that a part's release needs: part 2 says it, else the release's own bootloader is taken for it.
std::uint16_t bootloader_needed(const Module& part, const Facts& facts) {
    if (part.dependency2.function.value == FunctionBootloader) return part.dependency2.version.value;
    const auto own = find_released_module(facts.layout->platform_id, FunctionBootloader, 0, release_of(&part));
    return own ? own->version : std::uint16_t{0};
}

/// For two parts that do not fit: the newer one's, so that nothing goes back silently; the older one's where the bootloader would be too old for it.
std::string release_of_pair(const Facts& facts) {
    const auto *part1 = facts.system_part(1), *part2 = facts.system_part(2);
    auto release = facts.system.device_os;
    if (part1 && part2 && part1->present() && part2->present()) {
        const bool second_is_newer = part2->version.value >= part1->version.value;
        const auto *newer = second_is_newer ? part2 : part1, *older = second_is_newer ? part1 : part2;
        const bool fits = facts.system.bootloader_version.value_or(0) >= bootloader_needed(*newer, facts);
        release = release_of(fits || release_of(older).empty() ? newer : older);
    }
    return release.empty() ? last_release(facts) : release;
}

Remedies ways_of_dependency(const Situation& situation) {
    const auto* finding = told_of(situation);
    const auto& facts = situation.seen.facts;
    if (finding && finding->where.region == "bootloader") return with_dump_kept(replace_bootloader(situation.seen, release_for(facts, "bootloader")));
    return {keep_firmware(), write_system(facts, release_of_pair(facts))};
}

Remedies ways_of_differing_parts(const Situation& situation) {
    return {keep_firmware(), write_system(situation.seen.facts, release_of_pair(situation.seen.facts))};
}

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
    auto update = go_online("In safe mode (breathing magenta) the cloud sends the system that the application needs.");
    update.title = "Let the device update itself";
    auto system = write_system(facts, wanted.empty() ? last_release(facts) : std::string(wanted.front()));
    update.role = system.role = Remedy::Role::OtherWay;
    if (may_go_online(situation.seen)) return {keep_firmware(), compile, update, system};
    // The system first, by cable: what the cloud would have to bring cannot come.
    system.role = Remedy::Role::Way;
    return {keep_firmware(), system};
}

const RemedyRow rows[] = {
    {"module-missing", ways_of_missing},
    {"module-not-firmware", put_back},
    {"module-at-wrong-address", put_back},
    {"module-wrong-platform", put_back},
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
