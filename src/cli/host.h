#pragma once
// The operating system that photopsy runs on. host_posix.cpp, host_windows.cpp.
#include "dfu/trouble.h"

#include <cstddef>
#include <string>

namespace photopsy {

/// Whose drivers, cures and shell are spoken of.
dfu::HostSystem host_system();
/// Name, release and machine, for the capture record; "unknown" where the system does not say.
std::string operating_system();
/// The system gives the pages of `size` bytes from `begin` on at once, and not one by one as each is first touched. Where it cannot, nothing changes.
void take_pages_at_once(void* begin, std::size_t size);
/// From now on freed memory, up to some MiB for each thread, is kept for the next dump and not given back to the system. For runs over many dumps.
void keep_freed_memory();

}  // namespace photopsy
