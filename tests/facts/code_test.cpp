#include "facts/code.h"
#include "catch.h"
#include "support/ota_fixture.h"
#include "support/shared.h"
#include "support/story.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

void put_word(Image& image, Address at, std::uint32_t value) {
    image.put(at, Bytes{static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value >> 16),
                        static_cast<std::uint8_t>(value >> 24)});
}

/// One export table with two functions in part 2, one stub for the second of them in part 1.
OtaDevice linked_device() {
    OtaDevice device;
    put_word(device.image, 0x0806019C, 0x08061000);
    put_word(device.image, 0x080601A0, 0x12345678);
    put_word(device.image, 0x08061000, 0x08062001);
    put_word(device.image, 0x08061004, 0x08062101);
    put_word(device.image, 0x08061008, 0);
    device.image.put(0x08021000, Bytes{0x08, 0xB5, 0x02, 0x4B, 0x1B, 0x68, 0x5B, 0x68, 0x01, 0x93, 0x08, 0xBD});
    put_word(device.image, 0x0802100C, 0x0806019C);
    return device;
}

}  // namespace

TEST_CASE("A stub is followed through the table to the function", "[code]") {
    auto device = linked_device();
    const auto read = [&] { return read_modules(device.image, device.layout); };
    auto modules = read();
    const auto tables = read_export_tables(device.image, *find_module(modules, "system-part2"));
    REQUIRE(tables.size() == 1);
    CHECK(tables[0].name == "hal");
    CHECK(tables[0].entries == 2);
    // The literal stands where ((stub + 6) & ~3) + 4 n says: 0x08021004 + 8.
    const auto stub = stub_at(device.image, modules, 0x08021000);
    REQUIRE(stub);
    CHECK(stub->provider == "system-part2");
    CHECK(name_of(*stub) == "hal[1]");
    CHECK(stub->target == 0x08062100);
    const auto code = read_code(device.image, modules, *find_module(modules, "system-part1"));
    CHECK(code.stubs.size() == 1);
    CHECK(code.unresolved == 0);

    SECTION("an even pointer is no function") { put_word(device.image, 0x08061004, 0x08062100); }
    SECTION("a table outside the module") { put_word(device.image, 0x0806019C, 0x08000000); }
    SECTION("a function beyond the end") { put_word(device.image, 0x08061004, 0x080A0001); }
    SECTION("an erased provider") { device.erase(device.layout.slot("system-part2")->at); }
    modules = read();
    CHECK(read_code(device.image, modules, *find_module(modules, "system-part1")).unresolved == 1);
}

TEST_CASE("What is nearly a stub is none", "[code]") {
    auto device = linked_device();
    for (const Address at : {0x08021000u, 0x08021003u, 0x08021005u, 0x08021009u, 0x0802100Bu}) {
        auto copy = device;
        copy.flip(at, 1);
        CHECK(!stub_at(copy.image, read_modules(copy.image, copy.layout), 0x08021000));
    }
}

TEST_CASE("Vector tables: odd and inside, or named", "[code]") {
    auto device = linked_device();
    for (Address at = 0x08000004; at < 0x08000184; at += 4) put_word(device.image, at, 0x08000201);
    auto modules = read_modules(device.image, device.layout);
    auto code = read_code(device.image, modules, *find_module(modules, "bootloader"));
    CHECK(code.bad_vectors.empty());
    CHECK(code.reset == 0x08000200);
    put_word(device.image, 0x08000004, 0x08000200);
    put_word(device.image, 0x08000030, 0x08010001);
    modules = read_modules(device.image, device.layout);
    code = read_code(device.image, modules, *find_module(modules, "bootloader"));
    CHECK(code.bad_vectors == std::vector<Address>{0x08000004, 0x08000030});
    CHECK(code.reset == 0);
}

