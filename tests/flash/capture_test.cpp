// Each way a dump goes wrong, made from a good one: named by its defect, by nothing else, and read at the right addresses.
#include "flash/capture.h"

#include "catch.h"
#include "flash/toy_flash.h"
#include "support/shared.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>

using namespace photopsy;
using photopsy::test::toy_flash;
using photopsy::test::ToyFlash;
using Bytes = std::vector<std::uint8_t>;
using Defect = CaptureDefect;

static Capture read(const Bytes& file) { return recognize(file, "dump.bin", "", layout_for(file)); }

static std::set<Defect> defects(const Capture& capture) {
    std::set<Defect> found;
    for (const auto& problem : capture.problems) {
        INFO(problem.detail);
        CHECK_FALSE(problem.detail.empty());
        CHECK(problem.where.begin <= problem.where.end);
        found.insert(problem.defect);
    }
    return found;
}

static void expect(const char* what, const Bytes& file, std::set<Defect> wanted) {
    INFO(what);
    const auto capture = read(file);
    for (const auto& problem : capture.problems) UNSCOPED_INFO(problem.detail);
    CHECK(defects(capture) == wanted);
}

static Bytes cut(const Bytes& flash, std::size_t begin, std::size_t end) {
    return {flash.begin() + static_cast<std::ptrdiff_t>(begin), flash.begin() + static_cast<std::ptrdiff_t>(end)};
}
static Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
static Bytes repeated(const Bytes& block, std::size_t times) {
    Bytes all;
    for (std::size_t i = 0; i < times; ++i) all = std::move(all) + block;
    return all;
}

/// Every byte that the capture holds stands where the flash has it.
static void check_in_place(const Capture& capture, const Bytes& flash) {
    for (const auto part : capture.image.present()) {
        const auto bytes = capture.image.bytes(part);
        INFO(fmt::format("0x{:08x} to 0x{:08x}", part.begin, part.end));
        CHECK(std::equal(bytes.begin(), bytes.end(), flash.begin() + (part.begin - 0x08000000)));
    }
}

static std::vector<Bytes> healthy_flashes() {
    return {toy_flash(), toy_flash({.user = false}), toy_flash({.ota = true}), toy_flash({.platform_id = 8}),
            toy_flash({.user = false, .factory = false, .seed = 9})};
}

TEST_CASE("a whole flash has no defect", "[capture]") {
    for (const auto& flash : healthy_flashes()) {
        const auto capture = read(flash);
        CHECK(defects(capture).empty());
        CHECK_FALSE(capture.untrustworthy());
        CHECK(capture.format == "raw");
        CHECK(capture.image.has(capture.image.range()));
        check_in_place(capture, flash);
    }
    CHECK(layout_for(toy_flash()).name == "photon");
    CHECK(layout_for(toy_flash({.platform_id = 8})).name == "p1");
}

TEST_CASE("a file that ends early is truncated, whatever its length", "[capture]") {
    const auto flash = toy_flash();
    for (const std::size_t size : {3u, 500u, 0x1000u, 0x4000u, 0x8000u, 49152u, 0x20000u, 0x78000u, 983040u, 1048575u, 1048559u}) {
        CAPTURE(size);
        const auto capture = read(cut(flash, 0, size));
        CHECK(defects(capture) == std::set{Defect::Truncated});
        REQUIRE(capture.problems.size() == 1);
        CHECK(capture.problems[0].where == Range{0x08000000 + static_cast<Address>(size), 0x08100000});
        CHECK(capture.untrustworthy());
        check_in_place(capture, flash);
    }
    expect("one firmware file", test::toy_module(0x08060000, 0x3B2C4, 6, 4, 2, 5), {Defect::Truncated});
    expect("one user firmware file", test::toy_module(0x080A0000, 0x2000, 6, 5, 1, 5), {Defect::Truncated});
}

TEST_CASE("a file that begins late or with junk is shifted and read at its true addresses", "[capture]") {
    for (const auto& flash : healthy_flashes()) {
        for (const std::size_t begin : {16u, 0x100u, 0x184u, 0x200u, 0x4000u, 0x8000u, 0xC000u, 0x20000u}) {
            CAPTURE(begin);
            for (const auto& file : {cut(flash, begin, flash.size()), cut(flash, begin, flash.size()) + Bytes(begin, 0xFF)}) {
                const auto capture = read(file);
                CHECK(defects(capture) == std::set{Defect::Shifted});
                CHECK(capture.problems[0].where == Range{0x08000000, 0x08000000 + static_cast<Address>(begin)});
                check_in_place(capture, flash);
            }
        }
        const auto junk = read(Bytes(37, 'x') + flash);
        CHECK(defects(junk) == std::set{Defect::Shifted});
        check_in_place(junk, flash);
    }
}

