#pragma once
// For which shell lines are written that this person will type.
#include "cli/host.h"
#include "report/commands.h"

namespace photopsy {

inline CommandStyle::Shell shell_of_this_host() {
    return host_system() == dfu::HostSystem::Windows ? CommandStyle::Shell::Windows : CommandStyle::Shell::Posix;
}

/// A file's name as it is typed here.
inline std::string typed_here(std::string_view file) { return quoted_file(file, shell_of_this_host()); }

}  // namespace photopsy
