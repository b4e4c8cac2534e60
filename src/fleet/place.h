#pragma once
// At what kind of place a cause stands, so that the same story is recognized in another dump.
#include "photopsy.h"

#include <string>

namespace photopsy::fleet {

/// "system-part2: 1.4.4 1.5.2": the kinds of place of the findings that the cause rests on (the number of a table copy, page, slot or network left out), and
/// the releases that stand there, whatever the boundary between them. "" where no finding has a place. Nothing personal.
std::string place_of(const NamedCause&, const Findings&, const Facts&);

}  // namespace photopsy::fleet