TEST_CASE("Thumb code is decoded, and what is none is shown as a number", "[code]") {
    const Bytes code{0x08, 0xB5, 0x02, 0x4B, 0x00, 0xF0, 0x00, 0xF8, 0xFF, 0xFF, 0x08};
    const auto lines = disassemble(code, 0x08020200, 10);
    REQUIRE(lines.size() >= 4);
    CHECK(lines[0].text == "push {r3, lr}");
    CHECK(lines[1].at == 0x08020202);
    CHECK(lines[2].size == 4);
    CHECK(lines[2].calls == 0x08020208);
    CHECK(lines[3].text == ".short 0xffff");
    CHECK(disassemble(code, 0x08020200, 2).size() == 2);
    CHECK(disassemble(Bytes{}, 0, 5).empty());
    CHECK(disassemble(Bytes{1}, 0, 5).empty());
}

TEST_CASE("The first instructions are followed as they would be executed", "[code]") {
    const auto place = [](Bytes code) { return first_that_is_no_code(code, 0x08020000, 0x08020000, 16); };
    Bytes plain(64, 0);
    for (std::size_t i = 0; i < plain.size(); i += 2) plain[i] = 0x01, plain[i + 1] = 0x30;  // adds r0, #1
    CHECK(place(plain) == 0);
    const auto with = [&](std::size_t at, Bytes halfwords) {
        auto code = plain;
        std::copy(halfwords.begin(), halfwords.end(), code.begin() + static_cast<std::ptrdiff_t>(at));
        return code;
    };
    CHECK(place(with(4, {0xFF, 0xFF, 0xFF, 0xFF})) == 0x08020004);     // erased
    CHECK(place(with(6, {0x00, 0x00})) == 0x08020006);                 // zeros
    CHECK(place(with(8, {0x01, 0xDE})) == 0x08020008);                 // undefined for good
    CHECK(place(with(4, {0x70, 0x47, 0xFF, 0xFF})) == 0);              // bx lr, and behind it whatever
    CHECK(place(with(4, {0x08, 0xBD, 0xFF, 0xFF})) == 0);              // pop {r3, pc}
    CHECK(place(with(4, {0x02, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF})) == 0);  // b over what is no code
    CHECK(place(with(4, {0x00, 0xF1, 0x00, 0xF8})) == 0x08020004);     // bl far out of the module
    CHECK(place(with(32, {0xFF, 0xFF, 0xFF, 0xFF})) == 0);             // behind the sixteenth
    CHECK(first_that_is_no_code(Bytes(2, 0x30), 0x08020000, 0x08020000, 16) == 0x08020000);
    CHECK(first_that_is_no_code(plain, 0x08020000, 0x08010000, 16) == 0x08010000);
}

TEST_CASE("Reset handlers of the samples and of real releases begin with code", "[code][real]") {
    unsigned handlers = 0;
    const auto check = [&](const Image& image, const Layout& layout, const std::string& name) {
        const auto modules = read_modules(image, layout);
        for (const auto& module : modules) {
            if (!module.good() || module.header_at == module.at.begin || module.at.begin != module.start.value) continue;
            const auto code = read_code(image, modules, module);
            handlers += code.reset != 0;
            INFO(name << " " << module.slot << " " << code.no_code_at);
            CHECK(code.no_code_at == 0);
        }
    };
    for (const auto& story : stories())
        if (story.sample.file.size() == 0x100000) check(Image(story.sample.file, 0x08000000), *builtin_layout("photon"), story.name);
    CHECK(handlers > 50);
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    if (all.empty()) WARN("no real firmware beside the checkout");
    for (const auto& [path, bytes] : all)
        for (const auto* device : {"photon", "p1", "electron"}) {
            if (!path.starts_with(std::string("firmware/") + device + "/") || bytes.size() < 0x200 || bytes.size() > 0x40000) continue;
            if ((little_endian<std::uint32_t>(bytes) & 0x2FF10000) != 0x20000000) continue;
            Image image(builtin_layout(device)->flash);
            image.put(start_of(bytes), bytes);
            check(image, *builtin_layout(device), path);
        }
    WARN(handlers << " reset handlers, all plausible");
}

