#include "diagnosis/ota_flagged.h"

#include "base/hex.h"
#include "facts/copied_firmware.h"

#include <fmt/format.h>

namespace photopsy {

std::vector<ChainLink> flagged_update_pending(const Observations& seen) {
    const auto& image = seen.facts.ota.by_flag->ota;
    return {{.says = "The system flags say that an update was received and waits (0005)."},
            {.says = image.whole ? "The image in the OTA area of the serial flash is whole."
                     : is_unproved(image, seen.facts.modules)
                         ? "The image in the OTA area of the serial flash may be firmware of before 0.4: it has nothing that tells whether it is whole."
                         : "The serial flash with the image is not in the file.",
             .seen = true},
            {.says = "At the next start the bootloader copies the installed firmware to the backup and then the update over it.", .seen = false}};
}

std::vector<ChainLink> flagged_update_corrupt(const Observations& seen) {
    const bool reset = seen.facts.ota.by_flag->job == FlagJob::FactoryReset;
    const auto* image = seen.facts.module("ota");
    const bool stranger = !reset && seen.facts.ota.image_for_other_platform && image;
    return {
        {.says = reset ? "The system flags ask for a factory reset (aaaa)." : "The system flags say that an update was received and waits (0005)."},
        {.says = stranger
                     ? fmt::format("The image in the OTA area of the serial flash is whole, but made for platform {}; this device is platform {}.",
                                   image->platform_id.value, seen.facts.layout->platform_id)
                     : fmt::format("What lies {} of the serial flash is not whole: its checksum fails, it has no header, or it is no firmware for this device.",
                                   reset ? "in the place of the factory image" : "in the OTA area")},
        {.says = "This bootloader tests no checksum: at the next start it copies that image over the installed firmware.", .seen = false}};
}

std::vector<ChainLink> flagged_copy_interrupted(const Observations& seen) {
    const auto& ota = seen.facts.ota;
    std::vector<ChainLink> chain{{.says = "The system flags say that the bootloader was copying an update over the firmware (5555)."}};
    if (ota.progress)
        chain.push_back(
            {.says = fmt::format("The copy stopped at {}: {} of {} bytes.", hex_address(ota.progress->boundary), ota.progress->copied, ota.progress->total)});
    chain.push_back({.says = "The power was lost (or the device was reset) at that moment.", .seen = false});
    const auto& backup = ota.by_flag->backup;
    chain.push_back({.says = backup.whole
                                 ? "Before it began, the bootloader had copied the old firmware to the backup; it is whole, and the next start brings it back."
                             : is_unproved(backup, seen.facts.modules)
                                 ? "The next start brings back the backup of the old firmware, which may be of before 0.4: nothing tells whether it is whole."
                             : backup.start == FirstWord::NotInFile
                                 ? "The next start brings back the backup of the old firmware from the serial flash, which is not in the file."
                                 : "The next start brings back the backup of the old firmware, but that is not whole.",
                     .seen = false});
    return chain;
}

}  // namespace photopsy
