#pragma once
// What the copy that waits in a slot would make of the device.
#include "rules/rule.h"

namespace photopsy {

/// The module that the next start copies; nullptr where it is not known.
const Module* waiting_image(const Facts&);

/// It needs another system part newer than the installed one.
bool needs_newer_neighbour(const Facts&);

/// With it the device is worse off than it is now, and nothing that comes by itself mends that: the copy is to be taken back before any start. Not so where
/// only a neighbour is too old and the device stays online: then the neighbour goes first, or the cloud sends it. A record that leaves out checks is taken back
/// whatever lies there now: no system writes one, and nothing refuses what lies there when it is carried out.
bool is_to_be_taken_back(const Observations&);

/// The next start puts a whole module in this place before anything runs from there.
bool is_healed_by_waiting_copy(const Observations&, std::string_view slot);

/// It waits until the system parts are whole again, and would then put them out of step with each other.
bool undoes_repair(const Facts&);

/// It waits until the system parts are whole again, and is to be taken back before the device is started with them: it undoes the repair or leaves out checks.
bool is_taken_back_after_repair(const Facts&);

}  // namespace photopsy
