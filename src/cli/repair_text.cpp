#include "cli/repair_text.h"

#include "mend/repair_doubt.h"
#include "repair/words.h"
#include "report/missing_firmware.h"
#include "report/plain_text.h"
#include "report/wrap.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

std::string count_of(std::size_t count, std::string_view one, std::string_view many) { return fmt::format("{} {}", count, count == 1 ? one : many); }

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
    std::string text;
    for (const auto& file : missing_firmware(plan, layout))
        text += paragraph(fmt::format("{}, {}{}", file.name, file.source, file.sha256.empty() ? "" : "; sha256 " + file.sha256), width, "  - ", "    ");
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
    return text + paragraph(fmt::format("If the power fails here: {} {}", failure.explain, failure.way_back), width, "     ", "     ");
}

/// Not every bootloader tells its version.
std::string bootloader_in_words(std::uint16_t version) { return version == 0 ? "" : fmt::format(" (bootloader {})", version); }

std::string heading_in_words(const RepairPlan& plan, const Layout& layout) {
    if (plan.steps.empty()) return fmt::format("Nothing to write to this {}.", layout.title);
    return fmt::format("A repair of this {}{} in {}. Nothing is written yet.", layout.title, bootloader_in_words(plan.device.bootloader_version),
                       count_of(plan.steps.size(), "step", "steps"));
}

/// A word that is to be typed or copied stays in one piece, however narrow the terminal.
std::string consents_in_words(const RepairPlan& plan, unsigned width) {
    std::string text;
    for (const auto& consent : plan.consents) {
        text += paragraph(consent.loses, width, "  - ", "    ");
        text += fmt::format("    {} --consent with this word:\n      {}\n", consent.given ? "You said" : "To agree, say", consent.word);
    }
    return text.empty() ? "" : "\nNeeds your word\n" + text;
}

std::string verdict_now_in_words(const Analysis& analysis, unsigned width) {
    const auto* rest = analysis.diagnosis.causes.empty() ? ": nothing was found that asks for a repair." : ".";
    return "\n" + paragraph(fmt::format("The verdict now: {}{}", name_of(analysis.diagnosis.outcome), rest), width, "", "");
}

}  // namespace

std::string title_of_cause(std::string_view id) {
    const auto* cause = find_cause(id);
    return cause ? fmt::format("{} ({})", cause->title, id) : std::string(id);
}

static bool writes_key_of(const RepairPlan& plan, std::string_view kind) {
    const auto is_kind = [&](const RepairSource& source) { return source.kind == kind; };
    return std::ranges::any_of(plan.steps, [&](const RepairStep& step) { return std::ranges::any_of(step.sources, is_kind); });
}

std::string known_of_remaining(const RepairPlan& plan, std::string_view cause) {
    if (cause == "table-copied-from-other-device")
        return "The id in the table stays, and does no harm: the device goes to the cloud with that of its chip, for which its own key must be registered.";
    if (cause != "private-key-regenerated") return "";
    if (writes_key_of(plan, "recovered-key")) return "The flash alone looks so. But the key in it is the one that this plan puts back from the dump.";
    return writes_key_of(plan, "given-key") ? "It is the key that this plan writes: tell the cloud its public half (particle keys send)." : "";
}

/// Of an old key that is written back and may not be the one on record.
static std::string doubt_in_words(KeyDoubt doubt) {
    constexpr std::string_view how = "its public half is registered from the account that owns the device (photopsy keys export, particle keys send).";
    switch (doubt) {
        case KeyDoubt::None:
            return "";
        case KeyDoubt::AnotherOnRecord:
            return fmt::format("The key on record, as it was given, is not the one that is written: {}", how);
        case KeyDoubt::AnotherInSlot:
            return fmt::format(
                "What is left in the slot is of another key than the one that is written, and that one may be on record. If the device is refused "
                "afterwards, read it anew: {}",
                how);
        case KeyDoubt::AnotherInCache:
            return fmt::format(
                "The device's public-key cache names another key than the one that is written, and that one may be on record. If the device is "
                "refused afterwards, read it anew: {}",
                how);
    }
    return "";
}

/// What no write does: the cloud is told the key that a table holds since it was reset. Not where the plan puts an old key back.
std::string registering_in_words(const RepairPlan& plan, const Analysis& analysis, unsigned width) {
    if (const auto doubt = doubt_in_words(doubt_of_written_key(plan, analysis)); !doubt.empty()) return "\nThen\n" + paragraph(doubt, width, "  - ", "    ");
    if (writes_key_of(plan, "recovered-key")) return "";
    if (writes_key_of(plan, "given-key"))  // where the flash tells of a key of its own making, that is said beside the cause
        return std::ranges::count(plan.expect.causes, "private-key-regenerated") > 0
                   ? ""
                   : "\nThen\n" +
                         paragraph(
                             "Tell the cloud the public half of the key that was given with --key (particle keys send), from the account that owns the "
                             "device: until then it refuses the device.",
                             width, "  - ", "    ");
    const auto registers = [](const RemedyStep& step) { return step.kind == RemedyStep::Kind::RegisterKey; };
    for (std::size_t i = 0; i < analysis.diagnosis.causes.size(); ++i) {
        if (std::ranges::find(plan.cures, analysis.diagnosis.causes[i].cause->id) == plan.cures.end()) continue;
        for (const auto& remedy : analysis.remedies[i])
            if (remedy.role == Remedy::Role::Way && std::ranges::any_of(remedy.steps, registers))
                return "\nThen\n" +
                       paragraph(fmt::format("{}: {} The report has the commands (photopsy analyze).", remedy.title, remedy.explain), width, "  - ", "    ");
    }
    return "";
}

std::string unused_in_words(const std::vector<std::string>& sentences, unsigned width) {
    std::string text = sentences.empty() ? "" : "\nGiven with --firmware and not used\n";
    for (const auto& sentence : sentences) text += paragraph(sentence, width, "  - ", "    ");
    return text;
}

std::string plan_in_words(const RepairPlan& plan, const Analysis& analysis, unsigned width) {
    auto text = paragraph(heading_in_words(plan, *analysis.layout), width, "", "");
    text += causes_in_words(plan, width) + missing_in_words(plan, *analysis.layout, width) + consents_in_words(plan, width);
    if (plan.steps.empty()) return text + verdict_now_in_words(analysis, width);
    text += "\nSteps\n";
    std::size_t number = 0;
    for (const auto& step : plan.steps) text += step_paragraphs(step, ++number, width);
    const bool doubtful = doubt_of_written_key(plan, analysis) != KeyDoubt::None;
    text +=
        fmt::format("\nThe verdict afterwards: {}\n", doubtful ? fmt::format("not known ({} by the flash alone)", plan.expect.outcome) : plan.expect.outcome);
    if (!plan.expect.causes.empty()) text += "What then remains\n";
    for (const auto& id : plan.expect.causes) {
        text += paragraph(title_of_cause(id), width, "  - ", "    ");
        if (const auto known = known_of_remaining(plan, id); !known.empty()) text += paragraph(known, width, "    ", "    ");
    }
    return text + registering_in_words(plan, analysis, width);
}

}  // namespace photopsy
