// Vectors, export tables and stubs of real releases and of the samples: what is read from them is what is there.
#include "catch.h"
#include "facts/code.h"
#include "support/ota_fixture.h"
#include "support/shared.h"
#include "support/story.h"

#include <algorithm>
#include <optional>

using namespace photopsy;
using namespace photopsy::test;

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
