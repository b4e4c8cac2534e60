#pragma once
// What is left of a module that is not whole: erased and zeroed runs, the trailer of another module, what was written instead.
// Nothing here needs firmware to compare with; the release block table (facts/ota) tells more where a release is known.
#include "facts/modules.h"

namespace photopsy {

/// CRC-32 of `content` with `value` in the four bytes at `at`.
std::uint32_t crc_with(const Image&, Range content, Range at, std::uint32_t value);

/// Empty for a module that is good, absent, erased with nothing of it elsewhere, or not part of the running firmware (ota, factory).
ModuleDamage find_damage(const Image&, const Layout&, const Module&);

/// The last module trailer (suffix and CRC) that ends where the content of `slot_at` ends, whatever the header says.
std::optional<Trailer> last_trailer(const Image&, Range slot_at, std::uint16_t platform_id);

/// What kind of content begins with these bytes: "a PNG picture", "text", "a ZIP archive" ...; "" if unknown.
std::string name_of_content(ByteView first_bytes);

}  // namespace photopsy
