#include "report/bundle.h"

#include "support/spoken.h"

#include "catch.h"

#include <archive.h>
#include <archive_entry.h>

#include <map>

using namespace photopsy;

/// The members of a ZIP, read back by the library that users' programs are built on.
static std::map<std::string, std::string> members(const std::string& zip) {
    std::map<std::string, std::string> found;
    auto* reader = archive_read_new();
    archive_read_support_format_zip(reader);
    REQUIRE(archive_read_open_memory(reader, zip.data(), zip.size()) == ARCHIVE_OK);
    archive_entry* entry = nullptr;
    while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
        std::string bytes(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
        archive_read_data(reader, bytes.data(), bytes.size());
        found[archive_entry_pathname(entry)] = bytes;
    }
    archive_read_free(reader);
    return found;
}

TEST_CASE("a bundle holds its files, and the same files give the same bytes", "[report]") {
    const std::vector<BundleFile> files = {{"a.txt", "alpha"}, {"b.json", std::string(100000, 'b')}, {"empty", ""}};
    const auto zip = zip_of(files);
    REQUIRE(zip);
    CHECK(*zip == *zip_of(files));
    const auto found = members(*zip);
    CHECK(found.size() == 3);
    for (const auto& file : files) CHECK(found.at(file.name) == file.bytes);
}
