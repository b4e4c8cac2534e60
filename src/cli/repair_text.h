#pragma once
// A plan in sentences for the owner.
#include "mend/repair.h"

namespace photopsy {

/// The whole plan as text of this width. `file` is where it was written; "" nowhere.
std::string plan_in_words(const RepairPlan&, const Analysis&, unsigned width);
std::string title_of_cause(std::string_view id);

}  // namespace photopsy
