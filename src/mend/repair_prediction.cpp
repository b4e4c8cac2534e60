// What the next start does where the power fails in a step, and what is to be seen when all is done: asked of boot/ and the diagnosis, never told by heart.
#include "base/hex.h"
#include "flash/capture.h"
#include "mend/repair_draft.h"
#include "mend/repair_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// How bad an end of a start is for the owner: the application that is overwritten weighs more than a light that stays dark.
int gravity_of_start(BootResult result) {
    switch (result) {
        case BootResult::Runs:
            return 0;
        case BootResult::SafeMode:
            return 1;
        case BootResult::Dfu:
            return 2;
        case BootResult::Undefined:
        case BootResult::Unknown:
            return 3;
        case BootResult::FactoryReset:
            return 4;
        case BootResult::ResetLoop:
            return 5;
    }
    return 5;
}

struct StartAfterCut {
    BootResult result = BootResult::Runs;
    std::string explain;
    bool makes_new_key = false;
    bool loses_bootloader = false;
    bool has_key = true;  ///< a device key that is whole, or can be had from what lies in the flash
    int weight() const { return loses_bootloader ? 100 : gravity_of_start(result) * 2 + (makes_new_key || !has_key ? 1 : 0); }
};

/// The sentence of the step that decides.
std::string deciding_sentence(const BootOutcome& boot) {
    for (const auto& step : boot.ladder)
        if (step.state == BootStep::State::Fail) return step.explain;
    return boot.result == BootResult::Runs ? "The device starts all the same." : "";
}

StartAfterCut start_of(const Analysis& analysis) {
    StartAfterCut start{analysis.boot.result, deciding_sentence(analysis.boot)};
    const bool gets_there = start.result == BootResult::Runs || start.result == BootResult::SafeMode;
    const auto& predictions = analysis.handshake.predictions;
    const auto* bootloader = analysis.facts.module("bootloader");
    start.loses_bootloader = bootloader && !bootloader->good() && bootloader->integrity != Integrity::Placeholder;
    start.makes_new_key = gets_there && !predictions.empty() && predictions.front().regenerates_key;
    start.has_key = analysis.keys.device.usable || !analysis.keys.recoveries.empty();
    return start;
}

std::string way_back(const StartAfterCut& start, const std::string& button) {
    if (start.loses_bootloader)
        return "Without a whole bootloader there is no DFU mode, and USB brings nothing back: a debugger (SWD) writes it. Let nothing take the power away "
               "before the device has started.";
    if (start.makes_new_key)
        return fmt::format("Do not let it start{}: hold {} when the power returns, or the firmware {}. Then: photopsy repair resume.",
                           start.has_key ? "" : " before the plan is through", button,
                           start.has_key ? "makes a new device key" : "writes the key that it makes into what is half written");
    if (start.result == BootResult::FactoryReset)
        return fmt::format("Hold {} when the power returns, or the factory image replaces the application (the backup holds it). Then: photopsy repair resume.",
                           button);
    if (start.result == BootResult::Dfu) return "It comes back in DFU mode by itself: photopsy repair resume.";
    return fmt::format("Hold {}, tap RESET, let go when the light blinks yellow; then: photopsy repair resume.", button);
}

RepairStep::Undo undo_of(RepairOperation operation) {
    switch (operation) {
        case RepairOperation::Erase:
        case RepairOperation::Program:
            return {true, "The backup holds what lies there now: photopsy repair undo writes it back."};
        case RepairOperation::WriteTable:
            return {true, "The backup holds the settings as they are now: photopsy repair undo writes these back, with one more write to the table."};
        case RepairOperation::ResetIntoDfu:
            return {true, "Nothing is changed by it."};
        case RepairOperation::StartSystem:
            return {false, "USB does not bring the old bootloader back once the new one runs."};
    }
    return {};
}

bool is_kept(const Eeprom& eeprom) { return eeprom.at_start == EepromAtStart::Kept || eeprom.at_start == EepromAtStart::SwapFinished; }

Image with_bytes(const Image& image, Address at, ByteView bytes) {
    Image changed = image;
    changed.put(at, bytes);
    return changed;
}

