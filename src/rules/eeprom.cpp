// What is wrong with the emulated EEPROM. It never concerns keys or cloud: the data in it are the application's.
//
// finding id               says                                                          covered by cause
// eeprom-swap-unfinished   the move to the other page was cut off                        eeprom-swap-interrupted
// eeprom-pages-lost        no page is active though there are records: lost at next start eeprom-swap-interrupted where a page is half copied
// eeprom-header-damaged    a page header has no known value                              eeprom-invalid-record
// eeprom-record-invalid    a record in the active page is half written                   eeprom-invalid-record
// eeprom-index-too-high    a record names a cell that does not exist                     eeprom-invalid-record
#include "rules/rule.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

using PageState = EepromPageState;

std::string page_name(const EepromPage& page) { return fmt::format("EEPROM page {}", page.number); }
Place header_of(const EepromPage& page) { return {page_name(page) + ", header", page.status.at}; }

/// Up to 0.4.9 the swap erases the old page before it marks the new one (hal/src/stm32f2xx/eeprom_hal.c@v0.4.9), and repairs itself.
bool old_format(const Observations& seen) { return seen.facts.system.system_version && *seen.facts.system.system_version <= 11; }

void swap_unfinished(const Observations& seen, Findings& found) {
    const auto& eeprom = seen.facts.eeprom;
    if (eeprom.state == Eeprom::State::BothActive) {
        found.add(header_of(eeprom.pages[1]),
                  "Both pages are marked active: the power failed between the last two steps of a page swap. The firmware reads page 1; one of the pages is a "
                  "little newer, and the headers do not say which.");
        return;
    }
    if (eeprom.state != Eeprom::State::SwapInterrupted) return;
    for (const auto& page : eeprom.pages)
        if (page.state == PageState::Copy)
            found.add(header_of(page), fmt::format("The records were being copied to this page when the power failed ({} had arrived). Page {} is still active "
                                                   "and whole; the next write starts the copy anew.",
                                                   page.records, 3 - page.number));
}

void pages_lost(const Observations& seen, Findings& found) {
    const auto& eeprom = seen.facts.eeprom;
    if (eeprom.state != Eeprom::State::WillBeFormatted) return;
    for (const auto& page : eeprom.pages) {
        if (page.body_erased && page.state != PageState::Copy) continue;
        auto& finding = found.add(
            header_of(page),
            old_format(seen) && page.state == PageState::Copy
                ? "The page swap was cut off after the old page had been erased. This Device OS finishes it at its next start."
                : "No page is marked active, so the firmware erases both at its next start; the records here are then lost. This dump still holds them.");
        finding.expected = "ffff0000 (active)";
        finding.actual = fmt::format("{:08x}", page.status.value);
    }
}

void header_damaged(const Observations& seen, Findings& found) {
    const auto& eeprom = seen.facts.eeprom;
    if (eeprom.state != Eeprom::State::Corrupt) return;
    for (const auto& page : eeprom.pages) {
        if (page.state != PageState::Corrupt) continue;
        auto& finding = found.add(
            header_of(page), eeprom.active ? "The header of the page that is not in use has no known value. The firmware erases that page before it uses it."
                                           : "The page header has no known value and no other page is active: the firmware erases both pages at its next "
                                             "start, and the application's stored values are lost.");
        finding.expected = "ffffffff, ffffeeee, ffff0000 or cccc0000";
        if (!eeprom.active) finding.severity = Severity::Problem;
    }
}

void record_invalid(const Observations& seen, Findings& found) {
    const auto& eeprom = seen.facts.eeprom;
    if (!eeprom.active) return;
    const auto& page = eeprom.pages[static_cast<std::size_t>(*eeprom.active) - 1];
    if (!page.first_invalid) return;
    auto text = page.ends_in_hole ? std::string("A write of several bytes was cut off here: the place is empty and records follow. ")
                                  : std::string("This record is neither valid nor empty. ");
    text += page.unreachable ? fmt::format("The firmware stops reading here, so {} record{} behind it {} no effect.", page.unreachable,
                                           page.unreachable == 1 ? "" : "s", page.unreachable == 1 ? "has" : "have")
                             : "The firmware stops reading here; nothing valid lies behind it.";
    found.add({page_name(page), *page.first_invalid}, std::move(text));
}

void index_too_high(const Observations& seen, Findings& found) {
    const auto& eeprom = seen.facts.eeprom;
    if (!eeprom.active) return;
    const auto& page = eeprom.pages[static_cast<std::size_t>(*eeprom.active) - 1];
    if (!page.first_index_out_of_range) return;
    found.add({page_name(page), *page.first_index_out_of_range},
              fmt::format("{} record{} of a cell beyond the 2048 that exist.", page.index_out_of_range, page.index_out_of_range == 1 ? "" : "s"));
}

constexpr Rule rules[] = {
    {"eeprom-swap-unfinished", Severity::Warning, "A page swap of the emulated EEPROM was interrupted",
     "The stored values are whole in the active page; the firmware repeats the swap.", "services/inc/eeprom_emulation.h@v2.3.1:641", swap_unfinished},
    {"eeprom-pages-lost", Severity::Warning, "No EEPROM page is active", "The firmware formats the EEPROM at its next start.",
     "services/inc/eeprom_emulation.h@v2.3.1:288", pages_lost},
    {"eeprom-header-damaged", Severity::Warning, "An EEPROM page header is damaged", "A page without a known state is erased before use.",
     "services/inc/eeprom_emulation.h@v2.3.1:174", header_damaged},
    {"eeprom-record-invalid", Severity::Warning, "An EEPROM record is half written", "Reading stops at the first invalid record.",
     "services/inc/eeprom_emulation.h@v2.3.1:523", record_invalid},
    {"eeprom-index-too-high", Severity::Warning, "An EEPROM record names a cell that does not exist", "No application can have written it.",
     "services/inc/eeprom_emulation.h@v2.3.1:229", index_too_high},
};

}  // namespace

std::span<const Rule> eeprom_rules() { return rules; }

}  // namespace photopsy
