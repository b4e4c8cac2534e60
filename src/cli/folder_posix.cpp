#include "cli/folder.h"

#include <dirent.h>
#include <sys/stat.h>
#include <cerrno>

namespace photopsy {

FilePlace place_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {.reason = errno};
    return {0, kind_at_end_of(path), {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)}};
}

NamesInFolder names_in_folder(const std::string& folder) {
    NamesInFolder found;
    DIR* opened = ::opendir(folder.c_str());
    if (!opened) return {errno, {}};
    while (const auto* entry = ::readdir(opened)) found.names.insert(entry->d_name);
    ::closedir(opened);
    found.names.erase(".");
    found.names.erase("..");
    return found;
}

int make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) == 0) return 0;
    const int reason = errno;
    return reason == EEXIST && kind_at_end_of(path) == PlaceKind::Folder ? 0 : reason;
}

}  // namespace photopsy
