#pragma once
// A dump that can be given away: same verdict, same findings, no secrets. How it is done, and what it cannot do: docs/redaction.md.
#include "photopsy.h"

#include <string>
#include <vector>

namespace photopsy {

struct RedactWish {
    bool keep_eeprom = false;       ///< leave the application's stored values
    bool keep_application = false;  ///< leave unknown applications (user, OTA and factory area)
};

struct RedactedDump {
    std::vector<std::uint8_t> bytes;  ///< what the file held of the flash, from its first address on
    bool same_findings = false;       ///< also every finding stands where it stood; outcome, causes and predictions always are the same
    std::string manifest;             ///< JSON: what was changed, where, how
};

/// Overwrites every secret of the dump. The result is analyzed again, and refused with one sentence where outcome, causes or handshake
/// prediction would differ from the original's, or where the address of every byte is not sure (bytes swapped, lost, repeated, noisy) or there is nothing to
/// redact.
Result<RedactedDump> redact(const Analysis& original, const RedactWish& = {});

}  // namespace photopsy
