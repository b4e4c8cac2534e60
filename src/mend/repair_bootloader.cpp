// A bootloader, which DFU does not reach: the image into the OTA area, the flag that asks the installed system to copy it, one start. Nothing else is in such a
// plan. Sources: OTAH@v2.3.1:350-397 (HAL_FLASH_End, the flag), system/src/main.cpp@v2.3.1:788-796; docs/formats/ota.md.
#include "base/hex.h"
#include "facts/ota_flag.h"
#include "mend/repair_step_list.h"
#include "mend/repair_table.h"
#include "rules/waiting_copy.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::string_view bootloader_region = "bootloader", first_that_installs = "1.2.1";
constexpr std::uint8_t asks_to_install = 0xA5, asks_for_nothing = 0xFF;
constexpr std::uint16_t first_under_checking_system = 100;  ///< what is older stays in safe mode under any system that knows the flag
constexpr std::uint32_t start_timeout = 120000, start_time = 20000;

constexpr std::string_view what_a_cut_costs =
    "The system erases the running bootloader and writes the new one. If the power fails in that second, the device has no DFU mode any more and needs a "
    "debugger (SWD). What lies in the OTA area is replaced.";

/// The first cause that asks for another bootloader, and of which release.
struct BootloaderWanted {
    std::string cause, release;
    const std::vector<Remedy>* remedies = nullptr;
};
std::optional<BootloaderWanted> wanted_by_causes(const RepairDraft& draft) {
    const auto& causes = draft.analysis.diagnosis.causes;
    for (std::size_t i = 0; i < causes.size(); ++i) {
        const auto id = std::string(causes[i].cause->id);
        if (!draft.wish.causes.empty() && std::find(draft.wish.causes.begin(), draft.wish.causes.end(), id) == draft.wish.causes.end()) continue;
        for (const auto& remedy : draft.analysis.remedies[i])
            for (const auto& step : remedy.steps)
                if (step.file.kind == RemedyFile::Kind::Module && step.file.slot == bootloader_region)
                    return BootloaderWanted{id, step.file.release, &draft.analysis.remedies[i]};
    }
    return {};
}

/// A start with what waits in a slot or is asked for by the flag destroys something, or leaves parts that do not fit each other.
bool waiting_update_does_harm(const Analysis& analysis) {
    using Resumes = OtaFacts::Resumes;
    const auto& facts = analysis.facts;
    const bool by_slot = facts.ota.pending_slot && (facts.ota.resumes == Resumes::Harms || facts.ota.resumes == Resumes::MakesItWorse);
    return by_slot || flag_installs_old_bootloader(facts);
}

/// Why the installed system would not install a bootloader from the OTA area; "" where it would.
std::string why_system_does_not(const RepairDraft& draft) {
    static const auto first = system_version_of_release(first_that_installs);
    const auto& facts = draft.facts();
    const auto& layout = *facts.layout;
    if (!layout.dct.field("ota_update_flag") || !layout.slot("ota"))
        return fmt::format("The system of a {} has no flag by which it installs a bootloader.", layout.title);
    if (!first || !facts.system.at_least(*first))
        return fmt::format("The installed system does not know the flag that asks for it: {} was the first release that does.", first_that_installs);
    const auto start = draft.analysis.boot.result;
    if (start != BootResult::Runs && start != BootResult::SafeMode)
        return "Only a running system installs a bootloader, and this one does not start as it is: repair the rest of the device first.";
    if (facts.ota.resumes == OtaFacts::Resumes::Harms || is_to_be_taken_back(draft.analysis.observations()))
        return "An update record waits that no start may carry out: take it back first, by the plan that repairs the rest.";
    const bool flagged = facts.ota.update_flag && facts.ota.update_flag->value == asks_to_install;
    if (!flagged && !facts.ota.pending_slot) return "";
    if (waiting_update_does_harm(draft.analysis))
        return "An update is waiting that leaves the device worse off, and the next start works on that: do not start the device normally. Deal with the "
               "update "
               "first, as the report says, then make this plan anew.";
    return "An update is waiting, and the next start works on that: start the device once, then make this plan anew.";
}

