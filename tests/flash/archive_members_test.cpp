// Names of members in the character sets that archives are written in.
#include "flash/archive_members.h"

#include "catch.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <string>

using namespace photopsy;

namespace {

using ArchiveBytes = std::vector<std::uint8_t>;

const std::string kitchen = "k\u00FCche/dump.bin", office = "b\u00FCro/dump.bin", bath = "\u6D74/dump.bin";

/// The files, a few bytes each, written as somebody with a locale of UTF-8 writes them: a zip marks the names, a 7z keeps them in UTF-16.
ArchiveBytes written(int (*format)(archive*), const std::vector<std::string>& names) {
    const auto locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    REQUIRE(locale);
    const auto before = ::uselocale(locale);
    ArchiveBytes bytes(1 << 20);
    std::size_t used = 0;
    auto* writer = archive_write_new();
    format(writer);
    archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
    for (const auto& name : names) {
        auto* entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_size(entry, 4);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0600);
        archive_write_header(writer, entry);
        archive_write_data(writer, "dump", 4);
        archive_entry_free(entry);
    }
    archive_write_free(writer);
    ::uselocale(before);
    ::freelocale(locale);
    bytes.resize(used);
    return bytes;
}

std::vector<std::string> names_in(ArchiveBytes bytes) {
    std::vector<std::string> names;
    auto members = ArchiveMembers::open_bytes(std::move(bytes));
    REQUIRE(members);
    while (auto member = members->next()) {
        CHECK(std::string(member->bytes.begin(), member->bytes.end()) == "dump");
        names.push_back(member->name);
    }
    return names;
}

ArchiveBytes with_text(ArchiveBytes bytes, std::string_view text, std::string_view instead) {
    REQUIRE(text.size() == instead.size());
    INFO(text);
    std::size_t found = 0;
    const auto same = [](std::uint8_t byte, char letter) { return byte == static_cast<std::uint8_t>(letter); };
    for (auto at = bytes.begin(); (at = std::search(at, bytes.end(), text.begin(), text.end(), same)) != bytes.end(); ++found)
        at = std::copy(instead.begin(), instead.end(), at);
    REQUIRE(found > 0);
    return bytes;
}

}  // namespace

TEST_CASE("members keep their names, whatever locale the program has", "[flash]") {
    const std::vector<std::string> names = {kitchen, office, bath};
    const std::string before = ::setlocale(LC_ALL, nullptr);
    for (const auto format : {archive_write_set_format_zip, archive_write_set_format_7zip, archive_write_set_format_pax, archive_write_set_format_ustar,
                              archive_write_set_format_gnutar})
        CHECK(names_in(written(format, names)) == names);
    CHECK(::setlocale(LC_ALL, nullptr) == before);
    CHECK(::uselocale(nullptr) == LC_GLOBAL_LOCALE);
}

TEST_CASE("names that are no UTF-8 are still told apart", "[flash]") {
    // As an old DOS program writes them, unmarked.
    const auto dos = with_text(written(archive_write_set_format_zip, {"kQche/dump.bin", "bQro/dump.bin"}), "Q", "\x81");
    CHECK(names_in(dos) == std::vector<std::string>{std::string("k\x81") + "che/dump.bin", "b\x81ro/dump.bin"});
    // Marked as UTF-8, and none.
    const auto marked = with_text(written(archive_write_set_format_zip, {kitchen, office}), "\u00FC", "\x81\xBC");
    CHECK(names_in(marked) == std::vector<std::string>{"(file 1, whose name cannot be read)", "(file 2, whose name cannot be read)"});
}

TEST_CASE("an archive in a packed stream is that archive", "[flash]") {
    const auto packed = [](const ArchiveBytes& inside, int (*filter)(archive*)) {
        ArchiveBytes bytes(1 << 20);
        std::size_t used = 0;
        auto* writer = archive_write_new();
        archive_write_set_format_raw(writer);
        filter(writer);
        archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
        auto* entry = archive_entry_new();
        archive_entry_set_pathname(entry, "inside");
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_write_header(writer, entry);
        archive_write_data(writer, inside.data(), inside.size());
        archive_entry_free(entry);
        archive_write_free(writer);
        bytes.resize(used);
        return bytes;
    };
    const std::vector<std::string> names = {"a.bin", "b.bin"};
    for (const auto filter : {archive_write_add_filter_gzip, archive_write_add_filter_xz, archive_write_add_filter_zstd}) {
        for (const auto format : {archive_write_set_format_zip, archive_write_set_format_7zip, archive_write_set_format_ustar})
            CHECK(names_in(packed(written(format, names), filter)) == names);
        CHECK_FALSE(ArchiveMembers::open_bytes(packed(ArchiveBytes(5000, 0x41), filter)));  // a packed single file
    }
    const auto zip = packed(written(archive_write_set_format_zip, names), archive_write_add_filter_gzip);
    CHECK(ArchiveMembers::open_bytes(zip)->kind() == "gzip+zip");
    const auto too_large = ArchiveMembers::open_bytes(zip, 20);
    REQUIRE(too_large);
    CHECK_FALSE(too_large->next());
    CHECK(too_large->failure().find("unpacks to more than") != std::string::npos);
}
