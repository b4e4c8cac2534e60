#pragma once
// Which flash bytes may be shown to a stranger. What may not is every place of a dump that can hold a secret or personal data, and what is
// not known to be public counts as secret. Source of the list: docs/formats/dct.md, "Every place that can hold a secret".
#include "facts/dct.h"

namespace photopsy {

/// True where `at` touches a byte that must not be shown: either DCT copy outside its header, its trailer and its small public fields; the
/// EEPROM pages; user, OTA and factory areas behind their module headers; anything outside the flash. Total; an empty range touches nothing.
bool touches_secret(Range at, const Layout&, const Dct&);

/// The same with a look at the bytes: also true where `at` lies in a configuration table or a private key that stands in a place where it does
/// not belong (a table written over a system part, a key file sent to the wrong address), or is not wholly in the file.
bool shows_secret(Range at, const Image&, const Layout&, const Dct&);

}  // namespace photopsy
