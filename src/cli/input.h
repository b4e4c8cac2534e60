#pragma once
// Dumps in: read, unpacked, recognized.
#include "cli/input_file.h"
#include "flash/dump.h"

namespace photopsy {

/// Reads, unpacks and recognizes a dump. `asked` is the layout to use; null: the one that the dump itself tells. Failures are sentences.
Result<Dump> read_dump(const std::string& path, const Layout* asked);
/// The same of bytes that were read from `path` already.
Result<Dump> dump_of(std::vector<std::uint8_t> bytes, const std::string& path, const Layout* asked, std::uint64_t most = max_unpacked_size);

/// Bytes that lie in no file of their own (a member of an archive): nothing is looked for beside them.
Result<Dump> dump_of_member(std::vector<std::uint8_t> bytes, const std::string& name, const std::string& container, const Layout* asked,
                            std::uint64_t most = max_unpacked_size);

}  // namespace photopsy
