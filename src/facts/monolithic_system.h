#pragma once
// Which release firmware in one piece is of: parts of identify_system(), for facts/*.cpp only.
#include "facts/system.h"

namespace photopsy {

/// For firmware in one piece where the next start first copies a stored image over what is installed: how the device then connects, and its light, are those of
/// `copied` (nullptr: not known which), while releases and versions stay those of what is installed now. `version_from` names what was believed.
void judge_by_copied(InstalledSystem&, const Module* copied);

}  // namespace photopsy
