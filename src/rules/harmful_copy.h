#pragma once
// A record that makes the bootloader destroy: what the rules say of it.
#include "rules/rule.h"

#include <string>

namespace photopsy {

/// Adds the finding of facts.ota.harmful_slot, which must be set.
void add_harmful_copy(const Facts&, Findings&);

/// What that record is copied over and what that costs: "over the EEPROM: ...".
std::string harm_done(const Facts&);

/// The bootloader reaches the slots only when something else was mended: the record waits until then.
bool harm_waits_for_repair(const Facts&);

}  // namespace photopsy
