// Before the first write of all: photopsy's own repair, with what it needs beside the dump.
#include "facts/whose_device.h"
#include "remedy/order.h"
#include "remedy/ways.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// A key is written, and which one was decided by what a server told, or by the server's key that the owner gave: a plan for the connected device does not know
/// that. It can be told the key on record.
bool depends_on_what_was_told(const Remedies& all, const Observations& seen) {
    if (seen.handshake.cloud_witness != CloudWitness::Server && seen.handshake.server_key_source != ServerKeySource::Given) return false;
    constexpr StepKind keys[] = {StepKind::RecoverKey, StepKind::MakeKey, StepKind::MakeServerKey, StepKind::MakeOwnServerKey};
    const auto writes_key = [&](const Remedy& remedy) {
        return std::any_of(std::begin(keys), std::end(keys), [&](StepKind kind) { return has_step(remedy, kind); });
    };
    return std::any_of(all.begin(), all.end(), [&](const auto& list) { return std::any_of(list.begin(), list.end(), writes_key); });
}

/// Of the application that its owner compiles nothing is left, here or where a copy of it may lie.
bool is_wholly_gone(const Facts& facts, Address at) {
    const auto is_good = [&](std::string_view slot) { return facts.module(slot) && facts.module(slot)->good(); };
    const auto is_there = [&](const ModuleSlot& slot) { return slot.at.begin == at && facts.module(slot.name) && facts.module(slot.name)->present(); };
    return std::ranges::none_of(facts.layout->slots, is_there) && !is_good("ota") && !is_good("factory");
}

bool goes_into_table(const RemedyStep& step) {
    return step.kind == StepKind::WriteTable || step.kind == StepKind::SetTransport || step.kind == StepKind::AskForAddress;
}

/// What no dump holds is its owner's to write, a server's key or address as well as his application: a plan would only say so. So
/// would one where the only key is one that is still to be made.
bool can_be_planned(const Remedy& remedy, const Facts& facts) {
    return std::none_of(remedy.steps.begin(), remedy.steps.end(), [&](const RemedyStep& step) {
        if (breaks_newer_table(facts) && goes_into_table(step)) return true;
        if (step.kind == StepKind::WriteFlash) return step.file.kind == FileKind::OwnApplication && is_wholly_gone(facts, step.at);
        if (step.kind == StepKind::MakeKey) return true;
        return step.kind == StepKind::MakeOwnServerKey && (step.from.kind != FileKind::Dump || step.host != RemedyStep::Host::InDump);
    });
}

/// Where it belongs already, where one known bit or its place is wrong, or elsewhere in the flash: a plan takes it from there.
bool lies_in_flash(const Facts& facts, const ModuleSlot& slot, std::string_view release) {
    const auto* there = facts.module(slot.name);
    const auto is_of_release = [&](const Module& module) { return std::ranges::find(module.releases, release) != module.releases.end(); };
    if (there && (there->damage.flipped_bit || there->damage.shifted_to || (there->good() && is_of_release(*there)))) return true;
    return std::ranges::any_of(facts.modules, [&](const Module& module) {
        const bool of_this_kind = module.function.value == slot.function && module.index.value == slot.index;
        const bool same = there && there->present() && !there->stored_sha256_at.empty() && module.stored_sha256 == there->stored_sha256;
        return &module != there && module.good() && of_this_kind && (same || is_of_release(module));
    });
}

/// Released files that a plan cannot do without.
std::vector<RemedyFile> firmware_for_plan(const Remedies& all, const Facts& facts) {
    std::vector<RemedyFile> files;
    for (const auto& list : all)
        for (const auto& remedy : list)
            for (const auto& step : remedy.steps) {
                const bool is_written = remedy.role == Remedy::Role::Way && step.kind == StepKind::WriteFlash && step.file.kind == FileKind::Module;
                const auto* slot = is_written && !step.file.release.empty() ? facts.layout->slot(step.file.slot) : nullptr;
                if (slot && !lies_in_flash(facts, *slot, step.file.release) && std::ranges::find(files, step.file) == files.end()) files.push_back(step.file);
            }
    return files;
}

