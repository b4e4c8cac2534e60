#pragma once
// Devices with two flashes: a dump of each, put together.
#include "cli/input.h"

#include <functional>

namespace photopsy {

/// Reads two files of one device; which of them is the internal flash and which the external one is told by their bytes, and where those do not tell, by
/// the order. The result is named after the internal one. Two files of the same flash, or a device without a second flash: one sentence.
Result<Dump> read_dump_pair(const std::string& path, const std::string& external, const Layout* asked);

/// A file of one flash that lies in an archive.
struct MemberOfPair {
    std::vector<std::uint8_t> bytes;
    std::string name, container;
    std::function<void(Capture&)> beside;  ///< Found::beside
};
/// The same of two members of an archive.
Result<Dump> dump_of_pair(MemberOfPair, MemberOfPair, const Layout* asked);

/// read_dump(), and where that is the internal flash of a device that has two, beside it the file that `photopsy capture` gives to the second one
/// ("core-external.bin" beside "core.bin"). What lies there and is no second flash of this device is left alone.
Result<Dump> read_dump_of_device(const std::string& path, const Layout* asked);

}  // namespace photopsy
