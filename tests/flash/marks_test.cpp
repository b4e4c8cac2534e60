// What speaks for the place of a file and what does not: tables of other devices and of code, a bootloader that a system part carries, one copy of two.
#include "flash/marks.h"
#include "flash/dump_files.h"
#include "flash/toy_flash.h"
#include "photopsy.h"
#include "support/fleet_folder.h"
#include "support/sample/module.h"

#include <algorithm>
#include <random>

using namespace photopsy;
using namespace photopsy::test;

namespace {

using Of = CaptureDefect;

void lay(Bytes& flash, std::size_t at, const Bytes& bytes) { std::copy(bytes.begin(), bytes.end(), flash.begin() + static_cast<std::ptrdiff_t>(at)); }
void fill(Bytes& flash, std::size_t begin, std::size_t end, std::uint8_t value = 0xFF) {
    std::fill(flash.begin() + static_cast<std::ptrdiff_t>(begin), flash.begin() + static_cast<std::ptrdiff_t>(end), value);
}

/// A program without a Particle header: vectors, then what looks like code.
Bytes foreign_program(std::uint32_t start, std::size_t size) {
    std::mt19937 random(start);
    Bytes program;
    append_u32(program, 0x20020000);
    while (program.size() < 0x184) append_u32(program, start + 0x201 + static_cast<std::uint32_t>(program.size()));
    while (program.size() < size) program.push_back(static_cast<std::uint8_t>(random() >> 9));
    return program;
}

/// The header of a table that the WICED SDK wrote (pdct.h@v0.4.0:135-150), and nothing behind it.
Bytes bare_table() {
    Bytes table(388, 0);
    table[9] = table[10] = 1;
    lay(table, 12, {'B', 'R', 'C', 'M'});
    return table;
}

Bytes wiced_flash(std::size_t table, std::size_t program) {
    Bytes flash(0x100000, 0xFF);
    lay(flash, 0, foreign_program(0x08000000, 12000));
    lay(flash, table, bare_table());
    lay(flash, program, foreign_program(0x08000000 + static_cast<std::uint32_t>(program), 400000));
    return flash;
}

/// A toy flash as code up to 0.6.4 leaves it: the copy that is not in use is erased (docs/formats/dct.md). Without values in the EEPROM where not asked for.
Bytes with_one_copy(int copy, bool eeprom = false) {
    auto flash = toy_flash();
    fill(flash, 0x7FF0, 0x8000);  // that code knows no checksum
    if (copy == 2) lay(flash, 0x8000, cut(flash, 0x4000, 0x8000));
    fill(flash, copy == 1 ? 0x8000 : 0x4000, copy == 1 ? 0xC000 : 0x8000);
    if (!eeprom) fill(flash, 0xC000, 0x20000);
    return flash;
}

/// System part 2 with a bootloader inside, as up to 0.6.4 (docs/formats/module.md), in its place in a flash.
Bytes with_carried_bootloader(std::size_t& begin) {
    const auto& layout = *builtin_layout("photon");
    const auto release = *sample::find_release("0.6.3");
    const auto bootloader = sample::build_module(sample::spec_of(layout, *layout.slot("bootloader"), release, 3));
    auto spec = sample::spec_of(layout, *layout.slot("system-part2"), release, 3);
    spec.carries = bootloader;
    spec.length = 0x34000;
    const auto part2 = sample::build_module(spec);
    auto flash = toy_flash();
    lay(flash, 0x60000, part2);
    begin = 0x60000 + static_cast<std::size_t>(std::search(part2.begin(), part2.end(), bootloader.begin(), bootloader.end()) - part2.begin());
    return flash;
}

bool is_placed_at(const Capture& capture, const Bytes& flash, Address begin) {
    check_in_place(capture, flash);
    return !capture.image.present().empty() && capture.image.present().front().begin == begin;
}

std::set<std::string> judged(const Bytes& file) {
    const auto& layout = layout_for(file);
    const auto analysis = analyze(recognize(file, "dump.bin", "", layout), layout);
    std::set<std::string> found;
    for (const auto& finding : analysis.findings.all())
        if (!finding.rule->id.starts_with("file-")) found.insert(std::string(finding.rule->id));
    return found;
}

/// Something is said of the file that is not said of the whole flash from which it was cut.
bool judges(const Bytes& file, const Bytes& whole = {}) {
    const auto of_whole = whole.empty() ? std::set<std::string>{} : judged(whole);
    bool more = false;
    for (const auto& id : judged(file))
        if (!of_whole.count(id)) {
            UNSCOPED_INFO(id);
            more = true;
        }
    return more;
}

}  // namespace

