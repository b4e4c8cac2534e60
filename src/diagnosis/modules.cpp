// Why the firmware is not what it should be.
#include "diagnosis/cause.h"
#include "facts/header_damage.h"
#include "facts/whose_device.h"
#include "rules/module_faults.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// The finding that a cause is told from: the worst of its obligatory kind.
const Finding* told_of(const Findings& findings, std::string_view rule) {
    const Finding* worst = nullptr;
    for (const auto& finding : findings.all())
        if (finding.rule->id == rule && (!worst || finding.severity > worst->severity)) worst = &finding;
    return worst;
}

/// What the start makes of it: the step that ends it, or the one that is in doubt.
void add_consequence(const Observations& seen, Story& story) {
    for (const auto state : {BootStep::State::Fail, BootStep::State::Unknown})
        for (const auto& step : seen.boot.ladder)
            if (step.state == state) return story.chain.push_back({.says = step.explain, .seen = false});
}

/// The rule that a cause is told from, and how what it found comes about.
struct Told {
    std::string_view rule, how;
};

/// The common shape: what is seen, how it comes about, what follows.
void tell_of_module(const Observations& seen, const Findings& findings, Story& story, const Told& told) {
    const auto* finding = told_of(findings, told.rule);
    if (!finding) return;
    story.confidence = finding->confidence;
    story.chain = {{.says = finding->explain}, {.says = std::string(told.how), .seen = false}};
    add_consequence(seen, story);
}

template <const Told& told>
void tell(const Observations& seen, const Findings& findings, Story& story) {
    tell_of_module(seen, findings, story, told);
}

constexpr Told missing{
    "slot-empty", "Erased flash is what stays when the sectors were erased and nothing was written: a write that failed at its start, or an erase by hand."};
constexpr Told bootloader_gone{
    "bootloader-gone", "The first page of the flash was erased or overwritten: by a debugger, by a write to the wrong address, or the read began too late."};
void tell_missing(const Observations& seen, const Findings& findings, Story& story) {
    tell_of_module(seen, findings, story, findings.has("slot-empty") ? missing : bootloader_gone);
}
constexpr Told not_firmware{
    "slot-foreign", "A wrong file was written there (dfu-util writes any file to any address without looking at it), or the flash was damaged as a whole."};
constexpr Told misplaced{"module-misplaced", "The module itself is whole; a file was written with the wrong address (-s) on the command line."};

/// Linked for its place and whole, and its header names another function or index.
bool only_its_kind_is_wrong(const Facts& facts, const Finding& finding) {
    const auto* module = facts.module(finding.where.region);
    return facts.layout && module && module->good() && module->range_ok == true && !is_of_its_kind(*facts.layout, *module);
}

void tell_misplaced(const Observations& seen, const Findings& findings, Story& story) {
    tell_of_module(seen, findings, story, misplaced);
    const auto* finding = told_of(findings, misplaced.rule);
    if (!finding || story.chain.size() < 2 || !only_its_kind_is_wrong(seen.facts, *finding)) return;
    story.title = "A firmware module calls itself another kind of module";
    story.chain[1].says = "No build names a module so: its header was changed after the build, and its checksum made anew.";
}

constexpr Told other_platform{"module-other-platform", "A file for another device was written; such files are called much alike."};

/// No write over USB reaches the bootloader (docs/repair.md), and none the format of the table.
void tell_bootloader_of_other_device(const Facts& facts, Story& story) {
    const auto& bootloader = *facts.module("bootloader");
    const auto* other = builtin_layout_for(bootloader.platform_id.value);
    story.confidence = Confidence::Likely;
    story.title = "The bootloader is for another device";
    story.chain[1].says = "No write over USB reaches the bootloader: a debugger, or a running system that was given this file, put it there.";
    story.chain.push_back(
        {.says =
             fmt::format("The other modules{} say that this is a {}; the bootloader alone says otherwise. Compare with what is printed on the device before "
                         "anything is written.",
                         other && other->dct.store != facts.layout->dct.store ? " and the format of the configuration table" : "", facts.layout->title),
         .seen = false});
}

