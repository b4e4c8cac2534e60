#include "flash/capture.h"
#include "flash/container_checks.h"

#include "catch.h"

#include <archive.h>
#include <archive_entry.h>

#include <random>
#include <string>

using namespace photopsy;
using Bytes = std::vector<std::uint8_t>;

namespace {

struct Member {
    std::string name;
    Bytes bytes;
};

/// Packs with libarchive's writer: `format` 0 means one stream through `filter`.
Bytes pack(int format, int filter, const std::vector<Member>& members, bool encrypted = false) {
    Bytes packed((1 << 20) + 4 * (members.empty() ? 0 : members[0].bytes.size()));
    std::size_t used = 0;
    archive* writer = archive_write_new();
    archive_write_add_filter(writer, filter);
    if (format)
        archive_write_set_format(writer, format);
    else
        archive_write_set_format_raw(writer);
    archive_write_set_bytes_per_block(writer, 0);
    if (encrypted) {
        archive_write_set_options(writer, "zip:encryption=zipcrypt");
        archive_write_set_passphrase(writer, "secret");
    }
    archive_write_open_memory(writer, packed.data(), packed.size(), &used);
    for (const auto& member : members) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, member.name.c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(member.bytes.size()));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_write_header(writer, entry);
        archive_write_data(writer, member.bytes.data(), member.bytes.size());
        archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
    packed.resize(used);
    return packed;
}

Bytes ramp(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    return bytes;
}

std::string unpack_refusal(Bytes bytes) {
    const auto unpacked = unpack(std::move(bytes), "dump.zip");
    REQUIRE_FALSE(unpacked);
    CHECK(unpacked.error().message.rfind("dump.zip: ", 0) == 0);
    CHECK(unpacked.error().message.back() == '.');
    return unpacked.error().message;
}

const struct {
    int format, filter;
    const char *container, *suffix;
} kinds[] = {
    {0, ARCHIVE_FILTER_GZIP, "gzip", ".gz"},
    {0, ARCHIVE_FILTER_XZ, "xz", ".xz"},
    {0, ARCHIVE_FILTER_ZSTD, "zstd", ".zst"},
    {ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip", ".zip"},
    {ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, "7z", ".7z"},
};

}  // namespace

TEST_CASE("each container gives back the bytes and the name", "[unpack]") {
    const auto dump = ramp(100000);
    for (const auto& kind : kinds) {
        CAPTURE(kind.container);
        const auto unpacked = unpack(pack(kind.format, kind.filter, {{"some/dir/mine.bin", dump}}), std::string("mine.bin") + kind.suffix);
        if (!unpacked) FAIL(unpacked.error().message);
        CHECK(unpacked->bytes == dump);
        CHECK(unpacked->container == kind.container);
        CHECK(unpacked->name == "mine.bin");
    }
    const auto plain = unpack(dump, "mine.bin");
    REQUIRE(plain);
    CHECK(plain->bytes == dump);
    CHECK(plain->container.empty());
    CHECK(unpack({}, "empty.bin")->bytes.empty());
}

TEST_CASE("a container in a container is opened once", "[unpack]") {
    const auto dump = ramp(5000);
    const auto inner = pack(0, ARCHIVE_FILTER_GZIP, {{"dump.bin", dump}});
    const auto outer = pack(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, {{"dump.bin.gz", inner}});
    const auto unpacked = unpack(outer, "a.zip");
    REQUIRE(unpacked);
    CHECK(unpacked->bytes == dump);
    CHECK(unpacked->container == "zip+gzip");
    CHECK(unpacked->name == "dump.bin");
    const auto thrice = unpack(pack(0, ARCHIVE_FILTER_XZ, {{"x", outer}}), "a.zip.xz");
    REQUIRE(thrice);
    CHECK(thrice->bytes == inner);
}

TEST_CASE("of several files the one that looks like a dump is taken", "[unpack]") {
    const auto dump = ramp(0x100000);
    const auto unpacked = unpack(pack(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE,
                                      {{"readme.txt", ramp(2000000)}, {"flash.bin", dump}, {".hidden.bin", dump}, {"__MACOSX/flash.bin", dump}}),
                                 "a.zip");
    REQUIRE(unpacked);
    CHECK(unpacked->name == "flash.bin");
    CHECK(unpacked->members == 2);
}

TEST_CASE("broken, encrypted and exploding containers end in one sentence", "[unpack]") {
    const auto dump = ramp(200000);
    for (const auto& kind : kinds) {
        CAPTURE(kind.container);
        auto packed = pack(kind.format, kind.filter, {{"dump.bin", dump}});
        const auto message = unpack_refusal(Bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(packed.size() / 2)));
        CHECK(message.find("damaged") != std::string::npos);
    }
    CHECK(unpack_refusal({'P', 'K', 3, 4, 0}).find("damaged") != std::string::npos);
    CHECK(unpack_refusal(pack(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, {{"dump.bin", dump}}, true)).find("encrypted") != std::string::npos);
    CHECK(unpack_refusal(pack(0, ARCHIVE_FILTER_GZIP, {{"bomb", Bytes((64u << 20) + 1)}})).find("more than 64 MiB") != std::string::npos);
}

