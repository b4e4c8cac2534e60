#pragma once
// The key that the cloud holds for this device is known, and it is not the one of the key slot.
#include "diagnosis/cause.h"

namespace photopsy {

/// The least that the findings of this rule are sure of.
Confidence findings_confidence(const Findings&, std::string_view rule);

/// Tells `cloud-holds-another-key`.
void tell_another_on_record(const Observations&, const Findings&, Story&);

}  // namespace photopsy
