#include "cli/host.h"

#include <fmt/format.h>

#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <cstdint>

namespace photopsy {

dfu::HostSystem host_system() {
    static const bool is_macos = operating_system().starts_with("Darwin ");
    return is_macos ? dfu::HostSystem::MacOs : dfu::HostSystem::Linux;
}

std::string operating_system() {
    utsname system{};
    return ::uname(&system) == 0 ? fmt::format("{} {} {}", system.sysname, system.release, system.machine) : "unknown";
}

void take_pages_at_once([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t size) {
#ifdef MADV_POPULATE_WRITE
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto from = reinterpret_cast<std::uintptr_t>(begin) / page * page, to = (reinterpret_cast<std::uintptr_t>(begin) + size) / page * page;
    if (to > from) ::madvise(reinterpret_cast<void*>(from), to - from, MADV_POPULATE_WRITE);
#endif
}

}  // namespace photopsy
