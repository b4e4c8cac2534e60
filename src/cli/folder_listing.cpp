#include "cli/folder_listing.h"

#include "cli/folder.h"
#include "cli/output_file.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace photopsy {

namespace {

constexpr unsigned deepest_folder = 200;

bool begins_as_object(const std::string& path) {
    const ReadableFile file(path);
    std::array<std::uint8_t, 64> head{};
    const auto got = file.reason() || file.kind() != PlaceKind::File ? 0 : file.read(head);
    const std::string_view text(reinterpret_cast<const char*>(head.data()), static_cast<std::size_t>(got > 0 ? got : 0));
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '{';
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

std::string_view why_no_file(PlaceKind kind) {
    if (kind == PlaceKind::Pipe) return "it is a pipe";
    if (kind == PlaceKind::Socket) return "it is a socket";
    return kind == PlaceKind::File ? "" : "it is a device";
}

}  // namespace

FolderListing::FolderListing(const std::string& except) {
    const auto folder = except.empty() ? FilePlace{.reason = ENOENT} : place_of(except);
    if (!folder.reason) except_ = folder.identity;
}

void FolderListing::add_folder(const std::string& path, std::vector<Listed>& found, unsigned depth) {
    const auto [reason, names] = names_in_folder(path);
    if (reason) {
        found.push_back({path, std::string("the folder cannot be read: ") + std::strerror(reason), true});
        return;
    }
    const auto inside = path.ends_with('/') ? path : path + "/";
    for (const auto& name : names)
        if (!name.ends_with(unfinished_suffix()) && !is_record_of_another(inside, name, names)) add(inside + name, found, depth + 1);
}

void FolderListing::add(const std::string& path, std::vector<Listed>& found, unsigned depth) {
    const auto place = place_of(path);
    const auto name = name_of(path);
    if (place.reason) {
        found.push_back({path, std::string("it cannot be read: ") + std::strerror(place.reason), place.reason != ELOOP});
    } else if (place.kind == PlaceKind::Folder) {
        if (except_ == place.identity) return;
        const bool is_new = listed_.emplace(place.identity.volume, place.identity.file).second;
        if (is_new && depth < deepest_folder) return add_folder(path, found, depth);
        if (!is_new && depth == 0) return;
        found.push_back({path, is_new ? "folders are nested too deep here" : "a link to a folder that is read already", is_new});
    } else if (const auto why = why_no_file(place.kind); !why.empty() && depth > 0) {
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
