#include "cli/host.h"

#include <fmt/format.h>

#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <atomic>
#include <cstdint>
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace photopsy {

static std::atomic<bool> keeps_memory = false;

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
    if (keeps_memory) return;  // nearly all pages are there: to look at each costs more than the few that are not
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto from = reinterpret_cast<std::uintptr_t>(begin) / page * page, to = (reinterpret_cast<std::uintptr_t>(begin) + size) / page * page;
    if (to > from) ::madvise(reinterpret_cast<void*>(from), to - from, MADV_POPULATE_WRITE);
#endif
}

void keep_freed_memory() {
#ifdef M_TOP_PAD
    static constexpr int mebibyte = 1 << 20;
    ::mallopt(M_MMAP_THRESHOLD, 4 * mebibyte);  // a dump of a flash comes from the heap and returns to it
    ::mallopt(M_TRIM_THRESHOLD, 8 * mebibyte);
    ::mallopt(M_TOP_PAD, mebibyte);
    keeps_memory = true;
#endif
}

}  // namespace photopsy
