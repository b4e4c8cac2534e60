#pragma once
// The operating system that photopsy runs on. host_posix.cpp, host_windows.cpp.
#include "dfu/trouble.h"

#include <string>

namespace photopsy {

/// Whose drivers, cures and shell are spoken of.
dfu::HostSystem host_system();
/// Name, release and machine, for the capture record; "unknown" where the system does not say.
std::string operating_system();

}  // namespace photopsy
