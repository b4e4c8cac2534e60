#include "support/story.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

namespace photopsy::test {

static std::vector<Story> build_all() {
    std::vector<Story> all;
    for (const auto& folder : std::filesystem::directory_iterator(source_path("samples"))) {
        const auto text = read_file((folder.path() / "recipe.toml").string());
        auto sample = sample::make_sample({reinterpret_cast<const char*>(text.data()), text.size()}, folder.path().filename().string());
        if (sample) all.push_back({folder.path().filename().string(), folder.path().string(), std::move(*sample)});
    }
    std::sort(all.begin(), all.end(), [](const Story& a, const Story& b) { return a.name < b.name; });
    return all;
}

const std::vector<Story>& stories() {
    static const auto all = build_all();
    return all;
}

ScratchDirectory::ScratchDirectory() {
    std::random_device chance;
    std::error_code failed;
    for (int tries = 0; tries < 100 && path_ == "."; ++tries) {
        const auto folder = std::filesystem::temp_directory_path() / ("photopsy-" + std::to_string(chance()));
        if (!std::filesystem::create_directory(folder, failed)) continue;
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
        path_ = folder.string();
    }
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code ignored;
    if (path_ != ".") std::filesystem::remove_all(path_, ignored);
}

std::string ScratchDirectory::put(const std::string& name, const Bytes& bytes) const {
    const auto path = path_ + "/" + name;
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path;
}

}  // namespace photopsy::test
