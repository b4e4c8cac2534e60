#pragma once
// A bootloader from 0.7.0 on over a system from before: a rule of the table in rules/system.cpp.
#include "rules/rule.h"

namespace photopsy {

/// Together they are useless, be part 2 whole or damaged (bootloader_dct.c@v2.3.1:27-65).
void bootloader_needs_newer_system(const Observations&, Findings&);

}  // namespace photopsy
