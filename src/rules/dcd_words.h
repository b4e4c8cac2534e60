#pragma once
// The sentences that the rules on a DCD store have in common. All take a flash in which there is such a store.
#include "rules/rule.h"

#include <string>

namespace photopsy {

/// "from 0.8.0 on": the releases that bring this generation of its code.
std::string releases_of(DcdGeneration);
/// What the two tables differ in, by the names of the fields: what a write changed or a fall-back undoes. "" where they do not differ.
std::string differing_fields(const Observations&);
/// The same as a sentence.
std::string lost_with_it(const Observations&);
/// At which step a rewrite of the copy that is not in use was cut off.
std::string where_it_stopped(const Observations&, const DctCopy& other);
/// Where in a copy its damage lies, as far as that is proved.
std::string where_damaged(const DctDamage&);

}  // namespace photopsy
