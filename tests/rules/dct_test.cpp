#include "support/scene.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;
using Ids = std::vector<std::string>;

static constexpr auto G0 = DctGeneration::G0, G3 = DctGeneration::G3, G4 = DctGeneration::G4, G5 = DctGeneration::G5;

/// In use for long: key, networks, claim; current copy 1, superseded copy 2.
static TablePair in_use() {
    auto pair = factory_table();
    std::fill_n(pair[1].begin() + 0x1A30, 1 + 5 * 121, std::uint8_t{0});
    write_new(pair, 1, 34, Bytes(611, 0x5A));
    write_new(pair, 2, 1825, {0x31});
    write_new(pair, 1, 1762, Bytes(20, 'A'));
    write_new(pair, 2, 2952, {1, 2});
    return pair;
}

static TablePair old_in_use() {
    auto pair = factory_table();
    std::fill_n(pair[1].begin() + 0x1A30, 1 + 5 * 121, std::uint8_t{0});
    write_old(pair, 1, 34, Bytes(611, 0x5A));
    write_old(pair, 2, 1825, {0x31});
    return pair;
}

TEST_CASE("healthy tables have no finding above note", "[dct][rules]") {
    CHECK(Scene(in_use()).problems() == Ids{});
    CHECK(Scene(old_in_use(), 109, G3).problems() == Ids{});
    CHECK(Scene(factory_table(), 1, G0).problems() == Ids{});
    auto upgraded = old_in_use();
    write_new(upgraded, 1, 2952, {1, 2});
    CHECK(Scene(upgraded).problems() == Ids{});
    CHECK(Scene(in_use()).causes() == Ids{});
}

TEST_CASE("both copies unusable", "[dct][rules]") {
    auto pair = in_use();
    pair[1][12] = 0;
    CHECK_FALSE(Scene(pair).fires("dct-both-unreadable"));
    pair[2][12] = 0;
    CHECK(Scene(pair).causes() == Ids{"dct-both-copies-invalid"});
    CHECK(Scene(TablePair{}).causes() == Ids{"dct-both-copies-invalid"});
    auto half = in_use();
    half[1].assign(0x4000, 0xFF);
    half[2][13] = 0;
    CHECK(Scene(half).causes() == Ids{"dct-both-copies-invalid"});
}

TEST_CASE("a reset to defaults, by new and by old code", "[dct][rules]") {
    CHECK(Scene(reinitialized_table()).causes() == Ids{"dct-reset-to-default"});
    TablePair old;
    std::copy_n(factory_table()[1].begin(), 388, old[1].begin());
    CHECK(Scene(old, 109, G3).causes() == Ids{"dct-reset-to-default"});
    write_old(old, 1, 34, Bytes(611, 0x5A));  // old code then makes a key and leaves no mark
    CHECK(Scene(old, 109, G3).causes() == Ids{"dct-reset-to-default"});
    CHECK(Scene(old, 109, G3).only("dct-default-table").confidence == Confidence::Likely);
    CHECK_FALSE(Scene(factory_table(), 1, G0).fires("dct-default-table"));  // a unit from the factory has its server key
    auto pair = reinitialized_table();
    write_new(pair, 1, 34, Bytes(611, 0x5A));
    CHECK_FALSE(Scene(pair).fires("dct-default-table"));  // there the mark survives, and the rules of the keys build on it
    CHECK(Scene(pair).only("dct-reinitialized-before").severity == Severity::Note);
}

TEST_CASE("an interrupted new write, at every step", "[dct][rules]") {
    for (int steps = 0; steps <= 7; ++steps) {
        INFO(steps);
        auto pair = in_use();
        write_new(pair, 1, 2952, {3, 4}, steps);
        const bool steady = steps == 0 || steps >= 6;
        CHECK(Scene(pair).causes() == (steady ? Ids{} : Ids{"dct-write-interrupted"}));
        CHECK(Scene(pair).problems() == (steady ? Ids{} : Ids{"dct-write-unfinished"}));
    }
}

TEST_CASE("an interrupted first new write beside the old format", "[dct][rules]") {
    for (int steps = 2; steps <= 7; ++steps) {
        INFO(steps);
        auto pair = old_in_use();
        write_new(pair, 1, 2952, {3, 4}, steps);
        CHECK(Scene(pair).causes() == (steps >= 6 ? Ids{} : Ids{"dct-write-interrupted"}));
    }
}