TEST_CASE("Real releases: Electron's tables have names, and its stubs resolve", "[code][real]") {
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    if (all.empty()) {
        WARN("no real firmware beside the checkout");
        return;
    }
    unsigned releases = 0, stubs = 0, unresolved = 0, unnamed = 0;
    for (const auto& [path, bytes] : all) {
        const std::string prefix = "firmware/electron/system-part1-";
        if (!path.starts_with(prefix)) continue;
        Image image(builtin_layout("electron")->flash);
        unsigned parts = 0;
        for (const auto* part : {"1", "2", "3"}) {
            const auto found = all.find(std::string("firmware/electron/system-part") + part + "-" + path.substr(prefix.size()));
            if (found == all.end()) continue;
            image.put(start_of(found->second), found->second);
            ++parts;
        }
        if (parts != 3) continue;
        ++releases;
        const auto modules = read_modules(image, *builtin_layout("electron"));
        for (const auto& module : modules) {
            if (!module.good()) continue;
            const auto code = read_code(image, modules, module);
            for (const auto& stub : code.stubs) {
                if (stub.provider == "user" || stub.provider.empty()) continue;
                ++stubs;
                unresolved += !stub.resolves();
                unnamed += stub.table_name.empty();
            }
            for (const auto& table : code.tables) unnamed += table.name.empty();
        }
    }
    WARN(releases << " Electron releases, " << stubs << " stubs, " << unresolved << " unresolved, " << unnamed << " tables without a name");
    CHECK(releases > 10);
    CHECK(stubs > 1000);
    CHECK(unresolved == 0);
    CHECK(unnamed == 0);
}

TEST_CASE("Real releases: every stub of every module resolves in its own release", "[code][real]") {
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    if (all.empty()) {
        WARN("no real firmware beside the checkout");
        return;
    }
    unsigned releases = 0, stubs = 0, unresolved = 0, bad_vectors = 0, bad_tables = 0, skewed = 0;
    for (const auto& [path, bytes] : all) {
        const std::string prefix = "firmware/photon/system-part2-";
        if (!path.starts_with(prefix)) continue;
        const auto part1 = all.find("firmware/photon/system-part1-" + path.substr(prefix.size()));
        if (part1 == all.end()) continue;
        OtaDevice device;
        device.erase(device.layout.slot("user")->at);
        device.install(bytes);
        device.install(part1->second);
        const auto modules = read_modules(device.image, device.layout);
        ++releases;
        for (const auto* slot : {"system-part1", "system-part2"}) {
            const auto code = read_code(device.image, modules, *find_module(modules, slot));
            for (const auto& stub : code.stubs) {
                if (stub.provider == "user") continue;  // no application here
                ++stubs;
                unresolved += !stub.resolves();
            }
            bad_vectors += static_cast<unsigned>(code.bad_vectors.size());
            for (const auto& table : code.tables) bad_tables += table.bad;
            CHECK(code.reset != 0);
            CHECK(code.tables.size() >= (std::string_view(slot) == "system-part1" ? 4u : 13u));
        }
        // The newest part 1 calls functions that an older part 2 does not have.
        device.install(all.at("firmware/photon/system-part1-2.3.1.bin"));
        const auto mixed = read_modules(device.image, device.layout);
        skewed += read_code(device.image, mixed, *find_module(mixed, "system-part1")).unresolved > 0;
    }
    WARN(releases << " releases, " << stubs << " stubs, " << unresolved << " unresolved; " << skewed
                  << " releases of part 2 lack a function that part 1 2.3.1 calls");
    CHECK(stubs > 4000);
    CHECK(unresolved == 0);
    CHECK(bad_vectors == 0);
    CHECK(bad_tables == 0);
    CHECK(skewed > 0);
}

