#pragma once
// A plan and its end in sentences for the owner.
#include "cli/repair_run.h"
#include "mend/repair.h"

namespace photopsy {

/// The whole plan as text of this width. `file` is where it was written; "" nowhere.
std::string plan_in_words(const RepairPlan&, const Analysis&, unsigned width);
/// One step in a few words: "program 4 bytes at 0x0807f330 (system-part2)".
std::string step_in_words(const RepairStep&);
/// How it ended, where that is not Done.
std::string end_in_words(const RepairEnd&, const RepairPlan&);
std::string title_of_cause(std::string_view id);

}  // namespace photopsy