TEST_CASE("an interrupted old write, at every step and from either copy", "[dct][rules]") {
    for (int from : {1, 2})
        for (int steps = 0; steps <= 4; ++steps) {
            INFO(from << " " << steps);
            auto pair = old_in_use();
            if (from == 2) write_old(pair, 1, 1826, {1});
            write_old(pair, from, 2952, {3, 4}, steps);
            const bool unfinished = steps == 2 || steps == 3;
            CHECK(Scene(pair, 109, G3).causes() == (unfinished ? Ids{"dct-write-interrupted"} : Ids{}));
        }
}

TEST_CASE("an old copy that was half erased", "[dct][rules]") {
    auto pair = old_in_use();
    write_old(pair, 1, 2952, {3, 4}, 3);
    std::fill(pair[1].begin() + 0x2000, pair[1].end(), std::uint8_t{0xFF});
    CHECK(Scene(pair, 109, G3).causes() == Ids{"dct-write-interrupted"});
    auto header_first = old_in_use();
    write_old(header_first, 1, 2952, {3, 4}, 3);
    std::fill_n(header_first[1].begin(), 0x2000, std::uint8_t{0xFF});
    CHECK(Scene(header_first, 109, G3).causes() == Ids{"dct-write-interrupted"});
}

TEST_CASE("an erased other copy is normal for old code and for old bootloaders", "[dct][rules]") {
    auto pair = in_use();
    pair[2].assign(0x4000, 0xFF);
    CHECK(Scene(pair).causes() == Ids{"dct-write-interrupted"});
    CHECK(Scene(pair).only("dct-write-unfinished").confidence == Confidence::Likely);
    Scene with_old_bootloader(pair);
    with_old_bootloader.facts.system.bootloader_version = 11;
    CHECK(with_old_bootloader.causes() == Ids{});
    CHECK(Scene(old_in_use(), 109, G3).causes() == Ids{});
}

TEST_CASE("a table that 0.4.0 can no longer write", "[dct][rules]") {
    auto pair = factory_table();
    write_old(pair, 1, 100, {1}, 2);
    CHECK(Scene(pair, 1, G0).causes() == Ids{"dct-frozen"});
    CHECK(Scene(pair, 2, DctGeneration::G1).causes() == Ids{"dct-write-interrupted"});
    pair = factory_table();
    pair[2][0x3123] = 0xEF;  // one stray bit is enough
    CHECK(Scene(pair, 1, G0).causes() == Ids{"dct-frozen"});
    CHECK_FALSE(Scene(factory_table(), 1, G0).fires("dct-spare-unwritable"));
}

TEST_CASE("a bad checksum stands at the damaged byte, under the name of its field", "[dct][rules]") {
    auto pair = in_use();
    pair[1][0x1A58] ^= 8;
    const auto finding = Scene(pair).only("dct-copy-crc-mismatch");
    CHECK(finding.where.at == range_of(0x08005A58, 1));
    CHECK(finding.where.region == "DCT copy 1, Wi-Fi configuration");
    CHECK(finding.actual == "another");  // no checksum over what the table hides
    CHECK(Scene(pair).causes() == Ids{"dct-copy-crc-bad"});
    CHECK_FALSE(Scene(pair, 109, G3).fires("dct-copy-crc-mismatch"));  // code that does not know the checksum may leave it stale
    CHECK_FALSE(Scene(in_use()).fires("dct-copy-crc-mismatch"));
}

TEST_CASE("a bad checksum from damage in a key is told apart", "[dct][rules]") {
    struct Case {
        std::uint32_t offset;
        const char* id;
    };
    for (const auto& [offset, id] : {Case{34 + 60, "dct-crc-mismatch-in-device-key"}, Case{1250 + 5, "dct-crc-mismatch-in-public-key"},
                                     Case{2082 + 40, "dct-crc-mismatch-in-server-key"}, Case{2466, "dct-crc-mismatch-in-server-key"}}) {
        INFO(id);
        auto pair = in_use();
        pair[1][0x1D7C + offset] ^= 0x10;
        CHECK(Scene(pair).only(id).where.at == range_of(0x08005D7C + offset, 1));
        CHECK_FALSE(Scene(pair).fires("dct-copy-crc-mismatch"));
        CHECK(Scene(pair).causes() == Ids{"dct-copy-crc-bad"});
        CHECK_FALSE(Scene(in_use()).fires(id));
    }
}