/// The flash at moments in the midst of a step: a sector half erased, a stretch of words partly written, a table between old and new.
std::vector<Image> moments(const RepairStep& step, ByteView content, const Image& before, const Analysis& analysis) {
    std::vector<Image> flashes;
    const auto begin = step.where.begin;
    if (step.operation == RepairOperation::StartSystem) {
        flashes.push_back(with_bytes(before, begin, std::vector<std::uint8_t>(content.size(), 0xFF)));
        flashes.push_back(with_bytes(before, begin, content.first(content.size() / 2)));
    } else if (step.operation == RepairOperation::Erase) {
        for (const std::size_t part : {content.size() / 2, content.size()}) flashes.push_back(with_bytes(before, begin, content.first(part)));
    } else if (step.operation == RepairOperation::Program) {
        for (const std::size_t part : {std::size_t{4}, content.size() / 8 * 4, content.size() - 4})
            if (part <= content.size()) flashes.push_back(with_bytes(before, begin, content.first(part)));
    } else if (step.operation == RepairOperation::WriteTable) {
        const auto code = table_code(analysis_with(analysis, before).facts);
        if (!code) return flashes;
        if (auto torn = with_table_torn(before, *analysis.layout, *code, begin, content)) flashes.push_back(std::move(*torn));
        flashes.push_back(with_table_written(before, *analysis.layout, *code, begin, content));
    }
    return flashes;
}

Image after_step(const RepairStep& step, ByteView content, const Image& before, const Analysis& analysis) {
    if (step.operation == RepairOperation::ResetIntoDfu) return before;
    if (step.operation != RepairOperation::WriteTable) return with_bytes(before, step.where.begin, content);
    const auto code = table_code(analysis_with(analysis, before).facts);
    return code ? with_table_written(before, *analysis.layout, *code, step.where.begin, content) : before;
}

}  // namespace

AnalyzeOptions judging_of(const RepairPlan& plan) { return {.registered_spki = from_hex(plan.registered_key).value_or(std::vector<std::uint8_t>())}; }

Analysis analysis_with(const Analysis& analysis, const Image& image) {
    Capture capture = analysis.capture;
    capture.image = image;
    return analyze(std::move(capture), *analysis.layout, {.registered_spki = analysis.registered_spki});
}

void predict_repair(RepairDraft& draft) {
    auto& plan = draft.repair.plan;
    Image now = draft.image();
    StartAfterCut start = start_of(draft.analysis);
    const bool had_key = start.has_key;
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        auto& step = plan.steps[i];
        StartAfterCut worst = start;
        for (const auto& flash : moments(step, draft.repair.contents[i], now, draft.analysis)) {
            start = start_of(analysis_with(draft.analysis, flash));
            if (start.weight() >= worst.weight()) worst = start;
        }
        if (had_key && !worst.has_key && worst.result == BootResult::Runs && !worst.makes_new_key)
            worst.explain =
                "The device starts, and its key is then nowhere in the flash: only the backup holds it, and until this is resumed nothing connects.";
        now = after_step(step, draft.repair.contents[i], now, draft.analysis);
        step.undo = undo_of(step.operation);
        step.if_power_fails = {std::string(name_of(worst.result)), worst.explain, way_back(worst, draft.analysis.layout->button)};
        if (step.operation == RepairOperation::Program || step.operation == RepairOperation::Erase) start = start_of(analysis_with(draft.analysis, now));
    }
    const auto after = analysis_with(draft.analysis, draft.repair.target);
    draft.harm_left = harm_that_stays(after.facts);
    draft.update_goes_on = after.facts.ota.resumes == OtaFacts::Resumes::Yes;
    draft.loses_eeprom = is_kept(draft.facts().eeprom) && draft.facts().eeprom.holds_values() && after.facts.eeprom.at_start == EepromAtStart::Formatted;
    plan.expect.outcome = name_of(after.diagnosis.outcome);
    for (const auto& named : after.diagnosis.causes) plan.expect.causes.emplace_back(named.cause->id);
}

}  // namespace photopsy
