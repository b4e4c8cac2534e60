// The emulated EEPROM: its data belong to the application; keys and cloud do not use it.
#include "remedy/order.h"
#include "remedy/ways.h"

namespace photopsy {

namespace {

using List = std::vector<Remedy>;

Remedy keep_values() { return keep_dump("The application's stored values are in it, old ones included."); }

Remedy values_before_the_start() {
    return {.title = "Save the values before the device is started",
            .explain = "They stand in this dump only once the device has started normally: keep it. The application must then write its values again.",
            .warning = "Do not start the device before this dump is stored safely.",
            .cost = Remedy::Cost::LosesData,
            .turn = Remedy::Turn::ReadAgain};
}

bool survives(const Situation& situation) {
    const auto at_start = situation.seen.facts.eeprom.at_start;
    return at_start == EepromAtStart::SwapFinished || at_start == EepromAtStart::Kept;
}

/// The values outlive the next start of the installed system, but not that of the update which waits.
bool only_update_erases(const Eeprom& eeprom) {
    const bool kept = eeprom.without_update == EepromAtStart::Kept || eeprom.without_update == EepromAtStart::SwapFinished;
    return kept && eeprom.at_start == EepromAtStart::Formatted && eeprom.holds_values();
}

Remedy values_before_the_update(const Eeprom& eeprom) {
    auto remedy = values_before_the_start();
    remedy.title = "Save the values before the update is applied";
    remedy.explain =
        eeprom.without_update == EepromAtStart::SwapFinished
            ? "The update that waits is copied at the next start, and its Device OS erases both pages; the installed one would finish the swap and keep "
              "the values. This dump holds them: keep it. The application must then write them again."
            : "The update that waits is copied at the next start, and its Device OS erases both pages; the installed one would keep the values. This "
              "dump holds them: keep it. The application must then write them again.";
    return remedy;
}

List ways_of_formatting(const Situation& situation) {
    const auto& eeprom = situation.seen.facts.eeprom;
    return {keep_values(), only_update_erases(eeprom) ? values_before_the_update(eeprom) : values_before_the_start()};
}

List ways_of_swap(const Situation& situation) {
    const auto& eeprom = situation.seen.facts.eeprom;
    const bool only_this = would_lose_eeprom(eeprom, last_examined_system_version);
    if (survives(situation))
        return {
            keep_values(),
            nothing_to_repair(
                only_this ? "Start the device, with the system that is installed now; it finishes the swap by itself when its application runs. Let nothing "
                            "bring Device OS 0.5.0 or later before that: that one erases both pages."
                          : "Start the device; it finishes or repeats the swap by itself.")};
    if (only_update_erases(eeprom)) return {keep_values(), values_before_the_update(eeprom)};
    if (eeprom.holds_values()) return {keep_values(), values_before_the_start()};
    return {keep_values()};
}

List ways_of_record(const Situation& situation) {
    if (!situation.findings.has("eeprom-header-damaged"))
        return {keep_values(),
                {.title = "Let the application write its values again",
                 .explain = "Any EEPROM write makes the firmware move the readable values to a fresh page.",
                 .cost = Remedy::Cost::LosesData,
                 .turn = Remedy::Turn::RunningSystem}};
    if (survives(situation))
        return {keep_values(), nothing_to_repair("The firmware erases the damaged page before it uses it. The stored values are not touched.")};
    return {keep_values(), values_before_the_start()};
}

const RemedyRow rows[] = {
    {"eeprom-will-be-formatted", ways_of_formatting},
    {"eeprom-swap-interrupted", ways_of_swap},
    {"eeprom-invalid-record", ways_of_record},
};

/// The version of the system that a remedy's steps bring to run at the next start; nothing where they bring none.
std::optional<std::uint16_t> system_brought_by(const Remedy& remedy, const Facts& facts) {
    const auto& slots = facts.layout->system_slots;
    const auto brings = [&](const RemedyStep& step) {
        const bool system = !slots.empty() && step.file.slot == slots.front();
        return step.file.kind == FileKind::Module && system && step.kind != StepKind::Compile;
    };
    for (const auto& step : remedy.steps) {
        if (brings(step)) return system_version_of_release(step.file.release);
        if (step.kind == StepKind::Update) return system_version_of_release(last_release(facts));
    }
    return {};
}

/// Where the device gets as far as its own system, that one can still carry its swap to its end.
std::string old_system_first(const Observations& seen) {
    const bool helps = seen.facts.eeprom.at_start == EepromAtStart::SwapFinished && seen.boot.result == BootResult::Runs;
    return helps ? " Start the device once before it, with the system that is installed now: that one finishes the swap, and the values stay." : "";
}

}  // namespace

void warn_of_eeprom_loss(Remedies& all, const Observations& seen) {
    if (!seen.facts.layout) return;
    const auto warn = [](Remedy& remedy, const std::string& text) { remedy.warning += (remedy.warning.empty() ? "" : " ") + text; };
    for (auto& list : all)
        for (auto& remedy : list) {
            if (remedy.turn == Remedy::Turn::Start && only_update_erases(seen.facts.eeprom))
                warn(remedy, "With this start the Device OS of the update erases the EEPROM's pages: keep this dump first, it holds the stored values.");
            const auto version = system_brought_by(remedy, seen.facts);
            if (!version || !would_lose_eeprom(seen.facts.eeprom, *version)) continue;
            warn(remedy,
                 "The Device OS that it brings reads the EEPROM's marks by other rules and erases both pages at its first start: the values that the "
                 "application stored are lost, but for this dump." +
                     old_system_first(seen));
            remedy.cost = Remedy::Cost::LosesData;
        }
}

std::span<const RemedyRow> eeprom_remedies() { return rows; }

}  // namespace photopsy
