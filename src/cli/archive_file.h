#pragma once
// An archive that lies in a file, read member by member without being held whole.
#include "flash/archive_members.h"

namespace photopsy {

/// Null where it is none, whatever its name. `most`: of one that has to be unpacked into memory (flash/archive_members.h).
std::unique_ptr<ArchiveMembers> open_archive_file(const std::string& path, std::uint64_t most = max_unpacked_size);

}  // namespace photopsy
