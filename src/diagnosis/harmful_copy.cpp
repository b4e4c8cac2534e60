// Why an update record is dangerous, whatever else is wrong.
#include "diagnosis/harmful_copy.h"

#include "base/hex.h"
#include "facts/update_record.h"
#include "rules/harmful_copy.h"

#include <fmt/format.h>

namespace photopsy {

ChainLink told_of_slot(const OtaSlot& slot) {
    return {.says = fmt::format("Slot {} of the configuration table tells the bootloader to copy {} bytes from {} to {}.", slot.number, slot.length.value,
                                hex_address(slot.source.value), hex_address(slot.destination.value))};
}

void tell_harmful(const Facts& facts, Story& story) {
    const auto& ota = facts.ota;
    const bool waits = harm_waits_for_repair(facts);
    story.title = fmt::format("An update record makes the bootloader destroy {}, at the next normal start",
                              harms_values_alone(facts) ? "what applications stored" : "what the device needs") +
                  (waits ? " at which it can read the record" : "");
    story.chain = {told_of_slot(*harmful_record(ota)),
                   {.says = fmt::format("That is {}.", harm_done(facts))},
                   {.says = facts.whole_flash_in_file ? "No system writes such a record. The checks that it asks for do not refuse it."
                                                      : "No system writes such a record. As far as the file shows, no check refuses it.",
                    .seen = false}};
    if (waits)
        story.chain.push_back({.says =
                                   "As the installed parts are now, this bootloader does not reach the record. What mends that arms it: the normal start that "
                                   "follows carries it out and destroys what lies there.",
                               .seen = false});
    else if (!is_reached(ota.access))
        story.chain.push_back({.says = "Whether the installed bootloader reaches the record, this file does not show. Where it does, the next normal start "
                                       "carries it out and destroys what lies there.",
                               .seen = false});
    else
        story.chain.push_back({.says = "The next normal start carries it out and destroys what lies there.", .seen = false});
    story.chain.push_back(
        {.says = "In DFU mode nothing is copied: until the record is taken back, the device must not be started in any other way.", .seen = false});
}

}  // namespace photopsy
