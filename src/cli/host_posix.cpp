#include "cli/host.h"

#include <fmt/format.h>

#include <sys/utsname.h>

namespace photopsy {

dfu::HostSystem host_system() {
    static const bool is_macos = operating_system().starts_with("Darwin ");
    return is_macos ? dfu::HostSystem::MacOs : dfu::HostSystem::Linux;
}

std::string operating_system() {
    utsname system{};
    return ::uname(&system) == 0 ? fmt::format("{} {} {}", system.sysname, system.release, system.machine) : "unknown";
}

}  // namespace photopsy
