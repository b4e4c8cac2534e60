#pragma once
// Commands that put a module back, for the device at hand: least destructive first.
#include "diagnosis/cause.h"

#include <string>
#include <string_view>

namespace photopsy {

Remedy keep_the_dump();

/// The file to write into a slot, named after the release: "system-part2-1.5.2.bin"; without a release just "system-part2.bin".
std::string module_file(const ModuleSlot&, std::string_view release);

/// dfu-util's command that writes that file to the slot's place.
std::string write_command(const Layout&, const ModuleSlot&, std::string_view release);

/// The release that a system module should be of: the one it was, else that of the whole system part beside it, else the last for this device.
std::string release_for(const Facts&, std::string_view slot);

/// Everything that brings the module in `slot` back, in order of cost.
std::vector<Remedy> put_back(const Observations&, std::string_view slot);

/// Writes both system parts of one release over USB.
Remedy write_system(const Facts&, std::string_view release);

/// How the bootloader is replaced: by the running system, else through a debugger.
std::vector<Remedy> replace_bootloader(const Observations&, std::string_view release);

}  // namespace photopsy
