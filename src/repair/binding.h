#pragma once
// What binds a plan to one device and to what it was made from, and what a device holds when it was carried out.
#include "mend/repair.h"

namespace photopsy {

/// SHA-256 of what decides what is written, lower case hex.
std::string digest_of(const RepairPlan&);

/// Why the device that was captured and analyzed as `now` is not the one that the plan was made for, one sentence; "" where it is, as far as can be told.
std::string other_device(const RepairPlan&, const Analysis& now);

/// The plan made once more: the same steps, or one sentence. What was given must hold what the plan needs.
Result<Repair> made_again(const RepairPlan&, const Analysis&, const RepairWish&);

/// Places where `flash` is not as the plan makes it, in words; none where it is.
std::vector<std::string> differences(const Repair&, const Layout&, const Image& flash);
/// `flash` (the internal one) is byte for byte as the plan makes it, but for the table, of which only the data counts, and pages that the firmware may write.
bool holds_target(const Repair&, const Layout&, ByteView flash);
/// Titles of modules that the plan does not touch and that are no longer what they were: the device has started meanwhile.
std::vector<std::string> changed_meanwhile(const Repair&, const Layout&, const Image& flash);

}  // namespace photopsy