void tell_other_platform(const Observations& seen, const Findings& findings, Story& story) {
    tell_of_module(seen, findings, story, other_platform);
    const auto* finding = told_of(findings, other_platform.rule);
    const auto* module = finding ? seen.facts.module(finding->where.region) : nullptr;
    if (module && module->damage.built_as && story.chain.size() > 1) {
        story.title = "The header of a firmware module names another device";
        story.chain[1].says = "The module is this device's own: no write of another device's file leaves it so. Somebody changed its header.";
    }
    if (only_bootloader_is_of_other_device(seen.facts) && story.chain.size() > 1) return tell_bootloader_of_other_device(seen.facts, story);
    // Where the table tells as well, or the owner said it, what device it is is not in doubt.
    const auto other = device_of_all_but_bootloader(seen.facts);
    if (!other || (builtin_layout_for(*other) && !seen.facts.device_is_open)) return;
    story.confidence = Confidence::Likely;
    story.chain.push_back({.says =
                               "What device it is, the bootloader alone says: no write over USB reaches it. Had it been replaced with a debugger, the device "
                               "would be the one that the other parts are for. Compare with what is printed on the device before anything is written.",
                           .seen = false});
}
constexpr Told mixed{"module-mixed",
                     "A write over USB (or a copy by the bootloader) went from the beginning of the module and stopped on the way: cable, power, or Ctrl-C."};
constexpr Told cut_short{"module-cut-short",
                         "The sectors were erased and the write stopped before the end of the module: cable, power, or a file that was cut short."};
constexpr Told run_erased{
    "module-run-erased",
    "A sector was erased and not written again, or a block of a transfer was lost. If a second capture does not show it, the capture lost it, not the device."};
constexpr Told run_zeroed{
    "module-run-zeroed",
    "Erasing never leaves zeros: something wrote them, or a failed read over USB gave them. Capture a second time before you write anything."};
constexpr Told checksum_wrong{"module-checksum-wrong",
                              "Nothing larger shows, so probably few bytes are wrong: a worn or badly programmed flash cell, or a bit lost in the capture. If "
                              "a second capture differs here, the capture is at fault."};
constexpr Told checksum_missing{"module-checksum-missing",
                                "The last step of a build puts it in, with the program crc32; where that is not installed the build goes on without it."};
/// One place is named in the sentence; how many there are, and how much may be wrong in them, decides what may have done it.
void add_further_places(const Findings& findings, Story& story) {
    constexpr std::uint32_t known_to_the_byte = 8;
    const auto* first = told_of(findings, checksum_wrong.rule);
    if (!first || story.chain.size() < 2) return;
    std::size_t more = 0;
    for (const auto& finding : findings.all())
        more += &finding != first && finding.rule == first->rule && finding.where.region == first->where.region && !finding.where.at.empty();
    constexpr std::string_view or_capture = "If a second capture differs here, the capture is at fault.";
    if (more > 0) {
        story.chain[0].says += more == 1 ? " One more place in it is wrong." : fmt::format(" {} more places in it are wrong.", more);
        story.chain[1].says = fmt::format("Wrong bytes in {} places, and nothing larger: worn or badly programmed flash cells, or bits lost in the capture. {}",
                                          more + 1, or_capture);
    } else if (first->where.at.size() > known_to_the_byte && first->explain.find("rong bytes lie between") != std::string::npos) {
        story.chain[1].says = fmt::format(
            "How many bytes of that stretch are wrong does not show: something was written over them, or they were badly programmed, "
            "or lost in the capture. {}",
            or_capture);
    }
}

void tell_checksum(const Observations& seen, const Findings& findings, Story& story) {
    const bool wrong = findings.has(checksum_wrong.rule);
    tell_of_module(seen, findings, story, wrong ? checksum_wrong : checksum_missing);
    if (wrong) add_further_places(findings, story);
}

/// A version or a need that no build ever had: somebody wrote it into the header.
void add_changed_header(const Observations& seen, const Findings& findings, Story& story, std::string_view rule) {
    for (const auto& finding : findings.all()) {
        const auto* module = finding.rule->id == rule ? seen.facts.module(finding.where.region) : nullptr;
        if (!module || !module->damage.built_as || story.chain.size() < 2) continue;
        story.confidence = Confidence::Likely;
        story.chain[1].says = fmt::format(
            "The header of {} was changed after the build, and its checksum made anew: all else of it is that of version {}, and no build of that asks or says "
            "so.",
            in_text(seen.facts, module->slot), *module->damage.built_as);
        return;
    }
}

