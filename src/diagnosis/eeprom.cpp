// Why the emulated EEPROM is as it is. The data in it belong to the application; keys and cloud do not use it.
#include "diagnosis/cause.h"

namespace photopsy {

namespace {

bool at_risk(const Observations& seen) { return seen.facts.eeprom.at_start == EepromAtStart::Formatted && seen.facts.eeprom.holds_values(); }

constexpr std::string_view copied_first =
    "An update waits that brings Device OS across 0.5.0. It is copied before the next start, and the versions on the two sides mark EEPROM pages differently.";

void tell_formatted(const Observations& seen, const Findings&, Story& story) {
    const auto& eeprom = seen.facts.eeprom;
    const bool by_update = eeprom.without_update.has_value();
    const std::string_view older = by_update ? "Both EEPROM pages are marked so that a Device OS older than 0.5.0 takes both for valid."
                                             : "Both EEPROM pages are marked valid, and the installed Device OS is older than 0.5.0.";
    story.chain = {
        {.says = std::string(eeprom.code == EepromCode::Until049 ? older : "None of the EEPROM pages is marked active.")},
        {.says = std::string(by_update ? copied_first
                                       : "This mostly comes from power that failed during a page swap, or from a change of the Device OS version: the versions "
                                         "mark pages differently."),
         .seen = by_update},
        {.says = "At its next start the firmware erases both pages.", .seen = false}};
}

std::string_view end_of_swap(EepromAtStart at_start) {
    switch (at_start) {
        case EepromAtStart::SwapFinished:
            return "This Device OS finishes the swap at its next start; nothing is lost.";
        case EepromAtStart::Kept:
            return "The active page is whole; the firmware goes on with it and repeats the swap at the next write.";
        case EepromAtStart::Formatted:
            return "No page is marked active any more: at its next start the firmware erases both.";
        default:
            return "What the firmware does with it at its next start depends on its version, which this file does not show.";
    }
}

void tell_swap(const Observations& seen, const Findings&, Story& story) {
    story.chain = {{.says = "One EEPROM page was full, and its values were being copied to the other page."},
                   {.says = "Power failed, or the device was reset, before the copy was finished.", .seen = false},
                   {.says = std::string(end_of_swap(seen.facts.eeprom.at_start)), .seen = false}};
    if (seen.facts.eeprom.without_update) story.chain.insert(story.chain.end() - 1, {.says = std::string(copied_first)});
}

void tell_header(const Observations& seen, Story& story) {
    story.chain = {{.says = "An EEPROM page has a header that no firmware writes."},
                   {.says = "Power failed during a write to it, or the cells are worn.", .seen = false}};
    const bool harmless = seen.facts.eeprom.at_start == EepromAtStart::Kept || seen.facts.eeprom.at_start == EepromAtStart::SwapFinished;
    if (harmless) {
        story.chain.push_back({.says = "The other page is active and holds the values; the firmware erases the damaged one before it uses it.", .seen = false});
        return;
    }
    story.chain.push_back({.says = at_risk(seen)
                                       ? "No page is marked active any more: at its next start the firmware erases both, and the stored values are lost."
                                       : "Whether the stored values survive the next start is not certain.",
                           .seen = false});
}

void tell_record(const Observations& seen, const Findings& findings, Story& story) {
    if (findings.has("eeprom-header-damaged")) return tell_header(seen, story);
    if (!findings.has("eeprom-record-invalid")) {
        story.chain = {{.says = "An EEPROM record names a cell that does not exist."},
                       {.says = "The cells of the record are worn, or something else was written here.", .seen = false},
                       {.says = "No application asks for such a cell: the values of the others count as before.", .seen = false}};
        return;
    }
    const bool passed_over = seen.facts.eeprom.code == EepromCode::Until049;
    story.chain = {{.says = "An EEPROM record is half written or names a cell that does not exist."},
                   {.says = "Power failed during a write to it, or the cells are worn.", .seen = false},
                   {.says = passed_over ? "This Device OS searches a value from the end of the page and passes over bad records: the other values count."
                                        : "The firmware stops reading at the first bad record: values stored behind it have no effect, until the next write "
                                          "moves what is readable to the other page.",
                    .seen = false}};
}

const Cause causes[] = {
    {"eeprom-will-be-formatted",
     "The next start erases the emulated EEPROM",
     "The marks of the EEPROM pages are not as the installed version leaves them, and it erases both then.",
     {"eeprom-will-be-formatted"},
     {},
     tell_formatted},
    {"eeprom-swap-interrupted",
     "A page swap of the emulated EEPROM was interrupted",
     "The copying of the EEPROM's values to its other page did not come to its end.",
     {"eeprom-swap-unfinished|eeprom-pages-lost"},
     {},
     tell_swap},
    {"eeprom-invalid-record",
     "The emulated EEPROM holds a record that cannot be read",
     "A record or page header in the EEPROM is half written or damaged.",
     {"eeprom-record-invalid|eeprom-index-too-high|eeprom-header-damaged"},
     {},
     tell_record},
};

}  // namespace

std::span<const Cause> eeprom_causes() { return causes; }

}  // namespace photopsy
