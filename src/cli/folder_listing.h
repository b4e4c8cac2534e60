#pragma once
// Folders to the bottom, without being led astray by links.
#include "cli/file_system.h"

#include <cstdint>
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

class FolderListing {
public:
    /// The folder `except` is passed over, wherever it lies; "" none.
    explicit FolderListing(const std::string& except);

    /// All files below a folder, in the order of their names byte by byte, folders in their place among them. A folder that was listed before (a link that
    /// leads back) and what is no file are there with the reason. Capture records (X.json beside X, or beside X packed) are left out. `path` itself may be a
    /// file: then it is the only one.
    std::vector<Listed> list(const std::string& path);

private:
    void add(const std::string& path, std::vector<Listed>&, unsigned depth);
    void add_folder(const std::string& path, std::vector<Listed>&, unsigned depth);

    std::optional<FileIdentity> except_;
    std::set<std::pair<std::uint64_t, std::uint64_t>> listed_;  ///< volume and number of each folder
};

}  // namespace photopsy
