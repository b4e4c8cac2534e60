#pragma once
// What the installed system does with the flag that asks it to apply what lies in the OTA area. Source: ota_flash_hal_stm32f2xx.cpp@v2.3.1:103-202,350-397.
#include "facts/facts.h"

namespace photopsy {

enum class FlagEffect {
    None,           ///< it is not set
    NoReader,       ///< systems before 1.2.1 do not know it
    Unseen,         ///< what lies in the OTA area is not in the file
    NoImage,        ///< nothing that the system accepts: the flag is cleared
    Refused,        ///< a whole image that needs a newer part, or that a part needs in a newer version: the flag is cleared
    OldBootloader,  ///< applied, and the system then wants a newer bootloader than that
    Applied
};
FlagEffect effect_of_update_flag(const Facts&);

/// For Refused: what is not met, and the slot of the part that asks for it; "ota" for the image itself.
struct RefusedFor {
    const Dependency* need = nullptr;
    std::string_view by;
};
RefusedFor refused_for(const Facts&);

/// Whether the next start takes a bootloader from the OTA area that the installed system does not run applications over.
bool flag_installs_old_bootloader(const Facts&);

}  // namespace photopsy
