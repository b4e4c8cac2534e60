// The emulated EEPROM: its data belong to the application; keys and cloud do not use it.
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

List ways_of_formatting(const Situation&) { return {keep_values(), values_before_the_start()}; }

List ways_of_swap(const Situation& situation) {
    if (survives(situation)) return {keep_values(), nothing_to_repair("Start the device; it finishes or repeats the swap by itself.")};
    if (situation.seen.facts.eeprom.holds_values()) return {keep_values(), values_before_the_start()};
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

}  // namespace

std::span<const RemedyRow> eeprom_remedies() { return rows; }

}  // namespace photopsy
