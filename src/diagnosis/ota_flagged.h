#pragma once
// Why an update of firmware in one piece is where it is. Format: docs/formats/core.md.
#include "diagnosis/cause.h"

namespace photopsy {

/// For facts whose updates go by flags (facts.ota.by_flag is set): the chains of the causes of the same name in diagnosis/ota.cpp.
std::vector<ChainLink> flagged_update_pending(const Observations&);
std::vector<ChainLink> flagged_update_corrupt(const Observations&);
std::vector<ChainLink> flagged_copy_interrupted(const Observations&);

}  // namespace photopsy