TEST_CASE("a bad checksum whose place is not known stands on the copy", "[dct][rules]") {
    auto pair = in_use();
    pair[2].assign(0x4000, 0xFF);
    pair[1][0x1A58] ^= 8;
    CHECK(Scene(pair).only("dct-crc-mismatch-unlocated").where.at == range_of(0x08004000, 0x4000));
    CHECK_FALSE(Scene(in_use()).fires("dct-crc-mismatch-unlocated"));
}

TEST_CASE("G4 reads an outdated copy after a bad checksum", "[dct][rules]") {
    auto pair = in_use();
    write_new(pair, 1, 2952, {5, 6});  // current: copy 2
    pair[2][0x1A58] ^= 8;
    CHECK(Scene(pair, 205, G4).only("dct-outdated-copy-used").where.at == range_of(0x08009A58, 1));
    CHECK(Scene(pair, 205, G4).causes() == Ids{"dct-copy-crc-bad"});
    CHECK_FALSE(Scene(pair, 1512, G5).fires("dct-outdated-copy-used"));
}

TEST_CASE("damage in copies that are not used", "[dct][rules]") {
    auto pair = in_use();
    pair[2][0x1D7C + 100] ^= 1;
    CHECK(Scene(pair).only("dct-superseded-copy-damaged").where.at == range_of(0x08009DE0, 1));
    CHECK(Scene(pair).causes() == Ids{"dct-copy-crc-bad"});
    pair = in_use();
    pair[2][12] = 0;
    CHECK(Scene(pair).only("dct-other-copy-unreadable").where.at == range_of(0x08008000, 16));
    pair = in_use();
    pair[1][12] = 0;  // the newest one
    CHECK(Scene(pair).only("dct-current-copy-lost").where.at == range_of(0x08004000, 0x4000));
    CHECK_FALSE(Scene(pair).fires("dct-other-copy-unreadable"));
    CHECK(Scene(pair).causes() == Ids{"dct-copy-crc-bad"});
    pair = in_use();
    pair[1].assign(0x4000, 0xFF);
    CHECK(Scene(pair).causes() == Ids{"dct-copy-crc-bad"});
}

TEST_CASE("the newest copy that lost its rank is lost, not a write that was cut off", "[dct][rules]") {
    const auto lost = [](auto damage, DctGeneration generation = G5, std::uint16_t version = 1512) {
        auto pair = in_use();
        damage(pair[1]);
        return Scene(pair, version, generation);
    };
    const auto rejected_sizes = [](Bytes& table) { table[4] = 1; };
    const auto unfinished_mark = [](Bytes& table) { table[8] = 1; };
    const auto no_version = [](Bytes& table) { table[0x3FF0] ^= 1; };
    const auto unknown_version = [](Bytes& table) { table[0x3FF6] = 0x71; };
    const auto no_header = [](Bytes& table) { std::fill_n(table.begin(), 1024, std::uint8_t{0xFF}); };
    for (const auto& scene : {lost(rejected_sizes), lost(unfinished_mark), lost(no_version), lost(unknown_version), lost(no_header)}) {
        CHECK(scene.facts.dct.selected == 2);
        CHECK(scene.only("dct-current-copy-lost").where.at == range_of(0x08004000, 0x4000));
        CHECK_FALSE(scene.fires("dct-write-unfinished"));
        CHECK_FALSE(scene.fires("dct-outdated-copy-used"));
        CHECK(scene.causes() == Ids{"dct-copy-crc-bad"});
    }
    CHECK_FALSE(Scene(in_use()).fires("dct-current-copy-lost"));
    auto spare = in_use();
    spare[2][4] = 1;  // the previous one
    CHECK(Scene(spare).only("dct-other-copy-unreadable").actual == "a larger one");
    CHECK_FALSE(Scene(spare).fires("dct-current-copy-lost"));
}

