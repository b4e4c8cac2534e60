#pragma once
// Devices with two flashes: a dump of each, put together.
#include "cli/input.h"

namespace photopsy {

/// Reads two files of one device; which of them is the internal flash and which the external one is told by their bytes, and where those do not tell, by
/// the order. The result is named after the internal one. Two files of the same flash, or a device without a second flash: one sentence.
Result<Dump> read_dump_pair(const std::string& path, const std::string& external, const Layout* asked);

/// read_dump() of each file, except that files given side by side that are the two halves of one device become one dump. `next` is the index of the file to
/// read; moves on by one or two.
Result<Dump> read_next_dump(const std::vector<std::string>& files, std::size_t& next, const Layout* asked);

}  // namespace photopsy
