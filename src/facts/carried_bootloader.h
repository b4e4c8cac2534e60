#pragma once
// A bootloader inside another module. System parts carry one (hal/src/stm32f2xx/bootloader.cpp@v0.6.0:51-66), and so does the updater that `particle update`
// writes into the application's place (docs/formats/ota.md).
#include "base/bytes.h"
#include "facts/modules.h"

#include <optional>

namespace photopsy {

/// The whole bootloader (L + 4 bytes, its CRC-32 right) that a module's bytes hold behind their own header, as a view of them. `slot` is the layout's place for
/// a bootloader, which the one inside must be linked for. Empty where there is none, or the bytes are too few.
ByteView carried_bootloader(ByteView module, const ModuleSlot& slot);

/// Its version; nothing where the module carries none.
std::optional<std::uint16_t> carried_bootloader_version(ByteView module, const ModuleSlot& slot);

/// The version of the bootloader that the installed application carries; nothing where there is no whole application, or it carries none.
std::optional<std::uint16_t> bootloader_of_updater(const Image&, const Layout&, const std::vector<Module>&);

}  // namespace photopsy
