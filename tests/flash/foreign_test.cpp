// Files that are no dump of this device: blank, empty, something else, or of another device. Each is called by its name.
#include "flash/dump_files.h"
#include "flash/toy_flash.h"

#include <random>

using namespace photopsy;
using namespace photopsy::test;
using Defect = CaptureDefect;

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
    for (const auto* records :
         {"S00600004844521B\nS31508000000000002205D2E0008\n", "S0030000FC\nS325080000000000022069370008D7320008\n", "S1130000285F245F2212226A\r\n"})
        CHECK(read(text(records)).problems.front().is_s_records);
    for (const auto* other : {"Start\n", "S0\n", "S0S0S0S0S0\n", "S9030000FC is no beginning\n"}) CHECK_FALSE(read(text(other)).problems.front().is_s_records);
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

TEST_CASE("as many erased bytes as the slot of a device's key has are told to be perhaps that", "[capture]") {
    const auto detail = [](std::size_t size, std::uint8_t value) {
        const auto capture = read(Bytes(size, value));
        REQUIRE(capture.problems.size() == 1);
        CHECK(capture.problems.front().defect == Defect::Blank);
        return capture.problems.front().detail;
    };
    CHECK(detail(612, 0xFF).find("as many as the slot of the device's key has") != std::string::npos);
    CHECK(detail(612, 0x00).find("slot") == std::string::npos);
    CHECK(detail(616, 0xFF).find("slot") == std::string::npos);
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
        const auto one = read(toy_module(0x08060000, 0x3B2C4, id, 4, 2, 5));
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
    const auto part2 = toy_module(0x08060000, 0x3B2C4, 6, 4, 2, 5), boot = toy_module(0x08000000, 0x3A10, 6, 2, 0, 4);
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

TEST_CASE("a dump from which a text tool or transfer took some values holds no flash, and the values are named", "[capture]") {
    const auto flash = toy_flash();
    const auto changed = [&](auto&& change) {
        Bytes file;
        for (const auto byte : flash)
            if (const int now = change(byte); now >= 0) file.push_back(static_cast<std::uint8_t>(now));
        return file;
    };
    const std::pair<Bytes, const char*> files[] = {
        {changed([](int byte) { return byte == 0 ? -1 : byte; }), "(no byte 0x00 is in it)"},
        {changed([](int byte) { return byte == 0 ? ' ' : byte; }), "(no byte 0x00 is in it)"},
        {changed([](int byte) { return byte & 0x7F; }), "(no byte from 0x80 on is in it)"},
        {changed([](int byte) { return byte >= 0x80 ? '?' : byte; }), "(no byte from 0x80 on is in it)"},
        {changed([](int byte) { return byte == '\r' ? -1 : byte; }), "(no byte 0x0d is in it)"},
        {changed([](int byte) { return byte == 0x11 || byte == 0x13 ? -1 : byte; }), "(none of the bytes 0x11, 0x13 is in it)"},
        {changed([](int byte) { return byte < 0x20 ? '.' : byte; }), "(none of the bytes 0x00, 0x01, 0x02, 0x03 and 28 others is in it)"},
    };
    for (const auto& [file, words] : files) {
        CAPTURE(words);
        const auto capture = read(file);
        CHECK(defects(capture) == std::set{Defect::NotBinary});
        CHECK(said(capture).find(words) != std::string::npos);
        CHECK(capture.image.present().empty());
    }
    // The beginning of a flash is too little to say that of.
    CHECK_FALSE(read(cut(files[0].first, 0, 0x8000)).has(Defect::NotBinary));
    // Nor is a part of it that comes over and over.
    CHECK_FALSE(read(repeated(cut(files[0].first, 0, 0x1000), 256)).has(Defect::NotBinary));
    // One value that occurs once is not lost.
    auto once = files[0].first;
    once[0x50000] = 0;
    CHECK_FALSE(read(once).has(Defect::NotBinary));
}

TEST_CASE("a dump whose bytes a shell took for letters is no UTF-16 text but a destroyed dump", "[capture]") {
    const auto flash = toy_flash();
    const auto widened = [&](bool mark, auto&& letter_of) {
        Bytes file;
        if (mark) file = {0xFF, 0xFE};
        for (const auto byte : flash) {
            const unsigned letter = letter_of(byte);
            file.push_back(static_cast<std::uint8_t>(letter));
            file.push_back(static_cast<std::uint8_t>(letter >> 8));
        }
        return file;
    };
    const auto latin1 = [](unsigned byte) { return byte; };
    const auto code_page = [](unsigned byte) { return byte < 0x80 ? byte : byte < 0xB0 ? 0xE0 : byte < 0xE0 ? 0x2500 + byte % 0x70 : 0x0390 + byte % 0x20; };
    for (const auto& file : {widened(true, latin1), widened(false, latin1), widened(true, code_page)}) {
        const auto capture = read(file);
        CHECK(defects(capture) == std::set{Defect::NotBinary});
        CHECK(said(capture).find("a program saved as text, which destroyed it") != std::string::npos);
        CHECK(capture.image.present().empty());
    }
    Bytes letter = {0xFF, 0xFE};
    for (int line = 0; line < 500; ++line)
        for (const char c : std::string_view("a letter about my Photon\r\n")) letter.insert(letter.end(), {static_cast<std::uint8_t>(c), 0});
    CHECK(said(read(letter)).find("UTF-16 text") != std::string::npos);
    // Bytes that no program writes as letters of 16 bits: erased ones behind the same mark.
    Bytes erased(0x20000, 0xFF);
    erased[1] = 0xFE;
    CHECK(said(read(erased)).find("text") == std::string::npos);
}

TEST_CASE("the flash of another device is named", "[capture]") {
    const auto p1 = toy_flash({.platform_id = 8});
    const auto as_photon = recognize(p1, "dump.bin", "", *builtin_layout("photon"));
    CHECK(defects(as_photon) == std::set{Defect::OtherPlatform});
    CHECK(as_photon.problems[0].detail.find("P1") != std::string::npos);
    auto mixed = toy_flash();
    const auto user = toy_module(0x080A0000, 0x1234, 8, 5, 1, 3);
    std::copy(user.begin(), user.end(), mixed.begin() + 0xA0000);
    expect("one foreign module is damage of that module", mixed, {});

    Bytes core(0x20000, 0xFF);
    auto firmware = toy_module(0x08005000, 0x8000, 0, 2, 0, 4);
    std::copy_n(firmware.begin() + 0x184, 24, firmware.begin() + 0x10C);
    firmware[0x10C + 14] = 3;
    const std::uint8_t top_of_ram[] = {0x00, 0x50, 0x00, 0x20};
    std::copy_n(top_of_ram, 4, firmware.begin());
    std::copy(firmware.begin(), firmware.end(), core.begin() + 0x5000);
    CHECK(layout_for(core).name == "core");
    expect("a Core", core, {});

    const auto argon = toy_module(0x00030000, 0x9000, 12, 4, 1, 4);
    const auto found = read(Bytes(0x30000, 0xFF) + argon + Bytes(0x60000, 0xFF));
    CHECK(defects(found) == std::set{Defect::OtherPlatform});
    CHECK(found.problems[0].detail.find("Argon") != std::string::npos);
}