void tell_dependency(const Observations& seen, const Findings& findings, Story& story) {
    const auto* finding = told_of(findings, "dependency-unmet");
    if (!finding) return;
    story.confidence = finding->confidence;
    story.chain = {{.says = finding->explain}, {.says = "Parts of different releases were written, or an update was left unfinished.", .seen = false}};
    add_changed_header(seen, findings, story, "dependency-unmet");
    if (finding->severity > Severity::Warning) add_consequence(seen, story);
}

void tell_parts_differ(const Observations& seen, const Findings& findings, Story& story) {
    const auto* finding = told_of(findings, "system-parts-differ");
    if (!finding) return;
    story.chain = {{.says = finding->explain},
                   {.says = "An update brings one part after the other; here the rest never came, or only one part was written by hand.", .seen = false}};
    add_changed_header(seen, findings, story, "system-parts-differ");
}

void tell_user_too_new(const Observations& seen, const Findings& findings, Story& story) {
    const auto* finding = told_of(findings, "user-built-for-newer-system");
    if (!finding) return;
    story.confidence = finding->confidence;
    story.chain = {
        {.says = finding->explain},
        {.says = "The application was compiled for a newer Device OS than the one on the device and written without updating the system.", .seen = false}};
    add_consequence(seen, story);
}

const std::vector<Cause>& table() {
    // A fault of the bootloader, part 1 or part 2 leaves its trace in the dependencies as well: the wider story covers those.
    static const std::vector<Cause> causes = {
        {"module-missing",
         "A firmware module is missing",
         "The place of a module that the device needs is erased.",
         {"slot-empty|bootloader-gone"},
         {},
         tell_missing},
        {"module-not-firmware",
         "Something that is no firmware lies in a module's place",
         "The bytes in a module's place have no module header.",
         {"slot-foreign"},
         {},
         tell<not_firmware>},
        {"module-at-wrong-address",
         "A firmware module lies at a wrong address",
         "A whole module lies where another one belongs, or beside its own place.",
         {"module-misplaced"},
         {},
         tell_misplaced},
        {"module-wrong-platform",
         "A firmware module is for another device",
         "A module's platform id is not this device's.",
         {"module-other-platform"},
         {},
         tell_other_platform},
        {"module-partly-overwritten",
         "A firmware module is half overwritten by another release",
         "A module begins as one release and ends as another, or with erased flash between.",
         {"module-mixed", "wifi-firmware-damaged@slot"},
         {},
         tell<mixed>},
        {"module-truncated",
         "The end of a firmware module is missing",
         "From some point on to its end a module is erased.",
         {"module-cut-short", "wifi-firmware-damaged@slot"},
         {},
         tell<cut_short>},
        {"module-block-erased",
         "A part of a firmware module is erased",
         "A stretch inside a module is erased flash.",
         {"module-run-erased", "wifi-firmware-damaged@slot"},
         {},
         tell<run_erased>},
        {"module-block-zeroed",
         "A part of a firmware module is zero",
         "A stretch inside a module is zero.",
         {"module-run-zeroed", "wifi-firmware-damaged@slot"},
         {},
         tell<run_zeroed>},
        {"module-crc-bad",
         "A firmware module fails its checksum",
         "The CRC-32 of a module is wrong, and no erased, zero or foreign stretch inside it explains that.",
         {"module-checksum-wrong|module-checksum-missing", "wifi-firmware-damaged@slot"},
         {},
         tell_checksum},
        {"module-dependency-unsatisfied",
         "A firmware module is too old for another one",
         "A module needs a newer version of another one than is installed.",
         {"dependency-unmet"},
         {},
         tell_dependency},
        {"system-parts-from-different-releases",
         "The system parts are from different releases",
         "The system parts have different versions, and each is new enough for the others.",
         {"system-parts-differ"},
         {},
         tell_parts_differ},
        {"user-needs-newer-system",
         "The application needs a newer Device OS",
         "The application was built for a newer system than the one installed.",
         {"user-built-for-newer-system"},
         {},
         tell_user_too_new},
    };
    return causes;
}

}  // namespace

std::span<const Cause> module_causes() { return table(); }

}  // namespace photopsy
