#pragma once
// Firmware that a plan of a repair asks for, by the names under which it is published.
#include "mend/repair.h"
#include "report/commands.h"

namespace photopsy {

/// Each file once, in the plan's order.
std::vector<FirmwareFile> missing_firmware(const RepairPlan&, const Layout&);

}  // namespace photopsy
