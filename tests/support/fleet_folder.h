#pragma once
// Folders of dumps, as people have them.
#include "support/spoken.h"
#include "support/story.h"

#include "catch.h"

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>
#include <fstream>
#include <random>

namespace photopsy::test {

namespace fs = std::filesystem;

struct Fleet {
    fs::path path;
    Fleet() {
        std::random_device chance;
        do path = fs::temp_directory_path() / ("photopsy-fleet-" + std::to_string(chance()));
        while (!fs::create_directory(path));
    }
    ~Fleet() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;

    std::string in(const std::string& name) const { return (path / name).string(); }
    void put(const std::string& name, const Bytes& bytes) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(in(name), std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    void put(const std::string& name, const std::string& text) const { put(name, Bytes(text.begin(), text.end())); }
};

/// The files as members of an archive, in the format and the compression that libarchive's functions set (`filter`: none where null).
inline Bytes archive_of(const std::vector<std::pair<std::string, Bytes>>& files, int (*format)(archive*), int (*filter)(archive*)) {
    Bytes bytes(std::size_t{8} << 20);
    std::size_t used = 0;
    auto* writer = archive_write_new();
    format(writer);
    if (filter) filter(writer);
    archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
    for (const auto& [name, content] : files) {
        auto* entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0600);
        archive_write_header(writer, entry);
        archive_write_data(writer, content.data(), content.size());
        archive_entry_free(entry);
    }
    archive_write_free(writer);
    bytes.resize(used);
    return bytes;
}

inline const Bytes& dump_of(const std::string& story) {
    for (const auto& one : stories())
        if (one.name == story) return one.sample.file;
    FAIL("no story " << story);
    static const Bytes none;
    return none;
}

inline std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Some dumps of several stories below `dumps/`.
inline void fill(const Fleet& fleet) {
    int number = 0;
    for (const char* story : {"healthy-1.5.2", "erased-key", "erased-key", "part2-bit-error", "mixed-key", "never-provisioned", "erased-key"}) {
        const auto folder = std::to_string(number % 3);
        ++number;
        fleet.put("dumps/" + folder + "/" + std::to_string(number) + ".bin", dump_of(story));
    }
    fleet.put("dumps/readme.txt", std::string("These came back in March.\n"));
}

}  // namespace photopsy::test
