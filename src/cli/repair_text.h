#pragma once
// A plan in sentences for the owner.
#include "mend/repair.h"

namespace photopsy {

/// The whole plan as text of this width.
std::string plan_in_words(const RepairPlan&, const Analysis&, unsigned width);
/// Files that were given and not used, each with its reason; "" where there are none.
std::string unused_in_words(const std::vector<std::string>& sentences, unsigned width);
std::string title_of_cause(std::string_view id);
/// What the plan knows of a cause that remains and the flash alone does not tell; "" where there is nothing.
std::string known_of_remaining(const RepairPlan&, std::string_view cause);

}  // namespace photopsy
