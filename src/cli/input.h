#pragma once
// Files in: the only place that opens what the user names.
#include "base/result.h"
#include "flash/capture.h"

#include <cstdint>
#include <string>
#include <vector>

namespace photopsy {

/// All bytes of a file, or of standard input for "-". A missing file, a directory, one that cannot be read or is larger than `limit` bytes: one
/// sentence.
Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t limit);

/// A dump ready to be analyzed, and the layout it was recognized by.
struct Dump {
    Capture capture;
    const Layout* layout = nullptr;
};

/// Reads, unpacks and recognizes a dump. `asked` is the layout to use; null: the one that the dump itself tells. Failures are sentences.
Result<Dump> read_dump(const std::string& path, const Layout* asked);

}  // namespace photopsy
