#pragma once
// Updates of firmware in one piece: a page of flags in the internal flash says what the bootloader is to copy out of the serial flash at its next
// start. Format: docs/formats/core.md. Source: platform/MCU/STM32F1xx/SPARK_Firmware_Driver/src/hw_config.c@v0.6.4:904-1183,
// bootloader/src/main.c@v0.6.4:90-216.
#include "facts/modules.h"

#include <string>

namespace photopsy {

/// The page of flags. Half words, little endian, in the order in which they are programmed behind an erase.
struct SystemFlags {
    Range at;  ///< the 18 bytes in use; empty where the layout has no such page
    bool in_file = false;
    Field<std::uint16_t> bootloader_version, wifi_reset, update, flashed, factory_reset;
};

/// The first word at a place that is jumped to: all that this bootloader tests, (word & 2FFE0000) == 20000000 (dfu_usb.c@v0.6.4:51).
enum class FirstWord { NotInFile, Erased, StackPointer, Other };

/// One of the three images in the serial flash, which the bootloader copies without another test.
struct StoredImage {
    std::string slot;  ///< "factory", "backup", "ota": of the module that was read there
    Range at;          ///< empty where the layout has no such slot
    FirstWord start = FirstWord::NotInFile;
    bool whole = false;  ///< a module whose checksum is right
};

enum class FlagJob {
    Unknown,      ///< the page is not in the file
    None,         ///< nothing to do, or a value that means nothing
    Update,       ///< 0x0005: installed firmware to the backup, OTA image over the installed one
    Restore,      ///< 0x5555: such an update was cut off; the backup comes back
    FactoryReset  ///< 0xAAAA: the factory image comes back
};

struct MonolithicUpdate {
    SystemFlags flags;
    FlagJob job = FlagJob::Unknown;
    StoredImage factory, backup, ota;
    FirstWord bootloader = FirstWord::NotInFile, firmware = FirstWord::NotInFile;
    bool save_cut_off = false;  ///< the page was erased and only its first fields were programmed again

    /// What the job copies over the installed firmware; nullptr where it copies nothing.
    const StoredImage* source() const;
};

/// Reads the flags and the first words; which images are whole is taken from `modules`. Total: any bytes give an answer.
MonolithicUpdate read_monolithic_update(const Image&, const Layout&, const std::vector<Module>& modules);

}  // namespace photopsy