TEST_CASE("swapped bytes are put back in order", "[capture]") {
    const auto flash = toy_flash();
    for (const std::size_t order : {1u, 2u, 3u}) {
        Bytes file(flash.size());
        for (std::size_t i = 0; i < file.size(); ++i) file[i] = flash[i ^ order];
        const auto capture = read(file);
        CHECK(defects(capture) == std::set{Defect::Byteswapped});
        CHECK(capture.image.has(capture.image.range()));
        check_in_place(capture, flash);
    }
}

TEST_CASE("bytes lost in the middle are noticed, and what stands behind them is read where it belongs", "[capture]") {
    const auto flash = toy_flash();
    for (const std::size_t at : {0x1000u, 0x5000u, 0x21000u, 0x30000u, 0x70000u, 0x80000u}) {
        for (const std::size_t count : {1u, 17u, 512u, 4096u}) {
            CAPTURE(at, count);
            const auto capture = read(cut(flash, 0, at) + cut(flash, at + count, flash.size()));
            CHECK(defects(capture) == std::set{Defect::BytesLost});
            REQUIRE_FALSE(capture.problems.empty());
            CHECK(capture.problems[0].length == count);
            CHECK(capture.problems[0].where.contains(0x08000000 + static_cast<Address>(at)));
            check_in_place(capture, flash);
        }
    }
    const auto thrice = cut(flash, 0, 0x5000) + cut(flash, 0x5011, 0x30000) + cut(flash, 0x30011, 0x70000) + cut(flash, 0x70011, flash.size());
    const auto capture = read(thrice);
    CHECK(defects(capture) == std::set{Defect::BytesLost});
    CHECK(capture.problems.size() == 3);
    check_in_place(capture, flash);
    const auto lonely = toy_flash({.user = false, .factory = false});
    expect("no module behind the loss", cut(lonely, 0, 0x70000) + cut(lonely, 0x70011, lonely.size()), {Defect::BytesLost});
    expect("filled up at the end", cut(flash, 0, 0x70000) + cut(flash, 0x70040, flash.size()) + Bytes(64, 0xFF), {Defect::BytesLost});
}

TEST_CASE("blocks that were read twice are noticed, and only the first is believed", "[capture]") {
    const auto flash = toy_flash();
    const auto block = cut(flash, 0x30000, 0x31000);
    const struct {
        const char* what;
        Bytes file;
    } cases[] = {
        {"one block for everything", repeated(cut(flash, 0, 4096), 256)},
        {"stuck from a point on", cut(flash, 0, 0x31000) + repeated(block, (flash.size() - 0x31000) / 4096)},
        {"one block twice", cut(flash, 0, 0x31000) + block + cut(flash, 0x32000, flash.size())},
        {"64 KiB in the middle again", cut(flash, 0, 0x30000) + cut(flash, 0x20000, 0x30000) + cut(flash, 0x40000, flash.size())},
        {"the first 128 KiB all over", repeated(cut(flash, 0, 0x20000), 8)},
    };
    for (const auto& repeated_case : cases) {
        expect(repeated_case.what, repeated_case.file, {Defect::RepeatedBlocks});
        check_in_place(read(repeated_case.file), flash);
    }
    auto zeroed = flash;
    std::fill_n(zeroed.begin() + 0x23000, 4096, std::uint8_t{0});
    expect("one zeroed block is damage of a module", zeroed, {});
    for (const std::size_t at : {0x5000u, 0x67000u, 0xB0000u}) std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(at), 4096, std::uint8_t{0});
    expect("zeroed blocks everywhere", zeroed, {Defect::RepeatedBlocks});
}

