#pragma once
// The story of an update record that destroys.
#include "diagnosis/cause.h"

namespace photopsy {

/// What the record itself says.
ChainLink told_of_slot(const OtaSlot&);

/// Of facts.ota.harmful_slot, which must be set: when it is carried out, and that it is taken back before that.
void tell_harmful(const Facts&, Story&);

}  // namespace photopsy
