#pragma once
// A step and an end of a repair in sentences for the owner.
#include "repair/run.h"

namespace photopsy {

/// How the owner goes on, and takes back what was done, where he is: ends of sentences.
struct RepairWays {
    std::string_view go_on, take_back;
};

/// One step in a few words: "program 4 bytes at 0x0807f330 (system-part2)".
std::string step_in_words(const RepairStep&);
/// "less than a second", "about 3 s"
std::string time_in_words(std::uint32_t milliseconds);
/// Why the plan is one to be read only, and what would make it one to be carried out; "" where it is that.
std::string why_advice_only(const RepairPlan&);
/// How it ended, where that is not Done.
std::string end_in_words(const RepairEnd&, const RepairPlan&, const RepairWays&);

}  // namespace photopsy
