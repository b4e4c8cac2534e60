#pragma once
// What an installed system tests and mends when it starts, before it runs the application.
#include "facts/facts.h"

namespace photopsy {

/// From 0.7.0 on a system tests bootloader, its own part and what that needs; one of three parts takes them as they are (system_part2_loader.c@v2.3.1:50-53).
inline bool tests_own_modules(const Layout& layout, std::uint16_t system_version) {
    return layout.boot == BootKind::TwoParts && system_version >= first_checking_system_version;
}
inline bool tests_own_modules(const Facts& facts) {
    return facts.layout && tests_own_modules(*facts.layout, facts.system.system_version.value_or(last_examined_system_version));
}

/// The third part carries the bootloader of its release and puts it in place of one of a lower version (hal/src/stm32f2xx/bootloader.cpp@v2.3.1:25-57).
inline bool replaces_bootloader(const Facts& facts) {
    const auto *second = facts.system_part(2), *third = facts.system_part(3), *bootloader = facts.module("bootloader");
    if (!second || !third || !bootloader || !second->good() || !third->good() || !bootloader->present()) return false;
    const auto& need = second->dependency2;
    return third->version.value >= second->version.value && need.function.value == FunctionBootloader && bootloader->version.value < need.version.value;
}

}  // namespace photopsy
