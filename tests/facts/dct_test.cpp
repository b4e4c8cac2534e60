#include "facts/dct_format.h"
#include "support/shared.h"
#include "support/table.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;
using State = DctCopyState;

static TablePair written_twice() {
    auto pair = factory_table();
    write_new(pair, 1, 34, Bytes(16, 0x5A));
    write_new(pair, 2, 2952, {1, 2});
    return pair;  // current: copy 1, superseded: copy 2
}

static State state_of(const Dct& dct, int number) { return dct.copy(number)->state; }

TEST_CASE("the checksum of a made table is what the formula says", "[dct]") {
    // Figures of our own: computed with the reference model in Python.
    Bytes erased(0x4000, 0xFF), zero(0x4000, 0);
    auto pair = written_twice();
    CHECK(pair[1][0x3FFD] == 2);
    CHECK(dct_crc(pair[1]) == little_endian<std::uint32_t>(ByteView(pair[1]).subspan(0x3FF8)));
    auto other = pair[1];
    other[8] = 1;  // write_incomplete and initial_write are not checked
    other[0x3FFC] = 1;
    CHECK(dct_crc(other) == dct_crc(pair[1]));
    other[9] = 0;
    CHECK(dct_crc(other) != dct_crc(pair[1]));
    CHECK(dct_crc_with_current_mark(other) == dct_crc(pair[1]));
}

TEST_CASE("a steady pair: current and superseded", "[dct]") {
    const auto dct = read_table(written_twice());
    CHECK(dct.selected == 1);
    CHECK(state_of(dct, 1) == State::Current);
    CHECK(state_of(dct, 2) == State::Superseded);
    CHECK(dct.current()->crc_good());
    CHECK_FALSE(dct.other()->crc_good());
    CHECK(dct.alternate_is_recent_write);
    CHECK_FALSE(dct.current()->damage);
    CHECK_FALSE(dct.other()->damage);
    CHECK(dct.selection_by_family == std::array<int, 3>{1, 1, 1});
    CHECK(dct.strays.empty());
    CHECK_FALSE(dct.would_reinitialize);
}

TEST_CASE("the first new write leaves an older format behind", "[dct]") {
    auto pair = factory_table();
    write_new(pair, 1, 34, Bytes(16, 0x5A));
    const auto dct = read_table(pair);
    CHECK(state_of(dct, 1) == State::OlderFormat);
    CHECK(state_of(dct, 2) == State::Current);
}

TEST_CASE("every step of an interrupted new write is named", "[dct]") {
    const State expected[] = {State::Superseded, State::Erased,    State::Incomplete, State::Incomplete,
                              State::Incomplete, State::ValidTwin, State::Superseded, State::Superseded};
    for (int steps = 0; steps <= 7; ++steps) {
        INFO(steps);
        auto pair = written_twice();
        write_new(pair, 1, 300, {9, 9, 9}, steps);
        const auto dct = read_table(pair);
        REQUIRE(dct.selected == (steps < 5 ? 1 : 2));
        CHECK(dct.other()->state == expected[steps]);
    }
}

TEST_CASE("an interrupted body copy is told from wear", "[dct]") {
    auto pair = factory_table();
    auto cut = pair;
    write_old(cut, 1, 300, {9}, 2);
    std::fill(cut[2].begin() + 0x1D7C + 2100, cut[2].end(), std::uint8_t{0xFF});
    CHECK(state_of(read_table(cut, DctGeneration::G3), 2) == State::Incomplete);
    CHECK(read_table(cut, DctGeneration::G3).copy(2)->erased_from == 0x1D7C + 2100);
    pair[2][0x1234] = 0xFE;  // one stray bit in an erased copy
    pair[2][0x2345] = 0x7F;
    const auto worn = read_table(pair, DctGeneration::G0);
    CHECK(state_of(worn, 2) == State::NearlyErased);
    CHECK(worn.copy(2)->zero_bits_outside_header == 2);
}

TEST_CASE("two valid copies of the old format", "[dct]") {
    auto pair = factory_table();
    write_old(pair, 1, 300, {9}, 3);
    const auto dct = read_table(pair, DctGeneration::G3);
    CHECK(dct.selected == 1);
    CHECK(state_of(dct, 2) == State::ValidTwin);
}

TEST_CASE("both headers lost", "[dct]") {
    auto pair = written_twice();
    pair[1][12] = pair[2][12] = 0;
    const auto dct = read_table(pair);
    CHECK_FALSE(dct.selected);
    CHECK(dct.would_reinitialize);
    CHECK(state_of(dct, 1) == State::Unreadable);
    CHECK(state_of(dct, 2) == State::Unreadable);
    CHECK(dct.field_at(table_layout(), "device_private_key").empty());
    CHECK(dct.field_at(table_layout(), "device_private_key", 2) == range_of(0x08009D9E, 1216));
}

