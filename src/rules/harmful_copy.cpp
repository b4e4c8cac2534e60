#include "rules/harmful_copy.h"

#include "base/hex.h"
#include "facts/update_record.h"
#include "rules/module_faults.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// When it is carried out.
std::string_view time_of(TableAccess access) {
    switch (access) {
        case TableAccess::Own:
        case TableAccess::BySystem:
            return "The bootloader does that at the next normal start; in DFU mode it does not.";
        case TableAccess::PartsUnusable:
            return "The bootloader reads the slots only with two whole system parts: as soon as these are whole, by a write over USB or an update, the next "
                   "normal start does that. In DFU mode it is not done.";
        case TableAccess::PartsDoNotFit:
            return "The bootloader reads the slots only with system parts that fit each other: as soon as they do, by a write over USB or an update, the next "
                   "normal start does that. In DFU mode it is not done.";
        case TableAccess::SystemTooOld:
            return "This bootloader reads the slots only with a system from 0.7.0 on: with that in its place, or with an older bootloader, the next normal "
                   "start does that. In DFU mode it is not done.";
        case TableAccess::Unknown:
            break;
    }
    return "Whether the installed bootloader can read the slots, this file does not show; where it can, the next normal start does that. In DFU mode it is not "
           "done.";
}

}  // namespace

std::string harm_done(const Facts& facts) {
    const auto& slot = *harmful_record(facts.ota);
    const auto erased = range_of(slot.destination.value, std::max<std::uint32_t>(slot.length.value, 1));
    if (const auto* bootloader = facts.layout->slot("bootloader"); bootloader && erased.overlaps(bootloader->at))
        return "over the bootloader itself, which erases the code that it is running: then nothing starts any more, and there is no DFU mode either";
    for (const auto& copy : facts.layout->dct.copies)
        if (erased.overlaps(copy)) return "over the configuration table: keys, server key, Wi-Fi and claim are lost";
    for (const auto& page : facts.layout->eeprom_pages)
        if (erased.overlaps(page)) return "over the EEPROM: what applications stored there is lost";
    for (const auto& place : facts.layout->slots)
        if (place.name != "ota" && place.name != "factory" && erased.overlaps(place.at))
            return fmt::format("over {}, and what is copied is no whole module for that place", in_text(facts, place.name));
    return "over installed firmware";
}

bool harm_waits_for_repair(const Facts& facts) { return facts.ota.resumes == OtaFacts::Resumes::Harms && is_out_of_reach(facts.ota.access); }

void add_harmful_copy(const Facts& facts, Findings& found) {
    const auto& slot = *harmful_record(facts.ota);
    auto& finding =
        found.add({fmt::format("pending update, slot {}", slot.number), slot.at},
                  fmt::format("Slot {} says that {} bytes from {} on wait to be copied to {}: {}.{} {}", slot.number, slot.length.value,
                              hex_address(slot.source.value), hex_address(slot.destination.value), harm_done(facts),
                              slot.flags.value & verify_crc ? "" : " Its flags ask for no checksum, so nothing refuses the copy.", time_of(facts.ota.access)));
    finding.severity = Severity::Fatal;
    finding.expected = "no copy that destroys";
    finding.actual = fmt::format("abcd, to {}, flags {:02x}", hex_address(slot.destination.value), slot.flags.value);
}

}  // namespace photopsy
