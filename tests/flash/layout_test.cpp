#include "flash/layout.h"

#include "catch.h"

#include <string>

using namespace photopsy;

TEST_CASE("every built-in layout loads, and its name and platform lead to it", "[layout]") {
    const auto names = builtin_layout_names();
    REQUIRE(std::vector<std::string_view>(names.begin(), names.end()) == std::vector<std::string_view>{"photon", "p1", "electron", "core"});
    for (const auto name : names) {
        CAPTURE(name);
        const auto parsed = parse_layout(builtin_layout_text(name), name);
        if (!parsed) FAIL(parsed.error().message);
        const auto* layout = builtin_layout(name);
        REQUIRE(layout);
        CHECK(layout->name == name);
        CHECK(layout == builtin_layout(name));
        CHECK(builtin_layout_for(layout->platform_id) == layout);
    }
    CHECK(builtin_layout("argon") == nullptr);
    CHECK(builtin_layout_for(12) == nullptr);
    CHECK(builtin_layout_text("argon").empty());
}

TEST_CASE("the Photon's layout says what Device OS says", "[layout]") {
    const auto& photon = *builtin_layout("photon");
    CHECK(photon.flash == Range{0x08000000, 0x08100000});
    REQUIRE(photon.sectors.size() == 12);
    CHECK(photon.sectors[4].at == Range{0x08010000, 0x08020000});
    CHECK_FALSE(photon.sectors[4].writable_by_dfu);
    CHECK(photon.sectors[11].at == Range{0x080E0000, 0x08100000});
    CHECK(photon.sectors[5].writable_by_dfu);
    CHECK(photon.sector_at(0x08060000)->number == 7);
    CHECK(photon.region_at(0x08008000)->title == "DCT copy 2");
    CHECK(photon.slot("system-part2")->at == Range{0x08060000, 0x080A0000});
    CHECK(photon.slot("factory")->linked_at == 0x080A0000);
    CHECK(photon.slot("monolithic")->function == 3);
    CHECK(photon.dct.application_offset == 7548);
    CHECK(photon.dct.field("device_private_key")->offset == 34);
    CHECK(photon.dct.field("device_private_key")->secret == SecretKind::Secret);
    CHECK(photon.dct.field("server_address")->offset == 2466);
    CHECK(photon.dct.field("server_public_key")->secret == SecretKind::No);
    CHECK(photon.dct.field("wifi_entry_5")->offset == 0x1A31 + 4 * 121);
    CHECK(photon.dct.field("dct_version")->offset == 0x3FF0);
    CHECK(photon.dct.field("no such field") == nullptr);
    CHECK(photon.usb.dfu_product == 0xD006);
    CHECK(photon.bootloaders.back().from == 101);
    CHECK(photon.server_keys.front().host == "device.spark.io");
}

TEST_CASE("the application fields leave no byte out and end where dct.h ends", "[layout]") {
    for (const auto name : {"photon", "p1", "electron"}) {
        const auto& fields = builtin_layout(name)->dct.fields;
        std::uint32_t expected = 0;
        for (const auto& field : fields) {
            CAPTURE(name, field.name);
            CHECK(field.offset == expected);
            expected = field.offset + field.size;
        }
        CHECK(expected == 8391);
    }
}

TEST_CASE("each layout names its kinds, and what lies outside a dump", "[layout]") {
    CHECK(builtin_layout("p1")->usb.dfu_product == 0xD008);
    CHECK_FALSE(builtin_layout("core")->limits.empty());
    CHECK(builtin_layout("electron")->dct.store == StoreKind::Dcd);
    CHECK(builtin_layout("core")->flash.size() == 128 * 1024);
    CHECK(builtin_layout("core")->vector_size == 0x10C);
    CHECK(builtin_layout("core")->external->at == Range{0, 0x200000});
}

/// The smallest layout that is accepted.
static const std::string small = R"(name = "toy"
title = "Toy"
platform_id = 99
flash = { address = 0x1000, size = 0x100 }
sectors = [ { address = 0x1000, size = 0x80, count = 2 } ]
regions = [
    { name = "a", title = "A", address = 0x1000, size = 0x80 },
    { name = "b", title = "B", address = 0x1080, size = 0x80 },
]
slots = [ { name = "user", title = "user", address = 0x1080, size = 0x80 } ]
[usb]
vendor = 1
dfu_product = 2
memory_map = ""
)";

static const std::string dct = R"([dct]
store = "wiced-table"
copies = [ { address = 0x1000, size = 0x40 }, { address = 0x1040, size = 0x40 } ]
application_offset = 32
system_fields = [ { name = "header", title = "header", offset = 0, size = 16 } ]
fields = [
    { name = "key", title = "key", offset = 0, size = 8 },
    { name = "code", title = "code", offset = 8, size = 8 },
]
)";

static std::string with(std::string text, const std::string& old_part, const std::string& new_part) {
    const auto at = text.find(old_part);
    REQUIRE(at != std::string::npos);
    return text.replace(at, old_part.size(), new_part);
}

static std::string refusal(const std::string& text) {
    const auto layout = parse_layout(text, "toy.toml");
    REQUIRE_FALSE(layout);
    const auto& message = layout.error().message;
    CHECK(message.rfind("toy.toml", 0) == 0);
    CHECK(message.back() == '.');
    CHECK(message.find('\n') == std::string::npos);
    return message;
}

TEST_CASE("a small layout is accepted", "[layout]") {
    for (const auto& text : {small, small + dct}) {
        const auto layout = parse_layout(text, "toy.toml");
        if (!layout) FAIL(layout.error().message);
    }
}

