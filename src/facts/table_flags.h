#pragma once
// What the system flags at the head of the configuration table ask for. Bootloaders and systems up to 0.6.4 keep them there; from 0.7.0 on they lie in
// registers that no dump holds, and the table's are stale. Source: docs/formats/boot.md, "System flags"; platform_system_flags.h@v2.3.1:18-42,
// hw_config.c@v0.6.0:601-614.
#include "facts/dct.h"
#include "facts/system.h"

namespace photopsy {

struct TableFlags {
    std::optional<Field<std::uint8_t>> startup_mode;                ///< as it is stored; nothing where the flags have no header
    std::optional<Field<std::uint16_t>> wifi_reset, factory_reset;  ///< as stored, where the installed code reads them here; else nothing

    std::optional<Field<std::uint16_t>> watchdog;  ///< as stored: the one flag that newer bootloaders still take over (hw_config.c@v2.3.1:257-280)

    static constexpr std::uint16_t forget_networks = 0x0001, copy_factory_image = 0xAAAA, arm_watchdog = 0xD001;
    bool forgets_networks() const { return wifi_reset && wifi_reset->value == forget_networks; }
    bool arms_watchdog() const { return watchdog && watchdog->value == arm_watchdog; }
    bool copies_factory_image() const { return factory_reset && factory_reset->value == copy_factory_image; }
};

/// The flags of the selected table, little-endian. Of a version that is not known nothing is taken for live. Total: any bytes give an answer.
TableFlags read_table_flags(const Image&, const Layout&, const Dct&, const InstalledSystem&);

}  // namespace photopsy
