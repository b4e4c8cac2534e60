#include "cli/folder_listing.h"

#include "cli/capture_record.h"
#include "cli/folder.h"
#include "cli/output_file.h"
#include "cli/triage_mark.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace photopsy {

namespace {

constexpr unsigned deepest_folder = 200;

/// What `capture` wrote down about a file that is there too.
bool is_record_of_another(const std::string& path, const std::function<bool(const std::string&)>& is_there) {
    if (!is_named_as_record(path, is_there)) return false;
    const ReadableFile file(path);
    std::array<std::uint8_t, 64> head{};
    const auto got = file.reason() || file.kind() != PlaceKind::File ? 0 : file.read(head);
    return begins_as_record({reinterpret_cast<const char*>(head.data()), static_cast<std::size_t>(got > 0 ? got : 0)});
}

std::string_view why_no_file(PlaceKind kind) {
    if (kind == PlaceKind::Pipe) return "it is a pipe";
    if (kind == PlaceKind::Socket) return "it is a socket";
    return kind == PlaceKind::File ? "" : "it is a device";
}

}  // namespace

bool is_of_macos(const std::string& name) { return name == ".DS_Store" || name.starts_with("._"); }

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
    const auto is_there = [&](const std::string& other) { return names.contains(other.substr(inside.size())); };
    for (const auto& name : names) {
        if (name.ends_with(unfinished_suffix()) || is_record_of_another(inside + name, is_there)) continue;
        const bool reports_inside = depth > 0 && name == TriageMark::reports && is_own_folder(inside);
        if (!reports_inside && !is_own_result(inside + name)) add(inside + name, found, depth + 1);
    }
}

bool FolderListing::is_own_folder(const std::string& folder) {
    const auto [asked, is_new] = own_folders_.try_emplace(folder, false);
    if (is_new) asked->second = TriageMark::is_in(folder.empty() ? "." : folder);
    return asked->second;
}

/// A file that `triage -o` wrote, other than the reports that `triage` takes.
bool FolderListing::is_own_result(const std::string& path) {
    const auto folder = folder_of(path), name = name_of(path);
    if (TriageMark::is_written_name(name)) return name != TriageMark::reports && is_own_folder(folder);
    if (!name.ends_with(".html") && !name.ends_with(".json")) return false;
    const auto bare = folder.substr(0, folder.empty() ? 0 : folder.size() - 1);
    return name_of(bare) == "reports" && is_own_folder(folder_of(bare));
}

void FolderListing::add(const std::string& path, std::vector<Listed>& found, unsigned depth) {
    const auto place = place_of(path);
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
    } else if (depth > 0 || (!is_own_result(path) && !is_record_of_another(path, [](const auto& other) { return kind_at_end_of(other) == PlaceKind::File; }))) {
        found.push_back({path, is_of_macos(name_of(path)) ? why_of_macos : "", false});
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
