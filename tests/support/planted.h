#pragma once
// Dumps whose every secret place holds something distinctive, and the finder that knows all of it.
#include "flash/layout.h"
#include "support/leak.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <string>

namespace photopsy::test {

const Layout& layout_of(const sample::Sample&);
/// The bytes of the sample's flash at a place.
ByteView at(const sample::Sample&, Range);
/// The fields that a stranger may not see, both copies, and the owner's EEPROM cells. Public halves of keys are no secret.
LeakFinder secrets_of(const sample::Sample&);
/// A recipe: a healthy device, every secret field of which holds something distinctive; `more` are further damages, `flashed` further acts of its life.
std::string planted_recipe(const std::string& more, const std::string& flashed = "");

}  // namespace photopsy::test
