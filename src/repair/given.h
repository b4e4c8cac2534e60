#pragma once
// What an owner gives to a repair, as bytes: firmware in any form, a new key, words of consent.
#include "flash/archive_members.h"
#include "mend/repair.h"

namespace photopsy {

/// Modules that were found; each once, and no more than any device has use for.
void add_firmware(std::vector<FirmwareModule>, RepairWish&);
/// The modules in a file or in an archive of files, packed or not, taken by what they hold. One sentence where it cannot be read; a file without a module is
/// no failure. `name` is only kept.
std::optional<std::string> take_firmware(std::vector<std::uint8_t> bytes, const std::string& name, const Layout&, RepairWish&);
std::optional<std::string> take_firmware(ArchiveMembers&, const std::string& name, const Layout&, RepairWish&);
/// The new private key of a device, in any form that people keep. One sentence, without any byte of it, where it is none that this device needs.
std::optional<std::string> take_new_key(ByteView, const std::string& name, RepairWish&);
/// A word that a plan can ask for.
bool is_repair_consent(std::string_view word);

}  // namespace photopsy
