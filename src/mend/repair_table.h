#pragma once
// What one write to the application table does to the two copies, for the plan's own simulation. Sources: docs/formats/dct.md and dcd.md, "How a write goes".
// The emulated device of the tests has a model of its own; neither is made from the other.
#include "mend/repair.h"

#include <optional>

namespace photopsy {

/// Code that carries out a request for the table; nothing where the bootloader refuses it.
std::optional<TableWriter> table_code(const Facts&);

/// Which copy that code takes for the present one: 1, 2, or 0 where it would write a default table first.
int table_base(const Image&, const Layout&, TableWriter);

/// The application data that the code starts from: the copy's, or what a default table holds.
std::vector<std::uint8_t> application_data(const Image&, const Layout&, int base);

/// The flash behind a whole write of `bytes` at `offset` of the application data.
Image with_table_written(const Image&, const Layout&, TableWriter, std::uint32_t offset, ByteView bytes);

/// What a cut can leave that is neither the old table nor the new one: up to 0.6.4 the new bytes are first programmed over the old ones. Nothing where the
/// code never does that, or the result is already the new table.
std::optional<Image> with_table_torn(const Image&, const Layout&, TableWriter, std::uint32_t offset, ByteView bytes);

}  // namespace photopsy
