#pragma once
// Names that the reader's files have already, where the commands of a report will make more.
#include <string>
#include <vector>

namespace photopsy {

/// What lies beside these files (in these folders, where they are folders), each with its folder as it stands in `paths`; nothing of a
/// folder that cannot be read. Without a path: what lies in the current directory.
std::vector<std::string> names_beside(const std::vector<std::string>& paths);

}  // namespace photopsy
