#include "support/shared.h"
#include "support/table.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

static int choice(const TablePair& pair, DctGeneration generation) { return select_dct(pair[1], pair[2], generation); }

static void check_all(const TablePair& pair, int old_code, int g4, int g5) {
    for (auto generation : {DctGeneration::G0, DctGeneration::G1, DctGeneration::G2, DctGeneration::G3}) CHECK(choice(pair, generation) == old_code);
    CHECK(choice(pair, DctGeneration::G4) == g4);
    CHECK(choice(pair, DctGeneration::G5) == g5);
}

TEST_CASE("the vendor's own tables are selected as its code selects them", "[dct]") {
    struct Vector {
        const char* name;
        int old_code, g4, g5;
    };
    // Measured by running the shipped objects (docs/formats/dct.md, "Test vectors").
    static constexpr Vector vectors[] = {
        {"00_dct_prep_v0.4.0", 1, 1, 1},
        {"10_G0_after_write", 2, 2, 2},
        {"11_G0_powerloss_body_8000", 1, 1, 1},
        {"12_G2_powerloss_inplace_20", 2, 2, 2},
        {"20_G5_two_writes", 1, 1, 1},
        {"21_G5_powerloss_9000", 1, 1, 1},
        {"21_G5_powerloss_16000", 1, 1, 1},
        {"21_G5_powerloss_16380", 1, 1, 1},
        {"21_G5_powerloss_16384", 1, 1, 1},
        {"21_G5_powerloss_16385", 1, 2, 2},
        {"21_G5_powerloss_16386", 2, 2, 2},
        {"30_G0_reinit", 1, 1, 1},
        {"31_G5_reinit", 1, 1, 1},
        {"32_G5_reinit_then_write", 2, 2, 2},
        {"33_G5_then_oldbootloader_inplace", 2, 1, 2},
    };
    if (shared_archive("facts/dct-vectors.tar.zst").empty()) {
        WARN("no shared material: vendor vectors not checked");
        return;
    }
    std::size_t seen = 0;
    for (const auto& vector : vectors)
        seen += visit_vendor_tables(vector.name, [&](const std::string& path, const TablePair& pair) {
            INFO(path);
            check_all(pair, vector.old_code, vector.g4, vector.g5);
            if (path.find("20_G5_two_writes") == std::string::npos) return;
            CHECK(dct_crc(pair[1]) == 0x1AFA62D3);
            CHECK(dct_crc_with_current_mark(pair[2]) == 0x012CFD1E);
        });
    CHECK(seen == std::size(vectors));
}

TEST_CASE("a table without a good header is selected by nobody", "[dct]") {
    TablePair pair;
    check_all(pair, 0, 0, 0);
    pair = factory_table();
    check_all(pair, 1, 1, 1);
    pair[1][12] = 0;
    check_all(pair, 0, 0, 0);
}

TEST_CASE("each step of a new write selects as the firmware would", "[dct]") {
    for (int steps = 0; steps <= 7; ++steps) {
        INFO(steps);
        auto pair = factory_table();
        write_new(pair, 1, 100, {1, 2, 3});
        write_new(pair, 2, 200, {4, 5, 6}, steps);
        if (steps < 5)
            check_all(pair, 2, 2, 2);
        else
            check_all(pair, 1, 1, 1);
    }
}

TEST_CASE("each step of an old write selects as the firmware would", "[dct]") {
    for (int from : {1, 2}) {
        for (int steps = 0; steps <= 4; ++steps) {
            INFO(from << " " << steps);
            auto pair = factory_table();
            if (from == 2) write_old(pair, 1, 50, {9});
            write_old(pair, from, 100, {1, 2, 3}, steps);
            const int expected = steps < 3 ? from : steps == 3 ? 1 : 3 - from;
            check_all(pair, expected, expected, expected);
        }
    }
}

TEST_CASE("a sequence that wraps is no trouble once the old mark is cleared", "[dct]") {
    auto pair = factory_table();
    int from = 1;
    for (int i = 0; i < 256; ++i, from = 3 - from) write_new(pair, from, 100, {static_cast<std::uint8_t>(i)});
    CHECK(pair[from][0x3FFD] == 0);
    check_all(pair, from, from, from);
    // In the window before the mark is cleared the comparison without wrap takes the older one.
    pair = factory_table();
    from = 1;
    for (int i = 0; i < 255; ++i, from = 3 - from) write_new(pair, from, 100, {static_cast<std::uint8_t>(i)});
    write_new(pair, from, 100, {7}, 5);
    CHECK(choice(pair, DctGeneration::G5) == from);
}

TEST_CASE("with a bad checksum G4 falls back to copy 1 and G5 stays", "[dct]") {
    auto pair = factory_table();
    write_new(pair, 1, 100, {1});  // current: copy 2
    pair[2][0x1D7C + 500] ^= 1;
    // The old copy has no version struct, so a damaged new-format copy still beats it.
    check_all(pair, 2, 2, 2);
    write_new(pair, 2, 100, {2});
    write_new(pair, 1, 100, {3});  // current: copy 2, superseded: copy 1, both in the new format
    pair[2][0x1D7C + 500] ^= 1;
    check_all(pair, 2, 1, 2);
}

TEST_CASE("a default table is used as it stands", "[dct]") {
    auto pair = reinitialized_table();
    check_all(pair, 1, 1, 1);
    write_new(pair, 1, 100, {1});
    check_all(pair, 2, 2, 2);
}

TEST_CASE("used_size above full_size makes a copy unknown to new code only", "[dct]") {
    auto pair = factory_table();
    pair[1][4] = 1;
    check_all(pair, 1, 0, 0);
}
