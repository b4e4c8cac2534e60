// Every module of the shared catalogue, and a flash for every release, through the product's own reader.
#include "facts/modules.h"

#include "base/hex.h"
#include "catch.h"
#include "facts/releases.h"
#include "support/module_fixture.h"
#include "support/shared.h"

#include <map>
#include <sstream>

using namespace photopsy;
using namespace photopsy::test;

namespace {

using CatalogRow = std::map<std::string, std::string>;

std::vector<CatalogRow> catalog() {
    std::vector<CatalogRow> rows;
    std::istringstream text(shared_text("corpus/catalog.tsv"));
    std::vector<std::string> names;
    for (std::string line; std::getline(text, line);) {
        std::vector<std::string> cells(1);
        for (char c : line) {
            if (c == '\t')
                cells.emplace_back();
            else
                cells.back() += c;
        }
        if (names.empty()) {
            names = cells;
            continue;
        }
        CatalogRow row;
        for (std::size_t i = 0; i < names.size() && i < cells.size(); ++i) row[names[i]] = cells[i];
        rows.push_back(row);
    }
    return rows;
}

std::uint32_t number(const std::string& text) { return static_cast<std::uint32_t>(std::stoul(text, nullptr, 0)); }

/// A layout of any platform with one slot, where the file's own header says it belongs.
Layout layout_of(const CatalogRow& row, Address start, std::uint32_t size) {
    Layout layout;
    layout.platform_id = static_cast<std::uint16_t>(number(row.at("platform_id")));
    layout.flash = range_of(start, size);
    layout.vector_size = number(row.at("header_offset"));
    layout.vector_mask = 0x2FFE0000 & (layout.platform_id == 0 ? 0xFFFFFFFF : 0x2FF10000);
    if (layout.platform_id == 0) layout.vector_mask = 0x2FFE0000;
    const auto function = static_cast<std::uint8_t>(number(row.at("module_function").substr(0, 1)));
    layout.slots.push_back({.name = "only",
                            .title = "only",
                            .at = layout.flash,
                            .linked_at = start,
                            .function = function,
                            .index = static_cast<std::uint8_t>(number(row.at("module_index")))});
    return layout;
}

void check_row(const CatalogRow& row, const Bytes& file) {
    const auto start = number(row.at("start")), length = number(row.at("end")) - start;
    const auto layout = layout_of(row, start, static_cast<std::uint32_t>(std::max<std::size_t>(file.size(), length + 4)));
    const auto module = read_module(Image(file, start), layout, layout.slots[0]);
    CHECK(module.presence == Presence::Present);
    CHECK(module.version.value == number(row.at("module_version")));
    CHECK(module.length() == length);
    CHECK(module.function.value == layout.slots[0].function);
    CHECK(hex_word(module.stored_crc.value) == row.at("crc_stored"));
    CHECK(module.integrity == (row.at("crc_ok") == "OK" ? Integrity::Good : Integrity::Placeholder));
    CHECK(check_sha256(Image(file, start), module).value_or(false) == (row.at("sha_ok") == "ok"));
    CHECK(module.range_ok == true);
    CHECK(module.platform_ok == true);
    CHECK(module.known_as == row.at("path").substr(9, row.at("path").size() - 13));
    if (row.at("product") != "")
        CHECK((module.product_id ? std::to_string(module.product_id->value) + "/" + std::to_string(module.product_version->value) : "") == row.at("product"));
}

}  // namespace

TEST_CASE("every module of the catalogue is read, judged and named as catalogued", "[modules]") {
    if (!shared_directory()) {
        WARN("no shared firmware: the catalogue is not checked");
        return;
    }
    const auto& files = shared_archive("corpus/firmware.tar.zst");
    std::size_t modules = 0;
    for (const auto& row : catalog()) {
        INFO(row.at("path"));
        const auto file = files.find(row.at("path"));
        REQUIRE(file != files.end());
        if (row.at("platform_id").empty()) {
            const auto layout = module_layout();
            for (const auto& slot : layout.slots) {
                auto image = blank_flash(layout);
                image.put(slot.at.begin, file->second);
                CHECK(read_module(image, layout, slot).presence != Presence::Present);
            }
            continue;
        }
        check_row(row, file->second);
        ++modules;
    }
    CHECK(modules == 357);
}

TEST_CASE("every further published module is known by its identity, with its releases", "[modules]") {
    std::istringstream text(shared_text("facts/more-modules.csv"));
    std::string line;
    if (!std::getline(text, line)) {
        WARN("no shared tables: further modules are not checked");
        return;
    }
    std::size_t rows = 0;
    while (std::getline(text, line)) {
        INFO(line);
        std::vector<std::string> cells;
        std::istringstream row(line);
        for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
        REQUIRE(cells.size() >= 16);
        Sha256 sha{};
        const auto bytes = from_hex(cells[12]).value();
        std::copy(bytes.begin(), bytes.end(), sha.begin());
        const auto known = find_known_module(static_cast<std::uint16_t>(number(cells[0])), static_cast<std::uint32_t>(std::stoul(cells[7], nullptr, 16)),
                                             number(cells[5]) - number(cells[4]), sha);
        REQUIRE(known);
        CHECK(known->version == number(cells[3]));
        for (const auto release : known->releases) CHECK((cells[15] + ";").find(std::string(release) + ";") != std::string::npos);
        CHECK(known->releases.empty() == (cells[15] == "-"));
        ++rows;
    }
    CHECK(rows == 141);
}

namespace {

struct Release {
    Bytes bootloader, part1, part2;
};

/// System parts by (platform folder, release), with the bootloader that the reader itself names for the release.
std::map<std::string, Release> releases_of(const std::string& platform) {
    std::map<std::string, Release> found;
    const auto prefix = "firmware/" + platform + "/";
    for (const auto& [path, bytes] : shared_archive("corpus/firmware.tar.zst")) {
        if (!path.starts_with(prefix + "system-part")) continue;
        const auto name = path.substr(prefix.size() + 13, path.size() - prefix.size() - 17);
        auto& release = found[name];
        (path[prefix.size() + 11] == '1' ? release.part1 : release.part2) = bytes;
    }
    return found;
}

}  // namespace

TEST_CASE("each module of a healthy flash is named with its release", "[modules]") {
    std::size_t flashes = 0;
    for (const auto& [platform, id] : {std::pair{"photon", 6}, {"p1", 8}}) {
        const auto layout = module_layout(static_cast<std::uint16_t>(id));
        for (const auto& [name, release] : releases_of(platform)) {
            if (release.part1.empty() || release.part2.empty()) continue;
            INFO(platform << ' ' << name);
            auto image = blank_flash(layout);
            image.put(0x08020000, release.part1);
            image.put(0x08060000, release.part2);
            const auto facts = module_facts(image, layout);
            for (const char* slot : {"system-part1", "system-part2"}) {
                const auto* module = facts.module(slot);
                REQUIRE(module);
                CHECK(module->good());
                CHECK(module->range_ok == true);
                CHECK(module->platform_ok == true);
                const auto plain = name.substr(0, name.find("-no-boot"));
                if (name.find("-bvr") == std::string::npos && name.find('~') == std::string::npos) CHECK(module->releases == std::vector<std::string>{plain});
                if (facts.system.device_os != plain.substr(0, plain.find("-bvr"))) CHECK(plain.find("-rc") != std::string::npos);
            }
            ++flashes;
        }
    }
    if (!shared_directory())
        WARN("no shared firmware: releases are not checked");
    else
        CHECK(flashes >= 70);
}
