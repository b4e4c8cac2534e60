// Each way a dump goes wrong, made from a good one: named by its defect, by nothing else, and read at the right addresses.
#include "flash/dump_files.h"
#include "flash/toy_flash.h"
#include "support/shared.h"

#include <map>

using namespace photopsy;
using namespace photopsy::test;
using Defect = CaptureDefect;

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
    expect("one firmware file", toy_module(0x08060000, 0x3B2C4, 6, 4, 2, 5), {Defect::Truncated});
    expect("one user firmware file", toy_module(0x080A0000, 0x2000, 6, 5, 1, 5), {Defect::Truncated});
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

TEST_CASE("a dump that is too long is judged by its flash", "[capture]") {
    const auto flash = toy_flash();
    for (const auto& tail : {Bytes(65536, 0), Bytes(16, 0), Bytes(1048576, 0), flash, cut(flash, 0, 1000), repeated(flash, 3)}) {
        const auto capture = read(flash + tail);
        CHECK(defects(capture) == std::set{Defect::Oversized});
        CHECK(capture.problems[0].length == tail.size());
        CHECK_FALSE(capture.untrustworthy());
        check_in_place(capture, flash);
    }
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

TEST_CASE("a data line that stands still is noise in every word", "[capture]") {
    const auto flash = toy_flash();
    for (const unsigned bit : {0u, 13u, 31u}) {
        CAPTURE(bit);
        auto high = flash, low = flash, half = flash;
        for (std::size_t at = bit / 8; at < flash.size(); at += 4) {
            high[at] = static_cast<std::uint8_t>(high[at] | 1u << bit % 8);
            low[at] = static_cast<std::uint8_t>(low[at] & ~(1u << bit % 8));
            if (at < 0x40000) half[at] = high[at];
        }
        expect("high", high, {Defect::Noisy});
        const auto found = read(high);
        CHECK(found.problems[0].detail.find(fmt::format("bit {} of every", bit)) != std::string::npos);
        const auto missing = read(low);
        CHECK((missing.has(Defect::Noisy) || missing.has(Defect::RepeatedBlocks)));  // erased flash then reads as one block again and again
        CHECK_FALSE(read(half).has(Defect::Noisy));
    }
}

TEST_CASE("sparse bytes that a program wrote are no noise, whatever else is damaged", "[capture]") {
    const auto damaged = [] {
        auto flash = toy_flash({.user = false, .factory = false});
        flash[0x65000] ^= 1, flash[0x25000] ^= 4, flash[0x1000] ^= 2;
        return flash;
    };
    auto marks = damaged(), counters = damaged(), corner = damaged(), noise = damaged();
    for (std::size_t at = 0xA0000; at < 0x100000; at += 0x200) marks[at] = 0x7F;                                        // a mark in front of each record
    for (std::size_t i = 0; i < 400; ++i) counters[0xA0000 + i * 0x3A4] = static_cast<std::uint8_t>(i * 37 % 251);      // one byte of a word each
    for (std::size_t i = 0; i < 300; ++i) corner[(i % 2 ? 0xC0000 : 0xA0000) + i * 41] = static_cast<std::uint8_t>(i);  // two corners of a large place
    expect("marks", marks, {});
    expect("counters", counters, {});
    expect("two corners", corner, {});
    std::mt19937 random(5);
    for (std::size_t i = 0; i < 300; ++i) noise[0xA0000 + random() % 0x60000] ^= static_cast<std::uint8_t>(1u << random() % 8);
    expect("noise", noise, {Defect::Noisy});
}

TEST_CASE("labelled dumps: each capture defect is named and no other dump has one", "[capture][shared]") {
    const auto& dumps = shared_archive("dumps/dumps.tar.zst");
    if (dumps.empty()) WARN("no shared dumps beside this checkout");
    const std::map<std::string, std::set<Defect>> defective = {
        {"d089", {Defect::Truncated}}, {"d092", {Defect::Blank}}, {"d095", {Defect::DctOnly}}, {"d096", {Defect::Shifted}}, {"d099", {Defect::Oversized}}};
    for (const auto& [path, file] : dumps) {
        const auto name = path.substr(path.find_last_of('/') + 1);
        const auto wanted = defective.find(name.substr(0, 4));
        expect(name.c_str(), file, wanted == defective.end() ? std::set<Defect>{} : wanted->second);
    }
}
