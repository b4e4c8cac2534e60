#pragma once
// The kinds of start: one file each, found by the layout's word `boot` in the table of kinds.cpp.
#include "boot/boot.h"

namespace photopsy {

BootOutcome start_monolithic(const Facts&);
BootOutcome start_in_parts(const Facts&);  ///< two or three system parts; facts.layout is not null and has the slots of the kind

}  // namespace photopsy
