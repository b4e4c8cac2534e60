#pragma once
// Values of the configuration table's fields that anybody's table can hold: flags, lengths, kinds, versions.
#include "flash/layout.h"

#include <vector>

namespace photopsy {

/// Ranges (offsets into the field) whose bytes have a form that only the firmware's own numbers have. `bytes` is the whole field. A field that
/// is not known by name has none. Names: layouts/*.toml.
std::vector<Range> public_parts_of(std::string_view field, ByteView bytes, const Layout&);

}  // namespace photopsy
