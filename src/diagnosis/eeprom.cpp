// Why the emulated EEPROM is as it is, and what to do. The data in it belong to the application; keys and cloud do not use it.
#include "diagnosis/cause.h"

namespace photopsy {

namespace {

Remedy keep_this_dump() {
    return {.title = "Keep this dump",
            .explain = "The application's stored values are in it, old ones included.",
            .commands = {},
            .warning = "",
            .cost = Remedy::Cost::Nothing};
}

void tell_swap(const Observations& seen, const Findings&, Story& story) {
    const bool lost = !seen.facts.eeprom.active;
    story.chain = {{.says = "One EEPROM page was full, and its values were being copied to the other page."},
                   {.says = "Power failed, or the device was reset, before the copy was finished.", .seen = false},
                   {.says = lost ? "No page is marked active any more: at its next start the firmware finishes the swap (up to 0.4.9) or erases both pages."
                                 : "The active page is whole; the firmware goes on with it and repeats the swap at the next write.",
                    .seen = false}};
    story.remedies = {keep_this_dump()};
    if (!lost)
        story.remedies.push_back({.title = "Nothing needs repair",
                                  .explain = "Start the device; the next EEPROM write repeats the swap.",
                                  .commands = {},
                                  .warning = "",
                                  .cost = Remedy::Cost::Nothing});
    else
        story.remedies.push_back({.title = "Let the application write its values again",
                                  .explain = "What was stored can be read from this dump only.",
                                  .commands = {},
                                  .warning = "",
                                  .cost = Remedy::Cost::LosesData});
}

void tell_record(const Observations&, const Findings& findings, Story& story) {
    story.chain = {{.says = findings.has("eeprom-header-damaged") ? "An EEPROM page has a header that no firmware writes."
                                                                  : "An EEPROM record is half written or names a cell that does not exist."},
                   {.says = "Power failed during a write to it, or the cells are worn.", .seen = false},
                   {.says = "The firmware stops reading at the first bad record: values stored behind it have no effect, until the next write moves what is "
                            "readable to the other page.",
                    .seen = false}};
    story.remedies = {keep_this_dump(),
                      {.title = "Let the application write its values again",
                       .explain = "Any EEPROM write makes the firmware move the readable values to a fresh page.",
                       .commands = {},
                       .warning = "",
                       .cost = Remedy::Cost::LosesData}};
}

const Cause causes[] = {
    {"eeprom-swap-interrupted",
     "A page swap of the emulated EEPROM was interrupted",
     "Power failed while the EEPROM's values were being copied to its other page.",
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