TEST_CASE("an owner's own data may repeat where nothing of the flash's must stand", "[capture]") {
    const auto flash = toy_flash({.factory = false});
    std::mt19937 random(4);
    const auto noise = [&](std::size_t size) {
        Bytes bytes(size);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 9);
        return bytes;
    };
    const auto with = [&](std::size_t at, const Bytes& data) {
        auto changed = flash;
        std::copy(data.begin(), data.end(), changed.begin() + static_cast<std::ptrdiff_t>(at));
        return changed;
    };
    const std::size_t spare[] = {0xA2000, 0xB0000, 0xBC000, 0xC0000, 0xD1000, 0xE4000, 0xF8000};
    for (const auto at : spare)
        for (const std::size_t period : {16u, 48u, 512u, 1024u, 4096u, 8192u}) {
            CAPTURE(at, period);
            expect("a log or table with a period", with(at, repeated(noise(period), 0x4000 / period)), {});
            expect("constant pages", with(at, Bytes(0x3000, static_cast<std::uint8_t>(random()))), {});
        }
    auto zeros = flash;
    for (const auto at : spare) std::fill_n(zeros.begin() + static_cast<std::ptrdiff_t>(at), 0x1000, std::uint8_t{0});
    expect("pages of zeros in every spare place", zeros, {});
    // In the application: whole, it is whatever it is; with a wrong checksum only what has no period of its own is a read gone wrong.
    auto application = test::toy_module(0x080A0000, 0x9000, 6, 5, 1, 3);
    const auto table = repeated(noise(64), 0x4000 / 64);
    std::copy(table.begin(), table.end(), application.begin() + 0x2123);
    expect("a table in an application with a wrong bit", with(0xA0000, application), {});
    const auto block = Bytes(application.begin() + 0x1000, application.begin() + 0x2000);
    std::copy(block.begin(), block.end(), application.begin() + 0x7000);
    std::copy(block.begin(), block.end(), application.begin() + 0x8000);
    std::copy(block.begin(), block.end(), application.begin() + 0x6000);
    expect("a block of an application again and again", with(0xA0000, application), {Defect::RepeatedBlocks});
    // Two equal copies of the table are two tables, and the key in them is looked at.
    const auto twins = with(0x8000, cut(flash, 0x4000, 0x8000));
    const auto capture = read(twins);
    CHECK(defects(capture).empty());
    CHECK(capture.image.has({0x08004000, 0x0800C000}));
}

TEST_CASE("a stuck read is noticed wherever it ran over something that must stand there", "[capture]") {
    std::mt19937 random(17);
    std::size_t noticed = 0, runs = 0;
    for (int run = 0; run < 60; ++run) {
        const auto flash = toy_flash({.ota = run % 2 == 0, .seed = 100u + static_cast<unsigned>(run)});
        const std::size_t unit = 1024u << random() % 3, times = 2 + random() % 12;
        const std::size_t at = (0x20000 + random() % 0x78000) / unit * unit;
        const auto block = cut(flash, at, at + unit);
        if (std::all_of(block.begin(), block.end(), [&](auto byte) { return byte == block[0]; })) continue;
        auto file = flash;
        for (std::size_t i = 1; i <= times; ++i) std::copy(block.begin(), block.end(), file.begin() + static_cast<std::ptrdiff_t>(at + i * unit));
        CAPTURE(at, unit, times);
        const auto capture = read(file);
        ++runs;
        // Where all of it fell behind a module, nothing was overwritten.
        const bool in_module = at + unit < 0x54F00 || (at >= 0x60000 && at + unit < 0x9B2C4) || at + (times + 1) * unit > 0x60000;
        if (!in_module) continue;
        CHECK(capture.has(Defect::RepeatedBlocks));
        noticed += capture.has(Defect::RepeatedBlocks);
        check_in_place(capture, flash);
    }
    CHECK(runs > 40);
    CHECK(noticed * 10 >= runs * 7);
}

TEST_CASE("a dump that is too long is judged by its flash", "[capture]") {
    const auto flash = toy_flash();
    for (const auto& tail : {Bytes(65536, 0), Bytes(16, 0), Bytes(1048576, 0), flash, cut(flash, 0, 1000), repeated(flash, 3)}) {
        const auto capture = read(flash + tail);
        CHECK(defects(capture) == std::set{Defect::Oversized});
        CHECK(capture.problems[0].length == tail.size());
        CHECK_FALSE(capture.untrustworthy());
        check_in_place(capture, flash);
    }
    Bytes text_mode;
    for (auto byte : flash) {
        if (byte == '\n') text_mode.push_back('\r');
        text_mode.push_back(byte);
    }
    expect("a transfer in text mode", text_mode, {Defect::Oversized});
    check_in_place(read(text_mode), flash);
}

TEST_CASE("a file of the configuration table alone is no truncated dump", "[capture]") {
    const auto flash = toy_flash();
    expect("both copies", cut(flash, 0x4000, 0xC000), {Defect::DctOnly});
    expect("one copy", cut(flash, 0x8000, 0xC000), {Defect::DctOnly});
    for (const std::size_t begin : {0x5D7Cu, 0x9D7Cu}) {
        const auto upload = read(cut(flash, begin, begin + 16384));
        CHECK(defects(upload) == std::set{Defect::DctOnly});
        CHECK(upload.is_dct_upload);
        CHECK(std::vector<Range>(upload.image.present().begin(), upload.image.present().end()) == std::vector<Range>{{0x08005D7C, 0x08008000}});
    }
    CHECK_FALSE(read(cut(flash, 0x4000, 0xC000)).is_dct_upload);
    const auto zeros = read(Bytes(16384, 0));
    CHECK(defects(zeros) == std::set{Defect::Blank});
    CHECK(zeros.problems[0].detail.find("cannot reach the configuration table") != std::string::npos);
}

