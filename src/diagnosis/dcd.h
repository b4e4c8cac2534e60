#pragma once
// What the causes of diagnosis/dct.cpp tell where the store is a DCD, and the causes that only it has. Format: docs/formats/dcd.md.
#include "diagnosis/cause.h"

namespace photopsy {

/// For facts whose facts.dct.dcd is set.
void tell_dcd_none_usable(const Observations&, Story&);
void tell_dcd_blanked(const Observations&, Story&);
void tell_dcd_damaged(const Observations&, const Findings&, Story&);

}  // namespace photopsy