TEST_CASE("a table of the WICED SDK and a program of somebody's own are no Photon", "[capture]") {
    for (const auto& [table, program] : {std::pair{0x4000, 0xC000}, {0x4000, 0x20000}, {0x8000, 0xC000}}) {
        CAPTURE(table, program);
        const auto flash = wiced_flash(static_cast<std::size_t>(table), static_cast<std::size_t>(program));
        const auto capture = read(flash);
        CHECK(defects(capture) == std::set{Of::OtherPlatform});
        CHECK(capture.image.present().empty());
        CHECK(said(capture).find("WICED") != std::string::npos);
        CHECK_FALSE(judges(flash));
        CHECK(defects(read(dfuse({{0x08000000, flash}}))) == std::set{Of::OtherPlatform});
    }
}

TEST_CASE("a Photon whose modules are all gone is known by what its table holds, or by nothing else being there", "[capture]") {
    const auto healthy = toy_flash();
    auto other_program = healthy, damaged = healthy, erased = healthy, bare = healthy;
    for (const std::size_t at : {0x0, 0x20000, 0x60000, 0xA0000, 0xE0000}) {
        const auto program = foreign_program(0x08000000 + static_cast<std::uint32_t>(at), 0x3000);
        lay(other_program, at, program);
        fill(damaged, at, at + 0x1000, 0);
        fill(erased, at, std::min<std::size_t>(at + 0x40000, at == 0 ? 0x4000 : 0x100000));
    }
    bare = erased;
    for (const std::size_t copy : {0x4000, 0x8000}) fill(bare, copy + 388, copy + 0x4000);
    for (const auto* flash : {&other_program, &damaged, &erased, &bare}) {
        CHECK_FALSE(read(*flash).has(Of::OtherPlatform));
        const auto capture = read(*flash);
        const auto table = capture.image.bytes(range_of(0x08004000, 388));
        CHECK(std::equal(table.begin(), table.end(), flash->begin() + 0x4000));
        CHECK(table.size() == 388);
    }
    auto with_header = wiced_flash(0x4000, 0x20000);  // a bootloader of Particle's over a foreign program: a Photon
    lay(with_header, 0, toy_module(0x08000000, 0x3A10, 6, 2, 0, 4));
    CHECK_FALSE(read(with_header).has(Of::OtherPlatform));
}

TEST_CASE("a bootloader that a system part carries does not place the piece in which it stands", "[capture]") {
    std::size_t begin = 0;
    const auto flash = with_carried_bootloader(begin);
    REQUIRE(begin < 0x100000);
    for (const auto& [from, to] : {std::pair<std::size_t, std::size_t>{begin - 0x2000, begin + 0x6000}, {begin - 0x8000, begin + 0x1000}, {0x80000, 0xA0000}}) {
        CAPTURE(from, to, begin);
        const auto piece = cut(flash, from, to);
        const auto capture = read(piece);
        CHECK_FALSE(capture.has(Of::Shifted));
        CHECK(capture.image.present().empty());
        CHECK_FALSE(judges(piece));
    }
    CHECK(is_placed_at(read(cut(flash, 0x40000, 0xA0000)), flash, 0x08040000));
    CHECK(is_placed_at(read(cut(flash, 0x60000, 0x90000)), flash, 0x08060000));
    CHECK(defects(read(flash)).empty());
    const Bytes prefix(0x123, 0xA7);  // what really stands before a flash is told by more than its bootloader
    CHECK(is_placed_at(read(prefix + flash), flash, 0x08000000));
}

TEST_CASE("a default table in code is none of the file's", "[capture]") {
    auto piece = foreign_program(0x08060000, 0x8000);
    fill(piece, 0, 4, 0x11);
    lay(piece, 0x1234, bare_table());
    CHECK(read(piece).image.present().empty());
    CHECK_FALSE(judges(piece));
}

