#include "remedy/order.h"

#include "facts/dcd_writing.h"
#include "remedy/ways.h"
#include "rules/harmful_copy.h"
#include "rules/waiting_copy.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

bool has_step(const Remedy& remedy, StepKind kind) {
    return std::any_of(remedy.steps.begin(), remedy.steps.end(), [&](const RemedyStep& step) { return step.kind == kind; });
}

namespace {

bool writes_table(const Remedy& remedy) {
    return has_step(remedy, StepKind::WriteTable) || has_step(remedy, StepKind::SetTransport) || has_step(remedy, StepKind::AskForAddress);
}

bool writes_part(const Remedy& remedy) { return remedy.turn == Remedy::Turn::SystemParts && has_step(remedy, StepKind::WriteFlash); }

/// From 100 to 399; later ones look them up anew when a part was written (usbd_flash_if.c@v2.3.1:170-175). Of bootloaders whose version is not known the worst
/// is believed.
bool keeps_pointers(const Observations& seen) {
    if (seen.facts.layout && seen.facts.layout->dct.store == StoreKind::Dcd) return false;  // it brings the code itself
    const auto& version = seen.facts.system.bootloader_version;
    if (bootloader_is_damaged(seen.facts) || breaks_newer_table(seen.facts)) return true;  // another one is to take its place
    return !version || (*version >= 100 && *version < 400);
}

Remedy take_key_out(const Remedy& whole) {
    Remedy remedy{.title = "Take the old key out of this file",
                  .explain = "It can be had from what is there. Write it back only after a whole dump has been taken and judged.",
                  .turn = Remedy::Turn::ReadAgain};
    for (const auto& step : whole.steps)
        if (step.kind == StepKind::RecoverKey) remedy.steps.push_back(step);
    return remedy;
}

Remedy write_unsound_parts(const Facts& facts) {
    Remedy remedy{.title = "Repair the system parts first",
                  .explain = "This bootloader writes the table (-a 1) with code of the system parts, and as they are now such a write fails.",
                  .warning = "Do not unplug the device before dfu-util has finished.",
                  .cost = Remedy::Cost::WritesFirmware,
                  .before = Remedy::Before::DfuMode,
                  .turn = Remedy::Turn::SystemParts};
    for (const auto& slot : facts.layout->slots) {
        const auto* module = facts.module(slot.name);
        if (!is_system_part(slot) || (module && module->good())) continue;
        const auto part = write_module(slot, release_for(facts, slot.name), "");
        remedy.steps.insert(remedy.steps.end(), part.steps.begin(), part.steps.end());
    }
    return remedy;
}

}  // namespace

void drop_writes(std::vector<Remedy>& remedies) {
    for (auto& remedy : remedies)
        if (has_step(remedy, StepKind::RecoverKey)) remedy = take_key_out(remedy);
    const auto acts = [](const Remedy& remedy) { return remedy.cost != Remedy::Cost::Nothing || has_step(remedy, StepKind::RegisterKey); };
    remedies.erase(std::remove_if(remedies.begin(), remedies.end(), acts), remedies.end());
}

/// Only an older bootloader is replaced by the one that the system carries (hal/src/stm32f2xx/bootloader.cpp@v2.3.1:25-57).
static Remedy make_bootloader_fit_system(const Dct& dct) {
    const std::string_view apart =
        "Bootloader and system of this device choose between the two copies of the table by different rules: what is written over DFU now would not be read, "
        "or "
        "would be made from the older copy and put in the place of the newer one.";
    const bool older = dct.dcd->bootloader < dct.dcd->system;
    return {.title = older ? "Let the bootloader become that of the system first" : "Update the firmware to that of the bootloader first",
            .explain =
                fmt::format("{} {} Then read the device again: the report of that dump says what to write.", apart,
                            older ? "The third system part carries the bootloader that belongs to it and puts it in at an ordinary start, or an update of the "
                                    "firmware brings both."
                                  : "The bootloader is newer than the system, and no system puts an older one in its place: an update of the firmware brings "
                                    "the two together."),
            .steps = {{.kind = StepKind::Capture, .file = {.kind = FileKind::NewDump}}},
            .turn = Remedy::Turn::Bootloader};
}

