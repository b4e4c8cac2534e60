#include "cli/folder_listing.h"

#include <dirent.h>
#include <sys/stat.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace photopsy {

namespace {

constexpr unsigned deepest = 200;

bool begins_as_object(const std::string& path) {
    char first = 0;
    return std::ifstream(path) >> first && first == '{';
}

/// X.json beside X, or beside X packed: what `capture` wrote down about it.
bool is_record_of_another(const std::string& folder, const std::string& name, const std::set<std::string>& names) {
    static constexpr std::string_view suffix = ".json";
    if (!name.ends_with(suffix)) return false;
    const auto subject = name.substr(0, name.size() - suffix.size());
    for (const char* packed : {"", ".gz", ".xz", ".zst", ".zip", ".7z"})
        if (names.count(subject + packed)) return begins_as_object(folder + name);
    return false;
}

/// What macOS leaves beside the files of its users.
bool is_of_macos(const std::string& name) { return name == ".DS_Store" || name.starts_with("._"); }

std::string_view why_no_file(mode_t mode) {
    if (S_ISFIFO(mode)) return "it is a pipe";
    if (S_ISSOCK(mode)) return "it is a socket";
    return S_ISREG(mode) ? "" : "it is a device";
}

}  // namespace

FolderListing::FolderListing(const std::string& except) {
    struct stat folder {};
    if (!except.empty() && ::stat(except.c_str(), &folder) == 0) listed_.emplace(folder.st_dev, folder.st_ino);
}

void FolderListing::add_folder(const std::string& path, std::vector<Listed>& found, unsigned depth) {
    DIR* folder = ::opendir(path.c_str());
    if (!folder) {
        found.push_back({path, std::string("the folder cannot be read: ") + std::strerror(errno), true});
        return;
    }
    std::set<std::string> names;
    while (const auto* entry = ::readdir(folder)) names.insert(entry->d_name);
    ::closedir(folder);
    names.erase(".");
    names.erase("..");
    const auto inside = path.ends_with('/') ? path : path + "/";
    for (const auto& name : names)
        if (!is_record_of_another(inside, name, names)) add(inside + name, found, depth + 1);
}

void FolderListing::add(const std::string& path, std::vector<Listed>& found, unsigned depth) {
    struct stat kind {};
    const auto name = path.substr(path.rfind('/') + 1);
    if (::stat(path.c_str(), &kind) != 0) {
        found.push_back({path, std::string("it cannot be read: ") + std::strerror(errno), errno != ELOOP});
    } else if (S_ISDIR(kind.st_mode)) {
        const bool is_new = listed_.emplace(kind.st_dev, kind.st_ino).second;
        if (is_new && depth < deepest) return add_folder(path, found, depth);
        if (!is_new && depth == 0) return;
        found.push_back({path, is_new ? "folders are nested too deep here" : "a link to a folder that is read already", is_new});
    } else if (const auto why = why_no_file(kind.st_mode); !why.empty() && depth > 0) {
        found.push_back({path, std::string(why), false});
    } else {
        found.push_back({path, depth > 0 && is_of_macos(name) ? "macOS left it, it is no dump" : "", false});
    }
}

std::vector<Listed> FolderListing::list(const std::string& path) {
    std::vector<Listed> found;
    if (path == "-")
        found.push_back({path, "", false});
    else
        add(path, found, 0);
    return found;
}

}  // namespace photopsy