TEST_CASE("blank, empty and foreign files are called by their name", "[capture]") {
    expect("FF", Bytes(1048576, 0xFF), {Defect::Blank});
    expect("00", Bytes(1048576, 0), {Defect::Blank});
    expect("empty", {}, {Defect::Empty});
    const auto text = [](std::string_view words) { return Bytes(words.begin(), words.end()); };
    for (const auto* words :
         {"-----BEGIN RSA PRIVATE KEY-----\n", "<!DOCTYPE html><html></html>", "{\"a\": 1}", "dfu-util 0.9\nNo DFU capable USB device available\n",
          "\x89PNG\r\n\x1a\n....", "S00600004844521B\nS31508000000000002205D2E0008\n", "hello, this is a letter about my Photon\n"}) {
        CAPTURE(words);
        const auto capture = read(text(words));
        CHECK(defects(capture) == std::set{Defect::NotBinary});
        CHECK(capture.image.present().empty());
    }
    std::mt19937 random(3);
    Bytes foreign(1048576);
    for (auto& byte : foreign) byte = static_cast<std::uint8_t>(random() >> 9);
    expect("random", foreign, {Defect::OtherPlatform});
    expect("little", cut(foreign, 0, 200), {Defect::NotBinary});
    for (const auto* few : {"a", "x\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
        const auto capture = read(text(few));
        CHECK(defects(capture) == std::set{Defect::NotBinary});
        CHECK(capture.problems[0].detail.find("text") != std::string::npos);
    }
    expect("one erased byte", Bytes(1, 0xFF), {Defect::NotBinary});
    expect("a line of blanks", Bytes(4096, ' '), {Defect::NotBinary});
}

TEST_CASE("firmware of any other platform is named, and a header that was hit is none", "[capture]") {
    const std::pair<std::uint16_t, const char*> platforms[] = {{88, "RedBear Duo"}, {4, "Photon development board"}, {9, "Ethernet"},
                                                               {103, "Bluz"},       {82, "Digistump Oak"},           {31, "Raspberry Pi"},
                                                               {14, "Xenon"},       {4321, "platform id 4321"}};
    for (const auto& [id, name] : platforms) {
        CAPTURE(id);
        const auto capture = read(toy_flash({.platform_id = id}));
        CHECK(defects(capture) == std::set{Defect::OtherPlatform});
        CHECK(capture.problems.back().detail.find(name) != std::string::npos);
        const auto one = read(test::toy_module(0x08060000, 0x3B2C4, id, 4, 2, 5));
        CHECK(defects(one) == std::set{Defect::Truncated, Defect::OtherPlatform});
    }
    // Bits of one header's platform id are wrong: damage, whatever device the number now names.
    for (const int id : {2, 4, 7, 14, 22, 70}) {
        CAPTURE(id);
        auto hit = toy_flash({.user = false, .factory = false});
        hit[0x184 + 12] = static_cast<std::uint8_t>(id);
        CHECK(defects(read(hit)).empty());
    }
}

TEST_CASE("a firmware module by itself is called that, filled up or not, alone or with others", "[capture]") {
    const auto part2 = test::toy_module(0x08060000, 0x3B2C4, 6, 4, 2, 5), boot = test::toy_module(0x08000000, 0x3A10, 6, 2, 0, 4);
    for (const auto& file : {part2, part2 + Bytes(0x100000 - part2.size(), 0xFF), part2 + Bytes(500, 0), boot}) {
        const auto capture = read(file);
        CHECK(defects(capture) == std::set{Defect::Truncated});
        REQUIRE(capture.problems.size() == 1);
        CHECK(capture.problems[0].detail.find("one firmware module") != std::string::npos);
        CHECK(capture.image.present().size() == 1);
    }
    // A bootloader filled up to its sector is the beginning of a dump, too.
    CHECK(read(boot + Bytes(0x4000 - boot.size(), 0xFF)).problems[0].detail.find("ends at flash address") != std::string::npos);
}

TEST_CASE("programs, pictures and disks are named wherever they stand in a filled-up file", "[capture]") {
    const std::pair<std::string, const char*> files[] = {{std::string("\x7F"
                                                                      "ELF\2\1\1\0",
                                                                      8),
                                                          "ELF"},
                                                         {"UF2\nWQ]\x9E", "UF2"},
                                                         {"\x89PNG\r\n\x1a\n", "PNG"},
                                                         {std::string("hsqs\1\0", 6), "SquashFS"},
                                                         {"!<arch>\n", "ar)"}};
    std::mt19937 random(5);
    for (const auto& [magic, name] : files)
        for (const int fill : {0xFF, 0x00})
            for (const std::size_t at : {std::size_t{0}, std::size_t{4096}, std::size_t{0x20000}, std::size_t{0x60001}}) {
                CAPTURE(name, fill, at);
                Bytes file(0x100000, static_cast<std::uint8_t>(fill));
                std::copy(magic.begin(), magic.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
                for (std::size_t i = at + magic.size(); i < at + 9000; ++i) file[i] = static_cast<std::uint8_t>(random() >> 9 | 1);
                const auto capture = read(file);
                CHECK(defects(capture) == std::set{Defect::NotBinary});
                CHECK(capture.problems[0].detail.find(name) != std::string::npos);
                CHECK(capture.image.present().empty());
            }
}

TEST_CASE("the flash of another device is named", "[capture]") {
    const auto p1 = toy_flash({.platform_id = 8});
    const auto as_photon = recognize(p1, "dump.bin", "", *builtin_layout("photon"));
    CHECK(defects(as_photon) == std::set{Defect::OtherPlatform});
    CHECK(as_photon.problems[0].detail.find("P1") != std::string::npos);
    auto mixed = toy_flash();
    const auto user = test::toy_module(0x080A0000, 0x1234, 8, 5, 1, 3);
    std::copy(user.begin(), user.end(), mixed.begin() + 0xA0000);
    expect("one foreign module is damage of that module", mixed, {});

    Bytes core(0x20000, 0xFF);
    auto firmware = test::toy_module(0x08005000, 0x8000, 0, 2, 0, 4);
    std::copy_n(firmware.begin() + 0x184, 24, firmware.begin() + 0x10C);
    firmware[0x10C + 14] = 3;
    const std::uint8_t top_of_ram[] = {0x00, 0x50, 0x00, 0x20};
    std::copy_n(top_of_ram, 4, firmware.begin());
    std::copy(firmware.begin(), firmware.end(), core.begin() + 0x5000);
    CHECK(layout_for(core).name == "core");
    expect("a Core", core, {});

    const auto argon = test::toy_module(0x00030000, 0x9000, 12, 4, 1, 4);
    const auto found = read(Bytes(0x30000, 0xFF) + argon + Bytes(0x60000, 0xFF));
    CHECK(defects(found) == std::set{Defect::OtherPlatform});
    CHECK(found.problems[0].detail.find("Argon") != std::string::npos);
}

TEST_CASE("wrong bits everywhere are noise; wrong bits in one place are not", "[capture]") {
    std::mt19937 random(12);
    for (const double rate : {1e-5, 1e-4, 1e-3, 1e-2, 2e-2}) {
        CAPTURE(rate);
        auto flash = toy_flash();
        for (std::size_t i = 0; i < static_cast<std::size_t>(rate * 8 * static_cast<double>(flash.size())); ++i) {
            const auto bit = random() % (flash.size() * 8);
            flash[bit / 8] = static_cast<std::uint8_t>(flash[bit / 8] ^ (1u << (bit % 8)));
        }
        expect("noise", flash, {Defect::Noisy});
    }
    auto damaged = toy_flash();
    for (std::size_t i = 0; i < 200; ++i) damaged[0x60000 + random() % 0x3B000] ^= 1;
    damaged[0x25000] ^= 4;
    expect("two damaged modules", damaged, {});
    for (std::size_t i = 0; i < 300; ++i) damaged[0xD0000 + random() % 0x10000] &= 0xFB;
    expect("and an erase that was interrupted", damaged, {});
}

TEST_CASE("labelled dumps: each capture defect is named and no other dump has one", "[capture][shared]") {
    const auto& dumps = test::shared_archive("dumps/dumps.tar.zst");
    if (dumps.empty()) WARN("no shared dumps beside this checkout");
    const std::map<std::string, std::set<Defect>> defective = {
        {"d089", {Defect::Truncated}}, {"d092", {Defect::Blank}}, {"d095", {Defect::DctOnly}}, {"d096", {Defect::Shifted}}, {"d099", {Defect::Oversized}}};
    for (const auto& [path, file] : dumps) {
        const auto name = path.substr(path.find_last_of('/') + 1);
        const auto wanted = defective.find(name.substr(0, 4));
        expect(name.c_str(), file, wanted == defective.end() ? std::set<Defect>{} : wanted->second);
    }
}
