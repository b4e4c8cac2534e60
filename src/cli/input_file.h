#pragma once
// Files in: the only place that opens for reading what the user names.
#include "base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace photopsy {

class ReadableFile;

/// Most bytes of a dump file, packed or not: no dump in any form needs more.
inline constexpr std::size_t largest_dump_file = std::size_t{64} << 20;

/// All bytes of a regular file or named pipe, or of standard input for "-". The size is compared with `limit` before memory is taken for it; of what has no
/// size, no more than limit + 1 bytes are read. One sentence for: a missing file, a directory, a device, a pipe that nobody opens for writing (asked for two
/// seconds), what cannot be read, and what has more than `limit` bytes.
Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t limit);

/// For what is read in another way than by read_file(): a list, an archive.
void remember_as_read(const ReadableFile&);
/// True where `path` leads to a file that this run of the program has read, under whatever name.
bool was_read(const std::string& path);
/// Begins a new run.
void forget_what_was_read();

}  // namespace photopsy
