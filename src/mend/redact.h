#pragma once
// A dump that can be given away: same verdict, no secrets. How it is done, and what it cannot do: docs/redaction.md.
#include "photopsy.h"

#include <string>
#include <vector>

namespace photopsy {

struct RedactWish {
    bool keep_eeprom = false;       ///< leave the application's stored values
    bool keep_application = false;  ///< leave unknown applications (user, OTA and factory area)
};

struct RedactedDump {
    std::vector<std::uint8_t> bytes;     ///< the file of the internal flash (of the external one where the original held that alone)
    std::vector<std::uint8_t> external;  ///< the file of the external flash where the original came from two files; else empty
    bool same_findings = false;          ///< also every finding stands where it stood; outcome, causes and predictions always are the same
    bool same_confidence = false;        ///< also everything is told as surely; else some of it less surely, and the copy says so itself
    std::string manifest;                ///< JSON: what was changed, where, how
};

/// Makes a copy in which a byte of the original stands only where a positive reason proves it public (facts/proved_public.h), or where the wish keeps it; all
/// else is filling or made anew. The result is analyzed again, and refused with one sentence where outcome, causes or handshake prediction would differ from
/// the original's, or where the file cannot be rebuilt in its shape.
Result<RedactedDump> redact(const Analysis& original, const RedactWish& = {});

}  // namespace photopsy
