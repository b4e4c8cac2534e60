#pragma once
// A plan as JSON: the contract photopsy-repair-plan/1 (docs/repair-plan.schema.json). No secret stands in it: a key is the fingerprint of its public half.
#include "base/result.h"
#include "mend/repair.h"

namespace photopsy {

inline constexpr std::size_t largest_repair_plan = std::size_t{1} << 20;

/// Two spaces a level, a line end at the end; the same plan gives the same bytes. Its last entry is repair_plan_sha256().
std::string repair_plan_json(const RepairPlan&);
/// SHA-256 of all other entries as they are written, lower case hex: what tells that a plan was edited.
std::string repair_plan_sha256(const RepairPlan&);
/// What decides what is written: device, steps and consents alone. Two plans are the same where these are.
std::string repair_steps_json(const RepairPlan&);

/// Strict: what photopsy would not write, or what was edited since, is refused with one sentence that names the place, never guessed at. Any text ends here
/// in good order.
Result<RepairPlan> read_repair_plan(std::string_view text);

}  // namespace photopsy
