// What is wrong with the emulated EEPROM. It never concerns keys or cloud: the data in it are the application's.
//
// finding id               says                                                          covered by cause
// eeprom-will-be-formatted the installed version erases both pages at its next start     eeprom-will-be-formatted
// eeprom-swap-unfinished   the move to the other page was cut off                        eeprom-swap-interrupted
// eeprom-pages-lost        no page is active though there are records: lost at next start eeprom-swap-interrupted where a page is half copied
// eeprom-header-damaged    a page header has no known value                              eeprom-invalid-record
// eeprom-record-invalid    a record in the active page is half written                   eeprom-invalid-record
// eeprom-index-too-high    a record names a cell that does not exist                     eeprom-invalid-record
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using PageState = EepromPageState;

std::string page_name(const EepromPage& page) { return fmt::format("EEPROM page {}", page.number); }
Place header_of(const EepromPage& page) { return {page_name(page) + ", header", page.status.at}; }

bool old_code(const Observations& seen) { return seen.facts.eeprom.code == EepromCode::Until049; }

bool formats(const Observations& seen) { return seen.facts.eeprom.at_start == EepromAtStart::Formatted; }

bool any_page_is(const Eeprom& eeprom, PageState state) {
    return std::any_of(eeprom.pages.begin(), eeprom.pages.end(), [&](const EepromPage& page) { return page.state == state; });
}

/// Whose start it is, where that is not the installed system's.
std::string by_update(const Eeprom& eeprom) {
    if (!eeprom.without_update) return "";
    const bool kept = *eeprom.without_update == EepromAtStart::Kept || *eeprom.without_update == EepromAtStart::SwapFinished;
    return std::string(" That is the Device OS of the update that waits: it is copied first.") + (kept ? " The installed one would keep what is stored." : "");
}

std::string what_is_lost(const Eeprom& eeprom) {
    return (eeprom.holds_values() ? "The values the application has stored are then lost; this dump still holds them." : "No stored value is lost by it.") +
           by_update(eeprom);
}

Severity loss(const Eeprom& eeprom) { return eeprom.holds_values() ? Severity::Problem : Severity::Note; }

/// Both marks are known and sound, only not to this version, or no page is active.
void will_be_formatted(const Observations& seen, Findings& found) {
    const auto& eeprom = seen.facts.eeprom;
    if (!formats(seen) || any_page_is(eeprom, PageState::Corrupt) || any_page_is(eeprom, PageState::Copy)) return;
    const bool both = eeprom.state == Eeprom::State::BothActive || (old_code(seen) && any_page_is(eeprom, PageState::Active));
    auto text =
        both ? std::string("Both EEPROM pages are marked valid. Device OS up to 0.4.9 does not know what to make of that and erases both at its next start. ")
             : std::string("No EEPROM page is marked active, so the firmware erases both at its next start. ");
    auto& finding = found.add(header_of(eeprom.pages[both ? 1 : 0]), text + what_is_lost(eeprom));
    finding.severity = loss(eeprom);
    finding.expected = "one page marked ffff0000 (active)";
    finding.actual = fmt::format("{:08x} and {:08x}", eeprom.pages[0].status.value, eeprom.pages[1].status.value);
}

void swap_unfinished(const Observations& seen, Findings& found) {
    const auto& eeprom = seen.facts.eeprom;
    if (eeprom.state == Eeprom::State::BothActive && !formats(seen)) {
        const bool known = eeprom.at_start == EepromAtStart::Kept;
        found.add(header_of(eeprom.pages[1]), known ? "Both pages are marked active: a page swap was cut off between its last two steps. The firmware reads "
                                                      "page 1; one of the pages is a little newer, and the headers do not say which."
                                                    : "Both pages are marked active: a page swap was cut off between its last two steps. From Device OS 0.5.0 "
                                                      "on the firmware reads page 1; older ones erase both. Which one is installed, this file does not show.");
        return;
    }
    const bool finished = eeprom.at_start == EepromAtStart::SwapFinished;
    if (eeprom.state != Eeprom::State::SwapInterrupted && !finished) return;
    for (const auto& page : eeprom.pages)
        if (page.state == PageState::Copy)
            found.add(header_of(page), finished ? "The moving of the records to this page was cut off. This Device OS goes on with it at its next start: "
                                                  "nothing is lost, and nothing must be repaired."
                                                : fmt::format("The copying of the records to this page was cut off ({} had arrived). Page {} is still active "
                                                              "and whole; the next write starts the copy anew.",
                                                              page.records, 3 - page.number));
}

void pages_lost(const Observations& seen, Findings& found) {
    const auto& eeprom = seen.facts.eeprom;
    if (!formats(seen) || any_page_is(eeprom, PageState::Corrupt)) return;
    for (const auto& page : eeprom.pages) {
        if (page.state != PageState::Copy) continue;
        auto& finding = found.add(
            header_of(page), "This page was still being filled and no other is active, so the firmware erases both at its next start. " + what_is_lost(eeprom));
        finding.severity = loss(eeprom);
        finding.expected = "ffff0000 (active)";
        finding.actual = page.state == PageState::Corrupt ? "another value" : fmt::format("{:08x}", page.status.value);
    }
}

std::string what_follows_damaged_header(const Eeprom& eeprom) {
    switch (eeprom.at_start) {
        case EepromAtStart::Kept:
        case EepromAtStart::SwapFinished:
            return "The header of the page that is not in use has no known value. The firmware erases that page before it uses it: this is harmless.";
        case EepromAtStart::Formatted:
            return "The page header has no known value, and this firmware then erases both pages at its next start. " + what_is_lost(eeprom);
        default:
            return "The page header has no known value. What the firmware makes of it at its next start cannot be told: take it that the stored values are "
                   "lost.";
    }
}

void header_damaged(const Observations& seen, Findings& found) {
    const auto& eeprom = seen.facts.eeprom;
    if (eeprom.state != Eeprom::State::Corrupt) return;
    for (const auto& page : eeprom.pages) {
        if (page.state != PageState::Corrupt) continue;
        auto& finding = found.add(header_of(page), what_follows_damaged_header(eeprom));
        finding.expected = "ffffffff, ffffeeee, ffff0000 or cccc0000";
        if (formats(seen)) finding.severity = Severity::Problem;
    }
}

void record_invalid(const Observations& seen, Findings& found) {
    const auto& eeprom = seen.facts.eeprom;
    if (!eeprom.active) return;
    const auto& page = eeprom.pages[static_cast<std::size_t>(*eeprom.active) - 1];
    if (!page.first_invalid) return;
    if (old_code(seen)) {
        found.add({page_name(page), *page.first_invalid},
                  "This record is neither valid nor empty. This Device OS passes over it: its cell keeps the value before.");
        return;
    }
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
              fmt::format("{} record{} of a cell beyond those that this device has.", page.index_out_of_range, page.index_out_of_range == 1 ? "" : "s"));
}

constexpr Rule rules[] = {
    {"eeprom-will-be-formatted", Severity::Problem, "The next start erases the emulated EEPROM", "The application's stored values are gone then.",
     "hal/src/stm32f2xx/eeprom_hal.c@v0.4.9", will_be_formatted},
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
