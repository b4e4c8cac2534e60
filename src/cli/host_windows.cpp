#include "cli/host.h"

#include "cli/windows_text.h"

#include <fmt/format.h>

namespace photopsy {

dfu::HostSystem host_system() { return dfu::HostSystem::Windows; }

std::string operating_system() {
    // GetVersionEx() tells every program without a newer manifest that it runs on Windows 8; the kernel tells the truth.
    using VersionOf = LONG(WINAPI*)(OSVERSIONINFOW*);
    const HMODULE kernel = ::GetModuleHandleW(L"ntdll.dll");
    const auto version_of = kernel ? reinterpret_cast<VersionOf>(reinterpret_cast<void*>(::GetProcAddress(kernel, "RtlGetVersion"))) : nullptr;
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof version;
    if (!version_of || version_of(&version) != 0) return "Windows";
    return fmt::format("Windows {}.{}.{} x86_64", version.dwMajorVersion, version.dwMinorVersion, version.dwBuildNumber);
}

void take_pages_at_once(void*, std::size_t) {}
void keep_freed_memory() {}

}  // namespace photopsy