TEST_CASE("tables that belong nowhere", "[dct][rules]") {
    const auto pair = in_use();
    for (Address at : {0x080C0000u, 0x0800C000u, 0x08010000u}) {
        INFO(at);
        auto image = table_image(pair);
        image.put(at, pair[2]);
        const Scene scene(image, 1512, G5);
        CHECK(scene.only("dct-stray-copy").where.at == range_of(at, 0x4000));
        CHECK(scene.causes() == Ids{"stray-dct-copy"});
    }
    auto foreign = old_in_use();  // current: copy 1
    foreign[2] = foreign[1];
    std::fill_n(foreign[2].begin() + 0x1D7C + 34, 300, std::uint8_t{0x11});
    std::fill_n(foreign[2].begin() + 0x1D7C + 2082, 294, std::uint8_t{0x22});
    CHECK(Scene(foreign, 109, G3).causes() == Ids{"stray-dct-copy"});
}

TEST_CASE("two superseded tables are not healthy", "[dct][rules]") {
    for (const int current : {1, 2}) {
        auto pair = in_use();
        if (current == 2) write_new(pair, 1, 2952, {3, 4});
        pair[current][9] = 0;
        const Scene scene(pair);
        const auto finding = scene.only("dct-both-superseded");
        REQUIRE(finding.rule);
        CHECK(finding.severity == Severity::Warning);
        CHECK(scene.causes() == Ids{"dct-copy-crc-bad"});
        // Both checksums fail then, and the second copy is taken: the older one if the first was current.
        CHECK(scene.facts.dct.selected == 2);
        CHECK((finding.explain.find("undone") != std::string::npos) == (current == 1));
    }
    CHECK_FALSE(Scene(in_use()).fires("dct-both-superseded"));
    CHECK_FALSE(Scene(old_in_use(), 109, G3).fires("dct-both-superseded"));
    auto lost = in_use();
    lost[1].assign(0x4000, 0xFF);  // the current one: another story
    CHECK_FALSE(Scene(lost).fires("dct-both-superseded"));
    CHECK(Scene(lost).causes() == Ids{"dct-copy-crc-bad"});
}

TEST_CASE("a write that stopped between the words of the header is an interruption", "[dct][rules]") {
    for (const bool by_new_code : {true, false})
        for (std::size_t words = 0; words <= 97; ++words) {
            auto pair = by_new_code ? in_use() : old_in_use();
            const int from = 1, made = 2;
            const auto before = pair;
            by_new_code ? write_new(pair, from, 1762, Bytes(20, 'B'), 3) : write_old(pair, from, 1762, Bytes(20, 'B'), 3);
            std::fill(pair[made].begin() + static_cast<std::ptrdiff_t>(4 * words), pair[made].begin() + 388, std::uint8_t{0xFF});
            INFO((by_new_code ? "new" : "old") << " code, " << words << " words of the header");
            const Scene scene(pair, by_new_code ? 1512 : 109, by_new_code ? G5 : G3);
            CHECK(scene.causes() == Ids{"dct-write-interrupted"});
            CHECK(scene.facts.dct.selected == from);
        }
}

TEST_CASE("a worn cell in the erased rest of a write hides nothing", "[dct][rules]") {
    auto pair = in_use();
    write_new(pair, 1, 1762, Bytes(20, 'B'), 2);
    std::fill(pair[2].begin() + 0x1000, pair[2].end(), std::uint8_t{0xFF});
    const auto clean = Scene(pair).facts.dct.copies[1].erased_from;
    pair[2][0x3000] = 0xBF;
    CHECK(Scene(pair).causes() == Ids{"dct-write-interrupted"});
    CHECK(Scene(pair).facts.dct.copies[1].erased_from == clean);
    pair[2][5] = 0xFE;  // and one in the header
    CHECK(Scene(pair).causes() == Ids{"dct-write-interrupted"});
}

TEST_CASE("which table is newer follows the sequence, past its wrap", "[dct][rules]") {
    auto pair = in_use();
    CHECK_FALSE(read_table(pair).other_is_newer());
    pair[1][9] = 0;  // the older copy is used now
    CHECK(read_table(pair).other_is_newer());
    pair[1][0x3FFD] = 0;
    pair[2][0x3FFD] = 255;
    CHECK(read_table(pair).other_is_newer());
    CHECK_FALSE(read_table(old_in_use(), G3).other_is_newer());
}
