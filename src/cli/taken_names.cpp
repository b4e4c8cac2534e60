#include "cli/taken_names.h"

#include "cli/folder.h"

#include <set>

namespace photopsy {

/// With the separator at its end; "" is the current directory.
static std::string folder_at(const std::string& path) {
    if (kind_at_end_of(path) != PlaceKind::Folder) return folder_of(path);
    return name_of(path).empty() ? path : path + "/";
}

std::vector<std::string> names_beside(const std::vector<std::string>& paths) {
    std::set<std::string> folders;
    for (const auto& path : paths) folders.insert(folder_at(path));
    if (paths.empty()) folders.insert("");
    std::vector<std::string> names;
    for (const auto& folder : folders)
        for (const auto& name : names_in_folder(folder.empty() ? "." : folder).names) names.push_back(folder + name);
    return names;
}

}  // namespace photopsy
