#pragma once
// The part of repair_table.h for stores of the DCD kind. Sources: docs/formats/dcd.md, "How a write goes".
#include "mend/repair.h"

#include <optional>

namespace photopsy {

/// The place of copy 1 or 2.
inline Range table_copy(const Layout& layout, int number) { return layout.dct.copies[static_cast<std::size_t>(number) - 1]; }

inline bool is_of_dcd(TableWriter writer) { return writer >= TableWriter::D1; }

/// The bootloader's own code; nothing where it would first convert a table of the older format.
std::optional<TableWriter> dcd_writer(const Facts&);
/// Which copy it takes for the present one: 1, 2, or 0 where it would make a blank one first.
int dcd_base(ByteView copy1, ByteView copy2, TableWriter);
/// The flash behind a whole write. A cut leaves the old table or the new one, never a mixture: the new copy counts when its seal stands.
Image with_dcd_written(const Image&, const Layout&, TableWriter, std::uint32_t offset, ByteView bytes);
/// The system's code, which may be of another generation, reads the copy that the write made.
bool system_reads_written(const Image& written, const Layout&, const Facts& before, TableWriter);

}  // namespace photopsy