TEST_CASE("What is executed for certain ends at the first decision", "[code]") {
    const Bytes code{0x01, 0x4B,              // ldr r3, [pc, #4]
                     0x01, 0x30,              // adds r0, #1
                     0x00, 0xF0, 0x02, 0xF8,  // bl
                     0x22, 0x11, 0x44, 0x33,  // the word that is loaded
                     0x00, 0xB9,              // cbnz
                     0x01, 0x30, 0x01, 0x30};
    const auto read = certainly_executed(code, 0x08020000, 0x08020000, 16);
    const auto has = [&](Address at) { return std::any_of(read.begin(), read.end(), [&](Range range) { return range.contains(at); }); };
    CHECK(has(0x08020000));
    CHECK(has(0x08020008));  // the literal
    CHECK(has(0x08020004));
    CHECK_FALSE(has(0x0802000E));
    CHECK(certainly_executed(code, 0x08020000, 0x08020000, 1).size() == 2);
    CHECK(certainly_executed(code, 0x08020000, 0x08010000, 16).empty());
    CHECK(certainly_executed({}, 0x08020000, 0x08020000, 16).empty());
}

TEST_CASE("A module fails at its entry by a lost vector, by lost code, and by a flipped bit in what is read for certain", "[code]") {
    auto device = linked_device();
    put_word(device.image, 0x08020004, 0x08022001);
    device.image.put(0x08022000, Bytes{0x01, 0x30, 0x01, 0x30, 0x70, 0x47});
    const auto fails = [&](std::optional<Address> flipped = {}) {
        auto modules = read_modules(device.image, device.layout);
        auto part1 = *find_module(modules, "system-part1");
        part1.damage.flipped_bit.reset();
        if (flipped) part1.damage.flipped_bit = Field<std::uint8_t>{0, range_of(*flipped, 1)};
        return fails_at_entry(read_code(device.image, modules, part1), part1);
    };
    CHECK_FALSE(fails());
    CHECK(fails(0x08022002));
    CHECK(fails(0x08020005));
    CHECK_FALSE(fails(0x08022100));
    SECTION("code erased") { device.erase(range_of(0x08022002, 16)); }
    SECTION("vector erased") { device.erase(range_of(0x08020004, 4)); }
    SECTION("vector outside") { put_word(device.image, 0x08020004, 0x08060001); }
    CHECK(fails());
}

TEST_CASE("Real releases: every entry loads what it must, and one that was written over does not", "[code][real]") {
    unsigned modules_seen = 0, lost = 0, entries = 0;
    for (const auto& [path, bytes] : shared_archive("corpus/firmware.tar.zst")) {
        const auto* device = path.starts_with("firmware/photon/") ? "photon" : path.starts_with("firmware/p1/") ? "p1" : nullptr;
        if (!device || bytes.size() < 0x400 || bytes.size() > 0x40000 || (little_endian<std::uint32_t>(bytes) & 0x2FF10000) != 0x20000000) continue;
        const auto* layout = builtin_layout(device);
        const auto start = little_endian<std::uint32_t>(ByteView(bytes).subspan(0x184));
        if (!layout->flash.contains(start) || start + bytes.size() > layout->flash.end) continue;
        Image image(Bytes(layout->flash.size(), 0xFF), layout->flash.begin);
        image.put(start, bytes);
        const auto code_of = [&] {
            const auto modules = read_modules(image, *layout);
            const auto module = std::find_if(modules.begin(), modules.end(), [&](const Module& each) { return each.present() && each.at.begin == start; });
            return module == modules.end() || module->known_as.empty() ? std::optional<CodeFacts>() : read_code(image, modules, *module);
        };
        const auto code = code_of();
        if (!code || code->slot == "monolithic" || code->reset == 0) continue;
        ++modules_seen;
        INFO(path);
        CHECK_FALSE(code->foreign_entry);
        Bytes noise(64);
        for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<std::uint8_t>((i + 7) * 2654435761u >> 11);
        image.put(code->reset, noise);
        const auto hit = code_of();
        if (!hit) continue;
        ++entries;
        lost += hit->foreign_entry || hit->no_code_at;
    }
    if (modules_seen == 0) WARN("no real firmware beside the checkout");
    CHECK(lost == entries);
}
