#pragma once
// What the bytes say, all of it. Nothing here is an opinion, and nothing here is a secret.
#include "facts/code.h"
#include "facts/coverage.h"
#include "facts/dct.h"
#include "facts/eeprom.h"
#include "facts/modules.h"
#include "facts/ota.h"
#include "facts/radio.h"
#include "facts/settings.h"
#include "facts/system.h"
#include "facts/table_flags.h"
#include "facts/wifi.h"
#include "flash/capture.h"

namespace photopsy {

struct Facts {
    const Layout* layout = nullptr;
    std::vector<CaptureProblem> capture;  ///< copied from the capture, so that rules need no bytes
    bool untrustworthy_capture = false;
    bool blank_capture = false;    ///< every byte is the same: a read that failed, so nothing of the flash is known
    bool of_other_device = false;  ///< nothing in the file is of a device of this kind, or it is firmware of another: nothing is judged or predicted
    bool device_is_open = false;   ///< the bootloader names one device and all other modules another, and nobody said which it is: no ground for writing
    bool whole_flash_in_file = false;
    bool has_external_flash = false;  ///< a second flash belongs into the picture: its file was given, or this device keeps its keys there
    std::vector<Module> modules;
    InstalledSystem system;
    Dct dct;
    const KeySet* keys = nullptr;  ///< the set of keys that counts on this device; nullptr where the layout names none
    OtaFacts ota;
    Eeprom eeprom;
    WifiFacts wifi;
    TableFlags table_flags;
    Settings settings;
    std::optional<std::string> chip_id;           ///< the chip's own id as the capture's record tells it, small letters; nothing where none was recorded
    std::optional<std::string> device_id;         ///< 24 hex digits from the DCT (app 3618) where plausible
    std::optional<std::uint16_t> updater_brings;  ///< the version of the bootloader that the installed application carries: it is an updater
    RadioFirmware radio;                          ///< of the system part 1 that is installed
    std::vector<CodeFacts> code;                  ///< of the running modules, only where one of them is damaged or they do not fit together
    std::vector<Labelled> regions;

    /// The id by which the cloud knows this device: the chip's, which the firmware reads anew at each start (core_hal_stm32f2xx.c@v0.7.0:399); that of the
    /// table, a copy which never follows the chip, where no other is known.
    const std::optional<std::string>& own_id() const { return chip_id ? chip_id : device_id; }
    const Module* module(std::string_view slot) const { return find_module(modules, slot); }
    const Module* system_part(int index) const { return find_system_part(modules, index); }
};

/// How the device talks to the cloud; TCP where its layout says nothing.
inline Transport transport_of(const Facts& facts) { return facts.keys ? facts.keys->transport : Transport::Tcp; }

/// Whether the Wi-Fi chip gets firmware that it can run.
enum class RadioUse {
    Unknown,
    Usable,
    Damaged,     ///< what lies in system part 1 is broken
    NotUnpacked  ///< it is packed (from 0.8 on), and the installed part 2 is older than that
};
RadioUse radio_use(const Facts&);

Facts collect_facts(const Capture&, const Layout&);

}  // namespace photopsy