TEST_CASE("a file that begins with the erased first copy begins with that", "[capture]") {
    for (const bool eeprom : {false, true}) {
        const auto flash = with_one_copy(2, eeprom);
        for (const std::size_t end : {0x30000, 0x80000, 0x100000}) {
            CAPTURE(eeprom, end);
            const auto capture = read(cut(flash, 0x4000, end));
            CHECK_FALSE(capture.has(Of::BytesLost));
            CHECK(capture.has(Of::Shifted));
            CHECK(is_placed_at(capture, flash, 0x08004000));
        }
        // No module is in it: the EEPROM's page tells the place, or nothing does.
        const auto shorter = cut(flash, 0x4000, 0x20000);
        const auto capture = read(shorter);
        CHECK_FALSE(judges(shorter, flash));
        if (eeprom)
            CHECK(is_placed_at(capture, flash, 0x08004000));
        else
            CHECK(defects(capture) == std::set{Of::DctOnly});
    }
    auto lost = toy_flash();  // bytes lost behind a whole beginning are still found
    lost.erase(lost.begin() + 0x9000, lost.begin() + 0xA000);
    CHECK(read(lost).has(Of::BytesLost));
}

TEST_CASE("one copy of the table and what lies behind it are not two copies", "[capture]") {
    for (const int copy : {1, 2})
        for (const bool eeprom : {false, true}) {
            CAPTURE(copy, eeprom);
            const auto flash = with_one_copy(copy, eeprom);
            const std::size_t begin = copy == 1 ? 0x4000 : 0x8000;
            for (const std::size_t length : std::initializer_list<std::size_t>{0x4000, 0x8000, 0x18000}) {
                const auto file = cut(flash, begin, begin + length);
                const auto capture = read(file);
                CHECK_FALSE(judges(file, flash));
                const bool told = eeprom && copy == 2 && length == 0x18000;  // page 1 behind copy 1 could be page 2 behind copy 2
                CHECK(capture.has(Of::DctOnly) != told);
                if (eeprom && copy == 2 && length > 0x4000) CHECK(is_placed_at(capture, flash, 0x08000000 + static_cast<Address>(begin)));
            }
        }
    const auto both = toy_flash();
    CHECK(is_placed_at(read(cut(both, 0x4000, 0xC000)), both, 0x08004000));
    CHECK(read(cut(both, 0x4000, 0xC000)).image.present().front().size() == 0x8000);
    auto second_hit = both;  // the mark of the second copy is gone, its data are there
    fill(second_hit, 0x8000, 0x8184);
    CHECK(read(cut(second_hit, 0x4000, 0xC000)).image.present().front().size() == 0x8000);
}

TEST_CASE("a piece of code that begins like system flags is no upload of the table", "[capture]") {
    auto piece = foreign_program(0x08060000, 0x4000);
    fill(piece, 0, 1, 0xC0);
    CHECK_FALSE(read(piece).has(Of::DctOnly));
    CHECK(read(piece).has(Of::OtherPlatform));
    Bytes factory(0x4000, 0xFF), flags = factory;  // what the factory leaves, and what code up to 0.6.4 writes
    factory[0] = 0xC0;
    lay(flags, 0, {0xC0, 0xAC, 0xDE, 0x1A});
    CHECK(read(factory).has(Of::DctOnly));
    CHECK(read(flags).has(Of::DctOnly));
}

TEST_CASE("an Electron's second copy and the page of the EEPROM behind it are not two copies", "[capture]") {
    const auto& layout = *builtin_layout("electron");
    auto flash = test::dump_of("electron-healthy-2.3.1");
    lay(flash, 0xC000, {0x00, 0x00, 0xFF, 0xFF});  // a page in use
    const auto behind = recognize(cut(flash, 0x8000, 0x10000), "dump.bin", "", layout);
    REQUIRE_FALSE(behind.image.present().empty());
    CHECK(behind.image.present().front().begin == 0x08008000);
    const auto both = recognize(cut(flash, 0x4000, 0xC000), "dump.bin", "", layout);
    CHECK(both.image.present().front() == Range{0x08004000, 0x0800C000});
}

TEST_CASE("the mark of an Electron's table inside code is no table", "[capture]") {
    const auto& layout = *builtin_layout("electron");
    auto piece = foreign_program(0x08020000, 0x20000);
    lay(piece, 0x10C38, {0x9A, 0x27, 0x1C, 0x1E, 0x00, 0x5E, 0xA1, 0xED});
    const auto anchors = find_anchors(piece, layout);
    REQUIRE(anchors.size() == 1);
    CHECK(without_carried(piece, anchors, layout).empty());
    const auto flash = test::dump_of("electron-healthy-2.3.1");
    auto shifted = Bytes(0x124, 0x55);  // a table with data speaks at any place
    shifted.insert(shifted.end(), flash.begin() + 0x4000, flash.begin() + 0xC000);
    const auto tables = find_anchors(shifted, layout);
    CHECK(without_carried(shifted, tables, layout).size() == tables.size());
}
