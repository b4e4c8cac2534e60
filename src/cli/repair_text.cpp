#include "cli/repair_text.h"

#include "base/hex.h"
#include "report/commands.h"
#include "report/plain_text.h"
#include "report/wrap.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

std::string count_of(std::size_t count, std::string_view one, std::string_view many) { return fmt::format("{} {}", count, count == 1 ? one : many); }

std::string time_in_words(std::uint32_t milliseconds) {
    return milliseconds < 1000 ? "less than a second" : fmt::format("about {} s", (milliseconds + 999) / 1000);
}

std::string paragraph(std::string_view text, unsigned width, std::string_view first, std::string_view rest) {
    return wrapped(without_control_characters(text), width, first, rest);
}

std::string left_in_words(const RepairPlan::Left& left, unsigned width) {
    auto text = paragraph(title_of_cause(left.cause), width, "  - ", "    ");
    text += paragraph(left.why, width, "    ", "    ");
    if (!left.instead.empty()) text += paragraph("What helps: " + left.instead, width, "    ", "    ");
    return text;
}

std::string causes_in_words(const RepairPlan& plan, unsigned width) {
    std::string text;
    if (!plan.cures.empty()) text += "\nCured by this plan\n";
    for (const auto& id : plan.cures) text += paragraph(title_of_cause(id), width, "  - ", "    ");
    if (!plan.leaves.empty()) text += "\nLeft alone\n";
    for (const auto& left : plan.leaves) text += left_in_words(left, width);
    if (!plan.cannot.empty()) text += "\nNot repaired\n";
    for (const auto& left : plan.cannot) text += left_in_words(left, width);
    return text;
}

std::string missing_in_words(const RepairPlan& plan, const Layout& layout, unsigned width) {
    const CommandNames names{.layout = &layout, .style = {}, .dump = "", .stem = ""};
    std::string text;
    std::vector<std::string> told;
    for (const auto& missing : plan.missing) {
        const RemedyStep step{.kind = RemedyStep::Kind::WriteFlash,
                              .file = {.kind = RemedyFile::Kind::Module, .slot = missing.slot, .release = missing.release}};
        for (const auto& file : firmware_files({.steps = {step}}, names)) {
            if (std::find(told.begin(), told.end(), file.name) != told.end()) continue;
            told.push_back(file.name);
            text += paragraph(fmt::format("{}, {}{}", file.name, file.source, file.sha256.empty() ? "" : "; sha256 " + file.sha256), width, "  - ", "    ");
        }
    }
    return text.empty() ? "" : "\nWith these files more can be repaired (give them with --firmware)\n" + text;
}

std::string step_paragraphs(const RepairStep& step, std::size_t number, unsigned width) {
    auto text = paragraph(fmt::format("{}, {}", step_in_words(step), time_in_words(step.typical_ms)), width, fmt::format("  {}. ", number), "     ");
    std::string reason = step.reason;
    for (const auto& source : step.sources)
        if (!source.place.empty()) reason += fmt::format("; from {}", source.place);
    text += paragraph(reason + ".", width, "     ", "     ");
    const auto& failure = step.if_power_fails;
    if (failure.boot.empty()) return text;
    return text + paragraph(fmt::format("If the power fails here: {}. {} {}", failure.boot, failure.explain, failure.way_back), width, "     ", "     ");
}

std::string consents_in_words(const RepairPlan& plan, unsigned width) {
    std::string text;
    for (const auto& consent : plan.consents)
        text += paragraph(fmt::format("{}{}: {}", consent.word, consent.given ? " (given)" : "", consent.loses), width, "  - ", "    ");
    return text.empty() ? "" : "\nConsents\n" + text;
}

}  // namespace

std::string title_of_cause(std::string_view id) {
    const auto* cause = find_cause(id);
    return cause ? fmt::format("{} ({})", cause->title, id) : std::string(id);
}

std::string step_in_words(const RepairStep& step) {
    switch (step.operation) {
        case RepairOperation::Erase:
            return fmt::format("erase the sector at {} ({})", hex_address(step.where.begin), step.region);
        case RepairOperation::Program:
            return fmt::format("program {} at {} ({})", count_of(step.where.size(), "byte", "bytes"), hex_address(step.where.begin), step.region);
        case RepairOperation::WriteTable:
            return fmt::format("write {} at offset {} of the configuration table, in one go", count_of(step.where.size(), "byte", "bytes"), step.where.begin);
        case RepairOperation::ResetIntoDfu:
            return "RESET with SETUP held";
    }
    return "";
}

std::string plan_in_words(const RepairPlan& plan, const Analysis& analysis, unsigned width) {
    std::string text = plan.steps.empty() ? fmt::format("Nothing to write to this {}.\n", analysis.layout->title)
                                          : fmt::format("A repair of this {} in {}: bootloader {}, nothing is written yet.\n", analysis.layout->title,
                                                        count_of(plan.steps.size(), "step", "steps"), plan.device.bootloader_version);
    text += causes_in_words(plan, width) + missing_in_words(plan, *analysis.layout, width) + consents_in_words(plan, width);
    if (plan.steps.empty()) return text;
    text += "\nSteps\n";
    std::size_t number = 0;
    for (const auto& step : plan.steps) text += step_paragraphs(step, ++number, width);
    text += fmt::format("\nAfterwards: {}", plan.expect.outcome);
    for (std::size_t i = 0; i < plan.expect.causes.size(); ++i) text += (i == 0 ? "; what then remains: " : ", ") + plan.expect.causes[i];
    return text + "\n";
}

std::string end_in_words(const RepairEnd& end, const RepairPlan& plan) {
    const auto where = hex_address(end.at);
    const auto state = end.written == 0
                           ? std::string("Nothing was written")
                           : fmt::format("{} begun, the last one {} of {}", count_of(end.written, "step was", "steps were"), end.step + 1, plan.steps.size());
    switch (end.how) {
        case RepairEnd::How::Done:
            return "";
        case RepairEnd::How::Stopped:
            return fmt::format("stopped between two steps. {}; photopsy repair resume goes on", state);
        case RepairEnd::How::Elsewhere:
            return fmt::format(
                "what the device holds at {} is neither what the plan began with nor what it makes: it is another device, or something else wrote to it (the "
                "firmware, if it has started since). {}; photopsy repair undo goes back to the backup",
                where, state);
        case RepairEnd::How::JournalFailed:
            return fmt::format("the journal could not be written, and nothing is sent to a device without it. {}", state);
        case RepairEnd::How::Forbidden:
            return fmt::format("the next step is one that is never sent to this device. {}", state);
        case RepairEnd::How::DeviceFailed:
            return fmt::format("the device failed at {}. {}; photopsy repair resume goes on", where, state);
        case RepairEnd::How::ReadBackDiffers:
            return fmt::format(
                "what was written at {} reads back otherwise: flash cells there do not take it. {}; photopsy repair undo goes back as far as it can", where,
                state);
        case RepairEnd::How::NotReset:
            return fmt::format("the device was not reset into DFU mode, and the table is not safe to write before that. {}; photopsy repair resume goes on",
                               state);
    }
    return "";
}

}  // namespace photopsy
