#pragma once
// The one dump of an archive, for all who take one dump.
#include "base/result.h"
#include "flash/layout.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace photopsy {

struct OneDump {
    std::string name, container;  ///< base name of the member, what it came out of
    std::vector<std::uint8_t> bytes;
    std::size_t files = 0;  ///< in the archive, those of archives in it among them
};

/// What is meant by an archive that holds more than one packed file: a tar, an archive in an archive, several files. Nothing where `bytes` are no such archive;
/// they are then to be unpacked as they are. Several dumps, or none among several files: one sentence that says what to do.
Result<std::optional<OneDump>> one_dump_of(const std::vector<std::uint8_t>& bytes, const std::string& called, const Layout* asked);

}  // namespace photopsy