void put_bootloader_first(std::vector<Remedy>& remedies, const Observations& seen) {
    if (write_reaches_system(seen.facts.dct) || std::none_of(remedies.begin(), remedies.end(), writes_table)) return;
    for (auto& remedy : remedies) {
        if (!writes_table(remedy) || !has_step(remedy, StepKind::RecoverKey)) continue;
        remedy = take_key_out(remedy);
        remedy.explain = "It can be had from what is there; the next start may erase it. Write it back when bootloader and system fit each other.";
    }
    const auto first = std::find_if(remedies.begin(), remedies.end(), writes_table);
    const auto at = remedies.insert(first, make_bootloader_fit_system(seen.facts.dct));
    remedies.erase(std::remove_if(at + 1, remedies.end(), writes_table), remedies.end());
}

void prefer_waiting_copy(std::vector<Remedy>& remedies, const Observations& seen) {
    const auto writes_healed = [&](const RemedyStep& step) { return step.kind == StepKind::WriteFlash && is_healed_by_waiting_copy(seen, step.file.slot); };
    const auto is_spared = [&](const Remedy& remedy) {
        return remedy.role == Remedy::Role::Way && !remedy.steps.empty() && std::all_of(remedy.steps.begin(), remedy.steps.end(), writes_healed);
    };
    const auto first = std::find_if(remedies.begin(), remedies.end(), is_spared);
    if (first == remedies.end()) return;
    for (auto& remedy : remedies)
        if (is_spared(remedy)) remedy.role = Remedy::Role::OtherWay;
    remedies.insert(first, start_normally("The bootloader puts the update that waits in place of it, whole, and then starts the firmware."));
}

void put_system_parts_first(std::vector<Remedy>& remedies, const Observations& seen) {
    if (seen.boot.dct_reachable_by_bootloader || std::any_of(remedies.begin(), remedies.end(), writes_part)) return;
    const auto first = std::find_if(remedies.begin(), remedies.end(), writes_table);
    if (first == remedies.end()) return;
    const auto parts = write_unsound_parts(seen.facts);
    if (!parts.steps.empty())
        remedies.insert(first, parts);
    else
        first->warning += " Make bootloader and system parts fit each other first: as they are now, a write to the table (-a 1) fails.";
}

/// A write to the table, by hand or by a plan that does no more.
static bool is_for_table(const Remedy& remedy) {
    return writes_table(remedy) || (remedy.turn == Remedy::Turn::Table && has_step(remedy, StepKind::PlanRepair));
}

/// Nothing is written through a bootloader that is damaged or gone, and no table by one that would break it.
static bool bootloader_goes_first(const Remedies& all, const Observations& seen) {
    if (bootloader_is_damaged(seen.facts)) return true;
    return breaks_newer_table(seen.facts) && std::ranges::any_of(all, [](const auto& list) { return std::ranges::any_of(list, is_for_table); });
}

static bool writes_bootloader(const Remedy& remedy) {
    return std::ranges::any_of(remedy.steps, [](const RemedyStep& step) { return step.file.kind == FileKind::Module && step.file.slot == "bootloader"; });
}

void let_another_bootloader_write_table(Remedies& all, const Observations& seen) {
    if (!breaks_newer_table(seen.facts) || !bootloader_goes_first(all, seen)) return;
    constexpr std::string_view not_by_this_one =
        "The installed bootloader is older than the form of this table, and its write would break the table's checksum: only when another one is installed.";
    const bool is_replaced = std::ranges::any_of(all, [](const auto& list) { return std::ranges::any_of(list, writes_bootloader); });
    for (auto& list : all) {
        const auto first = std::ranges::find_if(list, is_for_table);
        if (first == list.end()) continue;
        for (auto& remedy : list)
            if (is_for_table(remedy)) remedy.explain = std::string(not_by_this_one) + (remedy.explain.empty() ? "" : " ") + remedy.explain;
        if (is_replaced) continue;
        list.insert(first,
                    {.title = "Update the firmware first",
                     .explain = "No release of this system brings a bootloader that writes such a table: system parts of 0.7.0 or later and the bootloader "
                                "that they ask for come first. Then read the device again: the report of that dump says what to write.",
                     .steps = {{.kind = StepKind::Capture, .file = {.kind = FileKind::NewDump}}},
                     .turn = Remedy::Turn::Bootloader});
        std::erase_if(list, [](const Remedy& remedy) { return is_for_table(remedy) && !has_step(remedy, StepKind::RecoverKey); });
        for (auto& remedy : list)
            if (is_for_table(remedy)) remedy = take_key_out(remedy);
    }
}

