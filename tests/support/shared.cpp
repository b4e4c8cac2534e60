#include "support/shared.h"

#include <archive.h>
#include <archive_entry.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace photopsy::test {

std::optional<std::string> shared_directory() {
    const char* given = std::getenv("PHOTOPSY_SHARED");
    const std::string directory = given ? given : PHOTOPSY_SOURCE_DIR "/../shared";
    if (!std::filesystem::is_directory(directory + "/facts")) return {};
    return directory;
}

static std::map<std::string, Bytes> read_archive(const std::string& path) {
    std::map<std::string, Bytes> members;
    archive* reader = archive_read_new();
    archive_read_support_filter_zstd(reader);
    archive_read_support_filter_gzip(reader);
    archive_read_support_format_tar(reader);
    archive_entry* entry = nullptr;
    const Bytes whole = read_file(path);
    if (archive_read_open_memory(reader, whole.data(), whole.size()) == ARCHIVE_OK) {
        while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
            if (archive_entry_filetype(entry) != AE_IFREG) continue;
            Bytes bytes(static_cast<std::size_t>(archive_entry_size(entry)));
            if (archive_read_data(reader, bytes.data(), bytes.size()) == static_cast<la_ssize_t>(bytes.size()))
                members[archive_entry_pathname(entry)] = std::move(bytes);
        }
    }
    archive_read_free(reader);
    return members;
}

const std::map<std::string, Bytes>& shared_archive(const std::string& path) {
    static std::map<std::string, std::map<std::string, Bytes>> archives;
    const auto known = archives.find(path);
    if (known != archives.end()) return known->second;
    const auto directory = shared_directory();
    return archives[path] = directory ? read_archive(*directory + "/" + path) : std::map<std::string, Bytes>{};
}

std::string shared_text(const std::string& path) {
    const auto directory = shared_directory();
    if (!directory) return {};
    const auto bytes = read_file(*directory + "/" + path);
    return {bytes.begin(), bytes.end()};
}

bool full_tests() {
    const char* full = std::getenv("PHOTOPSY_FULL");
    return full && *full == '1';
}

Bytes read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(file), {});
}

std::string source_path(const std::string& path_from_top) { return PHOTOPSY_SOURCE_DIR "/" + path_from_top; }

}  // namespace photopsy::test
