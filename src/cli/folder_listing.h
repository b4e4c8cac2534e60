#pragma once
// Folders to the bottom, without being led astray by links.
#include "cli/file_system.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace photopsy {

/// One name in a folder, or below it.
struct Listed {
    std::string path;
    std::string why;     ///< why there is nothing to read there; "" where there is
    bool fails = false;  ///< it should have been readable
};

/// What macOS leaves beside the files of its users.
bool is_of_macos(const std::string& name);
inline constexpr auto why_of_macos = "macOS left it, it is no dump";

class FolderListing {
public:
    /// The folder `except` is passed over, wherever it lies; "" none.
    explicit FolderListing(const std::string& except);

    /// All files below a folder, in the order of their names byte by byte, folders in their place among them. A folder that was listed before (a link that
    /// leads back) and what is no file are there with the reason. Left out are capture records (X.json beside X, or beside X packed) and what `triage -o` wrote
    /// (of a folder of its own that is given itself, its reports.ndjson is listed); other files that somebody put there are not. `path` itself may be a file:
    /// then it is the only one, by the same rules, so that a list of all files of a folder comes to the same as the folder (but for such a reports.ndjson,
    /// which may be meant).
    std::vector<Listed> list(const std::string& path);

private:
    void add(const std::string& path, std::vector<Listed>&, unsigned depth);
    void add_folder(const std::string& path, std::vector<Listed>&, unsigned depth);

    bool is_own_result(const std::string& path);
    bool is_own_folder(const std::string& folder);

    std::optional<FileIdentity> except_;
    std::map<std::string, bool> own_folders_;                   ///< those that were asked about: whether `triage -o` wrote them
    std::set<std::pair<std::uint64_t, std::uint64_t>> listed_;  ///< volume and number of each folder
};

}  // namespace photopsy
