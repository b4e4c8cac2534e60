#pragma once
// What can be said of the slot that waits, by the checks that it asks for and by what of its image the file shows. Source: flash_mal.c@v2.3.1:264-312.
#include "facts/facts.h"

namespace photopsy {

/// Bits of a record's flags: what the bootloader is to test before it copies (flash_mal.c@v2.3.1:264-312). Without any, nothing is asked but whether both
/// ranges lie in the flash.
inline constexpr std::uint8_t verify_crc = 0x02, verify_start = 0x04, verify_function = 0x08, verify_any = 0x0E;

/// The slots of facts.ota.pending_slot and facts.ota.harmful_slot; nullptr where there is none.
const OtaSlot* pending_record(const OtaFacts&);
const OtaSlot* harmful_record(const OtaFacts&);

/// It is carried out, and asks for fewer checks than every system asks for.
bool leaves_out_checks(const OtaFacts&);

/// Its checks are not known to fail, and the file does not hold what they are made of.
bool image_is_unseen(const OtaFacts&, const std::vector<Module>&);

/// All sectors that hold a byte of the destination are erased.
Range erased_by(const Layout&, const OtaSlot&);

/// What facts.ota.harmful_slot costs is no more than the EEPROM: the device starts all the same.
bool harms_values_alone(const Facts&);

}  // namespace photopsy