void ask_for_reset(Remedies& all, const Observations& seen) {
    const bool parts = std::any_of(all.begin(), all.end(), [](const auto& list) { return std::any_of(list.begin(), list.end(), writes_part); });
    if (!parts || !keeps_pointers(seen)) return;
    for (auto& list : all)
        for (auto& remedy : list)
            if (writes_table(remedy) || (remedy.turn == Remedy::Turn::Table && has_step(remedy, StepKind::PlanRepair)))
                remedy.before = Remedy::Before::ResetIntoDfu;
}

void warn_of_waiting_harm(Remedies& all, const Observations& seen) {
    if (!harm_waits_for_repair(seen.facts)) return;
    for (auto& list : all)
        for (auto& remedy : list) {
            const bool installs = remedy.cost == Remedy::Cost::WritesFirmware && remedy.turn != Remedy::Turn::Application;
            // Without a bootloader the record is out of everybody's reach, and behind the debugger nothing starts by itself.
            const bool makes_it_possible = has_step(remedy, StepKind::WriteByDebugger) && bootloader_is_damaged(seen.facts);
            if (!installs || makes_it_possible) continue;
            remedy.warning += (remedy.warning.empty() ? "" : " ") +
                              std::string("Not before the update record that destroys is taken back: behind this the next normal start carries it out.");
        }
}

void gather_warnings_of_kept_dump(Remedies& all) {
    Remedy* first = nullptr;
    for (auto& list : all)
        for (auto& remedy : list) {
            if (remedy.turn != Remedy::Turn::KeepDump || !remedy.steps.empty()) continue;
            if (!first) first = &remedy;
            if (first->warning.find(remedy.warning) == std::string::npos) first->warning += (first->warning.empty() ? "" : " ") + remedy.warning;
        }
}

/// Halves of a turn's place, so that a write to the table can stand right behind what makes it possible. `bootloader_first`: nothing is asked of the device
/// before it has another one, and the new one writes the table by the system's code.
static int place_of(const Remedy& remedy, const Observations& seen, bool bootloader_first) {
    const auto behind = [](Remedy::Turn turn) { return 2 * static_cast<int>(turn) + 1; };
    if (bootloader_first && remedy.turn == Remedy::Turn::Bootloader) return behind(Remedy::Turn::KeepDump);
    if (remedy.turn != Remedy::Turn::Table || (seen.boot.dct_reachable_by_bootloader && !bootloader_first)) return 2 * static_cast<int>(remedy.turn);
    const bool too_old = seen.facts.ota.access == TableAccess::SystemTooOld && !bootloader_first;
    return behind(too_old ? Remedy::Turn::Bootloader : Remedy::Turn::SystemParts);
}

/// All that it does is done by the other one too. A plan does what the dump asks for that it is made from: what is asked for after a write is another one.
static bool is_done_by(const Remedy& remedy, const Remedy& other) {
    if (remedy.title == other.title) return true;
    return !remedy.steps.empty() && std::all_of(remedy.steps.begin(), remedy.steps.end(), [&](const RemedyStep& step) {
        return std::any_of(other.steps.begin(), other.steps.end(), [&](const RemedyStep& done) {
            const bool same_place = step.kind == StepKind::WriteFlash && done.kind == step.kind && done.at == step.at;
            return same_place || (done == step && step.kind != StepKind::PlanRepair);
        });
    });
}

std::vector<PlannedRemedy> in_one_order(const Remedies& all, const Observations& seen) {
    std::vector<PlannedRemedy> list;
    const auto at = [&](const PlannedRemedy& planned) -> const Remedy& { return all[planned.cause][planned.remedy]; };
    for (std::size_t cause = 0; cause < all.size(); ++cause)
        for (std::size_t i = 0; i < all[cause].size(); ++i) {
            const auto& remedy = all[cause][i];
            if (remedy.role != Remedy::Role::Way || remedy.turn == Remedy::Turn::Nothing) continue;
            if (std::any_of(list.begin(), list.end(), [&](const PlannedRemedy& other) { return is_done_by(remedy, at(other)); })) continue;
            std::erase_if(list, [&](const PlannedRemedy& other) { return is_done_by(at(other), remedy); });
            list.push_back({cause, i});
        }
    const bool bootloader_first = bootloader_goes_first(all, seen);
    const auto place = [&](const PlannedRemedy& planned) { return place_of(at(planned), seen, bootloader_first); };
    std::ranges::stable_sort(list, {}, place);
    return list;
}

}  // namespace photopsy