TEST_CASE("no flipped bit of a container passes for the dump", "[unpack][hostile]") {
    const auto dump = ramp(60000);
    std::mt19937 random(5);
    for (const auto& kind : kinds) {
        CAPTURE(kind.container);
        const auto packed = pack(kind.format, kind.filter, {{"dump.bin", dump}});
        for (int i = 0; i < 150; ++i) {
            auto damaged = packed;
            const auto at = i < 16 ? damaged.size() - 1 - static_cast<std::size_t>(i) : random() % damaged.size();
            damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ 1u << random() % 8);
            const bool vouched_for = carries_checksum(damaged);
            const auto unpacked = unpack(std::move(damaged), "dump");
            CAPTURE(at);
            // What names a file, a time or a system may be wrong, and then the bytes are right; or nothing vouches for them, and that is said.
            if (unpacked && !unpacked->container.empty() && unpacked->bytes != dump) CHECK_FALSE(vouched_for);
        }
    }
}

TEST_CASE("each member of a gzip file is checked, and nothing follows the last", "[unpack][hostile]") {
    const auto one = pack(0, ARCHIVE_FILTER_GZIP, {{"x", ramp(3000)}}), two = pack(0, ARCHIVE_FILTER_GZIP, {{"x", ramp(500)}});
    auto both = one;
    both.insert(both.end(), two.begin(), two.end());
    auto wanted = ramp(3000);
    const auto second = ramp(500);
    wanted.insert(wanted.end(), second.begin(), second.end());
    CHECK(unpack(both, "d.gz")->bytes == wanted);
    auto padded = both;
    padded.resize(both.size() + 512);
    CHECK(unpack(padded, "d.gz")->bytes == wanted);
    padded.back() = 'x';
    CHECK_FALSE(unpack(padded, "d.gz"));
    for (const std::size_t at : {one.size() - 8, one.size() - 1, both.size() - 8, both.size() - 1}) {
        auto wrong = both;
        wrong[at] ^= 4;
        CHECK_FALSE(unpack(wrong, "d.gz"));
    }
}

TEST_CASE("many members cost no more than their bytes", "[unpack][hostile]") {
    // Room for what is unpacked was once made anew for each member: this took minutes.
    const auto empty = pack(0, ARCHIVE_FILTER_GZIP, {{"dump.bin", {}}}), some = pack(0, ARCHIVE_FILTER_GZIP, {{"dump.bin", ramp(10)}});
    Bytes file;
    for (int i = 0; i < 200000; ++i) file.insert(file.end(), empty.begin(), empty.end());
    file.insert(file.end(), some.begin(), some.end());
    const auto unpacked = unpack(std::move(file), "dump.gz");
    REQUIRE(unpacked);
    CHECK(unpacked->bytes == ramp(10));
}

TEST_CASE("a container without a checksum is told", "[unpack][hostile]") {
    const auto dump = ramp(2000);
    auto packed = pack(0, ARCHIVE_FILTER_ZSTD, {{"x", dump}});
    const bool has_checksum = (packed[4] & 4) != 0;
    CHECK(carries_checksum(packed) == has_checksum);
    // A frame of one raw block, without and with its checksum flag.
    const Bytes bare = {0x28, 0xB5, 0x2F, 0xFD, 0x20, 3, 0x19, 0, 0, 'a', 'b', 'c'};
    const auto plain = unpack(bare, "d.zst");
    REQUIRE(plain);
    CHECK(plain->bytes == Bytes{'a', 'b', 'c'});
    CHECK_FALSE(carries_checksum(bare));
    CHECK(carries_checksum(pack(0, ARCHIVE_FILTER_XZ, {{"x", dump}})));
    CHECK(carries_checksum(pack(0, ARCHIVE_FILTER_GZIP, {{"x", dump}})));
}

TEST_CASE("two dumps in one archive that differ are a contradiction, equal ones are not", "[unpack][contradictions]") {
    auto flash = ramp(0x100000);
    const Bytes one = flash;
    flash[0x60000] ^= 1;
    flash[0x60009] ^= 1;
    for (const auto format : {ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_7ZIP}) {
        const auto said = [&](const std::vector<Member>& members) { return unpack(pack(format, ARCHIVE_FILTER_NONE, members), "dump.zip")->contradiction; };
        CHECK(said({{"a.bin", one}}).empty());
        CHECK(said({{"a.bin", one}, {"b.bin", one}, {"read.me", ramp(300)}}).empty());
        CHECK(said({{"a.bin", one}, {"part1.bin", ramp(0x40000)}}).empty());
        CHECK(said({{"a.bin", one}, {"b.bin", flash}}) ==
              "the archive holds two dumps of 1048576 bytes, a.bin and b.bin, that differ in 2 of them; only a.bin was looked at");
        CHECK(said({{"a", one}, {"b.bin", flash}}).find("only b.bin was looked at") != std::string::npos);
        CHECK_FALSE(said({{"a.bin", one}, {"b.bin", one}, {"c.bin", flash}}).empty());
    }
}

TEST_CASE("nothing stands before an archive, behind it, or beside its directory", "[unpack][hostile]") {
    const auto joined = [](Bytes a, const Bytes& b) {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    };
    auto changed = ramp(0x100000);
    changed[5] ^= 1;
    for (const auto& kind : kinds) {
        if (!kind.format) continue;
        CAPTURE(kind.container);
        const auto one = pack(kind.format, kind.filter, {{"dump.bin", ramp(0x100000)}}), other = pack(kind.format, kind.filter, {{"dump.bin", changed}});
        CHECK(stray_bytes(one).empty());
        for (const auto& file : {joined(one, other), joined(one, Bytes(100, 0)), joined(one, ramp(4000)), Bytes(one.begin(), one.end() - 1)})
            CHECK(unpack_refusal(file).find("is damaged") != std::string::npos);
    }
    CHECK(stray_bytes(pack(0, ARCHIVE_FILTER_XZ, {{"dump.bin", ramp(100)}})).empty());
}
