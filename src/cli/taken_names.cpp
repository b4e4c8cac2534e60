#include "cli/taken_names.h"

#include <filesystem>

namespace photopsy {

std::vector<std::string> names_in_current_directory() {
    static constexpr std::size_t most = 10000;
    std::vector<std::string> names;
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator(".", error); !error && entry != std::filesystem::directory_iterator() && names.size() < most;
         entry.increment(error))
        names.push_back(entry->path().filename().string());
    return names;
}

}  // namespace photopsy