TEST_CASE("a broken layout is refused with file, line, key and reason", "[layout]") {
    const auto both = small + dct;
    const struct {
        std::string text, says;
    } cases[] = {
        {"name = ", "toy.toml, line 1"},
        {"name = 1.5", "fractions"},
        {with(small, "name = \"toy\"", "nam = \"toy\""), "name: this key is missing"},
        {with(small, "title = \"Toy\"", "title = \"Toy\"\nextra = 1"), "line 3, extra: this key is unknown"},
        {with(small, "count = 2", "counts = 2"), "line 5, sectors[1].counts: this key is unknown"},
        {with(small, "platform_id = 99", "platform_id = 65536"), "line 3, platform_id: 65536 is out of range"},
        {with(small, "platform_id = 99", "platform_id = -1"), "line 3, platform_id: -1 is out of range"},
        {with(small, "platform_id = 99", "platform_id = \"6\""), "line 3, platform_id: a whole number is expected here, not a text in quotes"},
        {with(small, "{ address = 0x1000, size = 0x100 }", "5"), "line 4, flash: a table is expected here"},
        {with(small, "0x1000, size = 0x100", "0xFFFFFFFF, size = 0x100"), "flash.size: this range ends behind the last 32-bit address"},
        {with(small, "size = 0x80, count = 2", "size = 0x80"), "line 5, sectors: the sectors end at 0x00001080, the flash at 0x00001100"},
        {with(small, "size = 0x80, count = 2", "size = 0, count = 2"), "an erase unit has at least one byte"},
        {with(small, "sectors = [ {", "sectors = [ { address = 0x1010, size = 1 }, {"), "sector 0 begins at 0x00001010, not at 0x00001000"},
        {with(small, "title = \"B\", address = 0x1080", "title = \"B\", address = 0x1070"), "line 8, regions[2]: this overlaps"},
        {with(small, "title = \"B\", address = 0x1080", "title = \"B\", address = 0x1090"),
         "line 8, regions[2]: nothing covers the flash from 0x00001080 to 0x00001090"},
        {with(small, "title = \"B\", address = 0x1080, size = 0x80", "title = \"B\", address = 0x1080, size = 0x90"),
         "line 8, regions[2]: this ends at 0x00001110"},
        {with(small, "title = \"B\", address = 0x1080, size = 0x80", "title = \"B\", address = 0x1080, size = 0x70"), "line 6, regions: nothing covers"},
        {with(small, "name = \"b\"", "name = \"a\""), "line 8, regions[2]: the name \"a\" stands twice"},
        {with(small, "title = \"user\", address = 0x1080", "title = \"user\", address = 0x1081"),
         "line 10, slots[1]: 0x00001081 to 0x00001101 lies outside the flash"},
        {with(small, "slots = [ { name = \"user\"", "slots = [ { name = \"\""), "slots[1]: the name is empty"},
        {with(small, "slots = [ {", "slots = [ 7, {"), "line 10, slots[1]: a table is expected here"},
        {with(both, "\"wiced-table\"", "\"other\""), "dct.store: this is \"wiced-table\", \"dcd\" or \"serial-flash\""},
        {with(both, "{ address = 0x1040, size = 0x40 }", "{ address = 0x1030, size = 0x40 }"), "dct.copies: the two copies are of one size and do not overlap"},
        {with(both, ", { address = 0x1040, size = 0x40 }", ""), "dct.copies: a configuration table has two copies"},
        {with(both, "application_offset = 32", "application_offset = 64"), "dct.application_offset"},
        {with(both, "offset = 8, size = 8", "offset = 7, size = 8"), "dct.fields[2]: this field begins at 7"},
        {with(both, "offset = 8, size = 8", "offset = 8, size = 80"), "dct.fields[2]: this field ends at 88, and there is room for 32 bytes"},
        {with(both, "offset = 0, size = 16", "offset = 0, size = 33"), "dct.fields[1]: this field lies over the system field header"},
        {with(both, "offset = 8, size = 8", "offset = 8, size = 8, secret = \"maybe\""), "dct.fields[2].secret"},
        {small + "[[server_key]]\nname=\"x\"\nalgorithm=\"rsa\"\nsha256=\"12\"\n", "server_key[1].sha256: this is no SHA-256"},
        {small + "[[bootloader]]\nfrom=5\nreleases=\"\"\nbcd_device=0\n[[bootloader]]\nfrom=5\nreleases=\"\"\nbcd_device=0\n",
         "bootloader[2].from: the generations stand in ascending order"},
    };
    for (const auto& broken : cases) {
        const auto message = refusal(broken.text);
        INFO(message);
        CHECK(message.find(broken.says) != std::string::npos);
    }
}

TEST_CASE("a hostile layout ends in a sentence, not in a crash", "[layout]") {
    CHECK(refusal(std::string(5000, '[')).size() < 400);
    CHECK(refusal("a = " + std::string(200, '[') + std::string(200, ']')).size() < 400);
    CHECK(refusal(with(small, "count = 2", "count = 4097")).find("sectors[1].count") != std::string::npos);
    std::string dotted = "a";
    for (int i = 0; i < 100000; ++i) dotted += ".a";
    CHECK(refusal(dotted + " = 1").find("dots") != std::string::npos);
    CHECK(refusal(std::string("\xff\xfe\0\0", 4)).size() < 400);
}

TEST_CASE("a character beyond ASCII is refused with its line", "[layout]") {
    for (const auto* text : {"# two lines\n\xEF\xBB\xBB = 1\n", "# two lines\nx\xD0\xAF"}) {
        const auto layout = parse_layout(text, "mine.toml");
        REQUIRE_FALSE(layout);
        CHECK(layout.error().message.find("mine.toml") != std::string::npos);
        CHECK(layout.error().message.find("2") != std::string::npos);
        CHECK(layout.error().message.find("not ASCII") != std::string::npos);
    }
}
