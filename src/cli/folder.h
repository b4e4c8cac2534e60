#pragma once
// What photopsy asks of folders, the same on every operating system: folder_posix.cpp, folder_windows.cpp. As in file_system.h names are UTF-8, a reason is
// an errno value, 0 for success.
#include "cli/file_system.h"

#include <set>
#include <string>

namespace photopsy {

/// What a name leads to, links followed.
struct FilePlace {
    int reason = 0;  ///< why it cannot be told; ELOOP where links lead in a circle
    PlaceKind kind = PlaceKind::Nothing;
    FileIdentity identity = {};
};
FilePlace place_of(const std::string& path);

/// The names in a folder, without those of itself and the one above.
struct NamesInFolder {
    int reason = 0;
    std::set<std::string> names;
};
NamesInFolder names_in_folder(const std::string& folder);

/// Makes a folder for its owner alone; one that is there already stays as it is.
int make_folder(const std::string& path);

}  // namespace photopsy