/// The dump alone tells what the application was: one bit is turned back, or it is moved to its place.
bool application_is_in_dump(const Facts& facts) {
    const auto* application = facts.module("user");
    return application && application->present() && (application->damage.flipped_bit || application->damage.shifted_to);
}

bool writes_application(const Remedy& remedy) {
    return std::ranges::any_of(remedy.steps, [](const RemedyStep& step) {
        return (step.kind == StepKind::WriteFlash || step.kind == StepKind::FlashByCloud) && step.file.kind == FileKind::OwnApplication;
    });
}

/// A word that the plan asks for before it writes what this way does; "" where it asks for none (mend/repair_trial.cpp).
std::string_view word_asked_for(const Remedy& remedy, const Observations& seen) {
    const bool leaves_server = has_step(remedy, StepKind::MakeServerKey) || has_step(remedy, StepKind::SetTransport);
    if (leaves_server && belongs_to_private_server(seen)) return "other-server";
    const bool over_usable = has_step(remedy, StepKind::RecoverKey) && seen.keys.device.usable && seen.handshake.cloud_witness == CloudWitness::Nobody;
    return over_usable ? "new-key" : "";
}

/// The first way that writes makes a new key, and only its owner can say that this may be.
void tell_plan_of_new_key(Remedies& all) {
    for (auto& list : all)
        for (auto& remedy : list)
            if (remedy.role == Remedy::Role::Way && has_step(remedy, StepKind::MakeKey) && has_step(remedy, StepKind::WriteTable))
                remedy.explain +=
                    " In place of the dfu-util line photopsy repair writes it too, with the options --device --apply --consent new-key --key and the new key's "
                    "file: after a question, and with a backup.";
}

}  // namespace

void offer_repair(Remedies& all, const Observations& seen) {
    if (device_as_well_possible(seen.facts)) return;  // the connected device says only what its bootloader is
    if (seen.facts.layout->dct.copies.empty() || depends_on_what_was_told(all, seen) || !knows_bootloader(seen.facts)) return;
    const bool knows_record = seen.handshake.cloud_witness == CloudWitness::Owner, puts_application_right = application_is_in_dump(seen.facts);
    if (!breaks_newer_table(seen.facts)) tell_plan_of_new_key(all);
    for (auto& list : all) {
        const auto first = std::find_if(list.begin(), list.end(), [&](const Remedy& remedy) {
            if (puts_application_right && writes_application(remedy)) return true;
            const bool writes = has_step(remedy, StepKind::WriteTable) || has_step(remedy, StepKind::SetTransport) || has_step(remedy, StepKind::WriteFlash);
            return writes && remedy.role == Remedy::Role::Way && can_be_planned(remedy, seen.facts);
        });
        if (first == list.end()) continue;
        const auto word = word_asked_for(*first, seen);
        list.insert(
            first,
            {.title = "Let photopsy plan the repair",
             .explain = fmt::format(
                 "Reads the device and shows each write with what a power cut in it would leave; nothing is written. With --apply it asks once, keeps a "
                 "backup and carries the plan out. {}{}",
                 word.empty() ? "" : fmt::format("One write waits for your word (--consent {}): the plan says what that costs. ", word),
                 writes_application(*first) ? "What stands in the flash tells what the application was: it needs no file of it, which the other steps do."
                                            : "The other steps do the same by hand."),
             .steps = {{.kind = StepKind::PlanRepair,
                        .from = {.kind = knows_record ? FileKind::RegisteredKey : FileKind::None},
                        .firmware = firmware_for_plan(all, seen.facts)}},
             .before = Remedy::Before::DfuMode,
             .turn = Remedy::Turn::ReadAgain});
        return;
    }
}

}  // namespace photopsy