TEST_CASE("default tables are recognized, and their mark for ever", "[dct]") {
    auto pair = reinitialized_table();
    auto dct = read_table(pair);
    CHECK(dct.current()->fresh_default);
    CHECK(dct.current()->reinitialized_mark);
    CHECK_FALSE(dct.current()->damage);
    write_new(pair, 1, 34, {1});
    dct = read_table(pair);
    CHECK_FALSE(dct.current()->fresh_default);
    CHECK(dct.current()->reinitialized_mark);
    CHECK(dct.other()->state == State::Superseded);
    TablePair old;
    std::copy_n(factory_table()[1].begin(), 388, old[1].begin());
    dct = read_table(old, DctGeneration::G3);
    CHECK(dct.current()->fresh_default);
    CHECK_FALSE(dct.current()->reinitialized_mark);
    CHECK_FALSE(read_table(factory_table()).current()->fresh_default);
}

TEST_CASE("a table that lies where none belongs is found", "[dct]") {
    const auto pair = written_twice();
    auto image = table_image(pair);
    image.put(0x080C3000, pair[2]);
    const auto dct = read_dct(image, table_layout(), DctGeneration::G5);
    REQUIRE(dct.strays.size() == 1);
    CHECK(dct.strays[0] == range_of(0x080C3000, 0x4000));
}

TEST_CASE("fields without headers: an upload over DFU alt 1", "[dct]") {
    const auto pair = written_twice();
    Image image(range_of(0x08000000, 0x100000));
    image.put(0x08005D7C, ByteView(pair[1]).subspan(0x1D7C));
    const auto dct = read_dct(image, table_layout(), DctGeneration::G5);
    CHECK(dct.from_dfu_upload);
    CHECK_FALSE(dct.selected);
    CHECK_FALSE(dct.would_reinitialize);
    CHECK(state_of(dct, 1) == State::NotInFile);
    CHECK(dct.field_at(table_layout(), "server_public_key") == range_of(0x0800659E, 384));
    for (const auto& field : dct.fields)
        if (field.field->name == "server_public_key") CHECK(field.state == DctFieldFact::State::Set);
}

TEST_CASE("half a pair is judged by its own marks", "[dct]") {
    const auto pair = written_twice();
    for (int number : {1, 2}) {
        Image image(range_of(0x08000000, 0x100000));
        image.put(number == 1 ? 0x08004000 : 0x08008000, pair[number]);
        const auto dct = read_dct(image, table_layout(), DctGeneration::G5);
        CHECK(dct.selected.has_value() == (number == 1));
        CHECK_FALSE(dct.would_reinitialize);
    }
    CHECK(read_dct(Image(range_of(0x08000000, 0x100000)), table_layout(), DctGeneration::G5).copies.size() == 2);
}

TEST_CASE("places in a copy have names", "[dct]") {
    const auto dct = read_table(written_twice());
    CHECK(dct.place_name(table_layout(), range_of(0x08005D9E, 4)) == "DCT copy 1, device private key");
    CHECK(dct.place_name(table_layout(), range_of(0x08009A30, 4)) == "DCT copy 2, Wi-Fi configuration");
    CHECK(dct.place_name(table_layout(), range_of(0x08008000, 4)) == "DCT copy 2");
}

TEST_CASE("the states of the vendor's own tables", "[dct]") {
    struct Vector {
        const char* name;
        DctGeneration generation;
        State one, two;
    };
    static constexpr auto G0 = DctGeneration::G0, G2 = DctGeneration::G2, G5 = DctGeneration::G5;
    static constexpr Vector vectors[] = {
        {"00_dct_prep_v0.4.0", G0, State::Current, State::Erased},
        {"10_G0_after_write", G0, State::Erased, State::Current},
        {"11_G0_powerloss_body_8000", G0, State::Current, State::Incomplete},
        {"12_G2_powerloss_inplace_20", G2, State::Erased, State::Current},
        {"20_G5_two_writes", G5, State::Current, State::Superseded},
        {"21_G5_powerloss_9000", G5, State::Current, State::Incomplete},
        {"21_G5_powerloss_16000", G5, State::Current, State::Incomplete},
        {"21_G5_powerloss_16380", G5, State::Current, State::Incomplete},
        {"21_G5_powerloss_16384", G5, State::Current, State::Incomplete},
        {"21_G5_powerloss_16385", G5, State::ValidTwin, State::Current},
        {"21_G5_powerloss_16386", G5, State::Superseded, State::Current},
        {"30_G0_reinit", G0, State::Current, State::Erased},
        {"31_G5_reinit", G5, State::Current, State::Erased},
        {"32_G5_reinit_then_write", G5, State::Superseded, State::Current},
        {"33_G5_then_oldbootloader_inplace", G5, State::Superseded, State::Current},
    };
    if (shared_archive("facts/dct-vectors.tar.zst").empty()) WARN("no shared material: vendor vectors not checked");
    for (const auto& vector : vectors)
        visit_vendor_tables(vector.name, [&](const std::string& path, const TablePair& pair) {
            INFO(path);
            const auto dct = read_table(pair, vector.generation);
            CHECK(name_of(state_of(dct, 1)) == name_of(vector.one));
            CHECK(name_of(state_of(dct, 2)) == name_of(vector.two));
            if (path.find("33_G5") == std::string::npos) return;
            // An old bootloader wrote system flags in place: the damage is confined to the first 32 bytes of the application data.
            REQUIRE(dct.copy(2)->damage);
            for (auto place : dct.copy(2)->damage->places) CHECK(range_of(0x08009D7C, 32).contains(place));
            CHECK(dct.copy(2)->damage->proof != DctDamage::Proof::None);
        });
}
