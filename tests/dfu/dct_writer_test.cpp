// The emulated device must write its configuration table as the real code does, or "the remedy is true" would mean nothing.
#include "dfu/dct_writer.h"

#include "catch.h"
#include "support/shared.h"

using namespace photopsy;
using namespace photopsy::test;

static NorFlash with_tables(const Bytes& both) {
    NorFlash flash;
    std::copy(both.begin(), both.end(), flash.bytes.begin() + 0x4000);
    return flash;
}
static Bytes tables(const NorFlash& flash) { return {flash.bytes.begin() + 0x4000, flash.bytes.begin() + 0xC000}; }

/// Both sectors as the factory leaves them, without any content.
static NorFlash blank_factory() {
    NorFlash flash;
    Bytes header(388, 0);
    const Bytes marks{0, 1, 1, 0, 'B', 'R', 'C', 'M'};
    std::copy(marks.begin(), marks.end(), header.begin() + 8);
    (void)flash.program(0x4000, header);
    return flash;
}

TEST_CASE("each writer gives what the vendor's code gave, byte by byte", "[dfu]") {
    const auto& vectors = shared_archive("facts/dct-vectors.tar.zst");
    if (vectors.empty()) {
        WARN("no vectors of the vendor's DCT code beside this checkout");
        return;
    }
    const auto vector_of = [&](std::string_view name) {
        for (const auto& [path, bytes] : vectors)
            if (path.ends_with(name)) return bytes;
        FAIL("no vector " << name);
        return Bytes{};
    };
    const Bytes factory = vector_of("00_dct_prep_v0.4.0.bin");
    NorFlash flash = with_tables(factory);
    REQUIRE(write_dct(flash, DctCode::G5, 0, Bytes(32, 0x5A)));
    CHECK(flash.word(0x8000 + 0x3FF8) == 0x012CFD1E);
    REQUIRE(write_dct(flash, DctCode::G5, 34, Bytes(16, 0x11)));
    CHECK(tables(flash) == vector_of("20_G5_two_writes.bin"));

    NorFlash erased;
    CHECK(current_dct(erased, DctCode::G5) == 0x4000);
    CHECK(tables(erased) == vector_of("31_G5_reinit.bin"));
    REQUIRE(write_dct(erased, DctCode::G5, 0, Bytes(32, 0x33)));
    CHECK(tables(erased) == vector_of("32_G5_reinit_then_write.bin"));
    NorFlash erased_old;
    CHECK(current_dct(erased_old, DctCode::G0) == 0x4000);
    CHECK(tables(erased_old) == vector_of("30_G0_reinit.bin"));
}

TEST_CASE("a write goes to the other sector, and reading follows it", "[dfu]") {
    for (const DctCode code : {DctCode::G0, DctCode::G1, DctCode::G2, DctCode::G3, DctCode::G4, DctCode::G5}) {
        INFO(static_cast<int>(code));
        NorFlash flash = blank_factory();
        const Bytes first(40, 0xA5), second(40, 0x5A);
        REQUIRE(write_dct(flash, code, 34, first));
        REQUIRE(write_dct(flash, code, 34, second));
        const std::uint32_t at = current_dct(flash, code) + dct_application + 34;
        CHECK(Bytes(flash.bytes.begin() + at, flash.bytes.begin() + at + 40) == second);
        const std::uint32_t other = at >= 0x8000 ? 0x4000 : 0x8000;
        if (code < DctCode::G4)
            CHECK(all_erased(ByteView(flash.bytes).subspan(other, 0x4000)));
        else
            CHECK(flash.bytes[other + 9] == 0);
        CHECK_FALSE(write_dct(flash, code, 8836, first));
        CHECK_FALSE(write_dct(flash, code, 8800, first));
    }
}

TEST_CASE("a write marks the application as valid again after a re-initialisation", "[dfu]") {
    NorFlash flash;
    CHECK(current_dct(flash, DctCode::G5) == 0x4000);
    CHECK(flash.bytes[0x4000 + 10] == 0);
    REQUIRE(write_dct(flash, DctCode::G5, 34, Bytes(4, 0x11)));
    CHECK(flash.bytes[0x8000 + 10] == 1);
}

TEST_CASE("the code for the table goes by the bootloader up to 99", "[dfu]") {
    const std::pair<std::uint16_t, DctCode> rows[] = {{2, DctCode::G0}, {3, DctCode::G1}, {4, DctCode::G2}, {7, DctCode::G3}, {11, DctCode::G3}};
    for (const auto& [version, code] : rows) {
        NorFlash flash;
        flash.bytes[0x184 + 10] = static_cast<std::uint8_t>(version);
        flash.bytes[0x184 + 11] = 0;
        CHECK(dct_code_for_dfu(flash) == code);
    }
}

TEST_CASE("the first firmware never erases a spare sector without header, and can then not write at all", "[dfu]") {
    NorFlash flash = blank_factory();
    (void)flash.program(0x8000 + 5000, Bytes(100, 0x00));
    CHECK_FALSE(write_dct(flash, DctCode::G0, 34, Bytes(40, 0xA5)));
    NorFlash same = blank_factory();
    (void)same.program(0x8000 + 5000, Bytes(100, 0x00));
    CHECK(write_dct(same, DctCode::G1, 34, Bytes(40, 0xA5)));
}

TEST_CASE("from bootloader 100 on the table can be reached through sound system parts only", "[dfu]") {
    const auto& dumps = shared_archive("dumps/dumps.tar.zst");
    if (dumps.empty()) {
        WARN("no labelled dumps beside this checkout");
        return;
    }
    const auto code_of = [&](std::string_view name) {
        for (const auto& [path, bytes] : dumps)
            if (path.find(name) != std::string::npos) return dct_code_for_dfu(NorFlash{bytes});
        FAIL("no dump " << name);
        return std::optional<DctCode>{};
    };
    CHECK(code_of("d001-") == DctCode::G5);
    CHECK(code_of("d006-") == DctCode::G3);
    CHECK(code_of("d014-") == DctCode::G0);
    CHECK(code_of("d062-") == std::nullopt);  // part 2 with a flipped bit
    CHECK(code_of("d064-") == std::nullopt);  // part 1 with an erased sector
}