/// Why this image would not be taken, or would not do; "" where it would.
std::string why_image_will_not_do(const RepairDraft& draft, const FirmwareModule& module) {
    const auto& facts = draft.facts();
    if (!module.of_release) return "A bootloader that is no released file is never installed.";
    if (module.header.version.value < first_under_checking_system)
        return "The installed system refuses to run applications over a bootloader from before 0.7.0.";
    for (const auto& dependency : {module.header.dependency, module.header.dependency2})
        if (!dependency.none() && dependency_met(facts.modules, *facts.layout, dependency) != true) return "The bootloader itself asks for a newer system.";
    return "";
}

const FirmwareModule* find_image(const RepairDraft& draft, std::string_view release) {
    const auto fits = [&](const FirmwareModule& module) {
        const auto& releases = module.header.releases;
        return module.header.function.value == FunctionBootloader && std::find(releases.begin(), releases.end(), release) != releases.end();
    };
    for (const auto* list : {&draft.wish.firmware, &draft.in_dump})
        if (const auto found = std::find_if(list->begin(), list->end(), fits); found != list->end()) return &*found;
    return nullptr;
}

void refuse_bootloader(RepairDraft& draft, const BootloaderWanted& wanted, std::string why) {
    draft.repair.plan.cannot.push_back({wanted.cause, std::move(why), wanted.remedies ? other_help(*wanted.remedies) : ""});
}

/// The whole sector as the system leaves it.
StepList::Bytes sector_with(const StepList::Bytes& module, Range sector) {
    StepList::Bytes bytes = module;
    bytes.resize(sector.size(), 0xFF);
    return bytes;
}

void start_the_system(StepList& list, const StepList::Bytes& module, const RepairSource& source, std::uint32_t flag_at) {
    const Range sector = list.layout().slot(bootloader_region)->at;
    auto& step = list.add(RepairOperation::StartSystem, sector, list.bytes(sector), sector_with(module, sector));
    step.reason = "The system clears the flag, erases the bootloader's sector and copies the image there; it repeats that until the copy is right";
    step.sources = {source};
    step.timeout_ms = start_timeout;
    step.typical_ms = start_time;
    list.now.put(sector.begin, sector_with(module, sector));
    const auto code = table_code(analysis_with(list.draft.analysis, list.now).facts);
    if (code) list.now = with_table_written(list.now, list.layout(), *code, flag_at, StepList::Bytes{asks_for_nothing});
}

}  // namespace

void want_bootloader(RepairDraft& draft) {
    const auto wanted = wanted_by_causes(draft);
    if (!wanted)
        return refuse_bootloader(draft, {std::string(bootloader_region), "", nullptr},
                                 "Nothing asks for another bootloader: the installed one is whole and goes with the system.");
    if (const auto why = why_system_does_not(draft); !why.empty()) return refuse_bootloader(draft, *wanted, why);
    const auto* image = find_image(draft, wanted->release);
    if (!image) {
        draft.repair.plan.missing.push_back(missing_file(*draft.analysis.layout, wanted->cause, bootloader_region, wanted->release));
        return refuse_bootloader(draft, *wanted, fmt::format("The file of release {} for the bootloader was not given with --firmware.", wanted->release));
    }
    if (const auto why = why_image_will_not_do(draft, *image); !why.empty()) return refuse_bootloader(draft, *wanted, why);
    if (!ask_consent(draft, repair_consent::bootloader, std::string(what_a_cut_costs)))
        return refuse_bootloader(draft, *wanted, fmt::format("It may cost the device: say --consent {}.", repair_consent::bootloader));
    const auto& layout = *draft.analysis.layout;
    auto goal = goal_for(*layout.slot("ota"), image->bytes,
                         {image->from.empty() ? "dump" : "file", hex(image->sha256), image->from.empty() ? "the dump" : image->from});
    if (!image->from.empty()) goal.file = {std::string(bootloader_region), wanted->release, hex(image->sha256), image->from};
    draft.table.push_back(
        {layout.dct.field("ota_update_flag")->offset, {asks_to_install}, {"constant", "", ""}, "the system is asked to install what lies in the OTA area"});
    draft.places.push_back(std::move(goal));
}

void lay_out_bootloader(RepairDraft& draft) {
    StepList list{draft, draft.image()};
    if (!draft.places.empty()) {
        const auto goal = draft.places.front();
        const auto flag_at = draft.table.front().offset;
        write_place_steps(list, goal);
        write_table_steps(list);
        if (draft.table_refused.empty())
            start_the_system(list, goal.bytes, goal.source, flag_at);
        else
            list.shorten(0);
    }
    draft.repair.target = draft.repair.plan.steps.empty() ? draft.image() : list.now;
}

}  // namespace photopsy
