#include "facts/modules.h"

#include "catch.h"
#include "facts/module_damage.h"
#include "support/module_fixture.h"
#include "support/shared.h"

#include <random>

using namespace photopsy;
using namespace photopsy::test;

static const auto layout = module_layout();

static Module read(Image& image, std::string_view slot) { return read_module(image, layout, *layout.slot(slot)); }

TEST_CASE("a healthy flash has four good modules and nothing else", "[modules]") {
    auto image = healthy_flash(layout);
    const auto modules = read_modules(image, layout);
    for (const char* slot : {"bootloader", "system-part1", "system-part2", "user"}) {
        const auto* module = find_module(modules, slot);
        REQUIRE(module);
        CHECK(module->good());
        CHECK(module->integrity_ok() == true);
        CHECK(module->range_ok == true);
        CHECK(module->platform_ok == true);
        CHECK(module->dependencies_ok == true);
        CHECK(check_sha256(image, *module) == true);
        CHECK(module->known_as.empty());
    }
    CHECK(find_module(modules, "ota")->presence == Presence::Erased);
    CHECK(find_module(modules, "factory")->presence == Presence::Erased);
    CHECK_FALSE(find_module(modules, "monolithic"));
}

TEST_CASE("header fields remember where they stand", "[modules]") {
    auto image = healthy_flash(layout);
    const auto part2 = read(image, "system-part2");
    CHECK(part2.header_at == 0x08060184);
    CHECK(part2.version.at == range_of(0x0806018E, 2));
    CHECK(part2.dependency2.version.at == range_of(0x0806019A, 2));
    CHECK(part2.stored_crc.at == range_of(0x08098000, 4));
    CHECK(read(image, "user").header_at == 0x080A0000);
}

TEST_CASE("one flipped bit anywhere in a module makes its integrity bad", "[modules]") {
    auto good = healthy_flash(layout);
    std::mt19937 random(7);
    for (int i = 0; i < (full_tests() ? 5000 : 200); ++i) {
        auto image = good;
        const auto module = read(good, i % 2 ? "system-part2" : "user");
        const auto at = module.at.begin + 0x19C + static_cast<Address>(random() % (module.length() - 0x19C + 4));
        flip(image, at, static_cast<std::uint8_t>(1u << (random() % 8)));
        const auto hit = read(image, module.slot);
        INFO("flip at " << at);
        CHECK(hit.integrity == Integrity::Bad);
        CHECK((hit.sha256_good == true) == (at >= module.at.end - 2));  // the size field and the CRC stand behind what the SHA-256 covers
    }
}

TEST_CASE("a placeholder CRC is not a bad one", "[modules]") {
    auto image = healthy_flash(layout);
    const auto module = read(image, "bootloader");
    const std::uint8_t placeholder[] = {0x78, 0x56, 0x34, 0x12};
    image.put(module.at.end, placeholder);
    const auto stock = read(image, "bootloader");
    CHECK(stock.integrity == Integrity::Placeholder);
    CHECK_FALSE(stock.integrity_ok());
}

TEST_CASE("suffixes of 36, 40 and 42 bytes, and none", "[modules]") {
    for (const auto size : std::vector<std::uint16_t>{0, 36, 40, 42}) {
        auto spec = user_spec();
        spec.suffix_size = size;
        auto image = blank_flash(layout);
        image.put(spec.start, make_module(spec));
        const auto module = read(image, "user");
        CHECK(module.good());
        CHECK(module.product_id.has_value() == (size >= 40));
        CHECK(check_sha256(image, module).has_value() == (size != 0));
    }
}

TEST_CASE("other platforms and other places are seen", "[modules]") {
    auto image = healthy_flash(layout);
    auto spec = part2_spec();
    spec.platform_id = 8;
    image.put(0x08060000, make_module(spec));
    CHECK(read(image, "system-part2").platform_ok == false);
    image.put(0x08020000, make_module(part2_spec()));
    const auto misplaced = read(image, "system-part1");
    CHECK(misplaced.good());
    CHECK(misplaced.range_ok == false);
}

TEST_CASE("dependencies are met by the version word of whatever stands there", "[modules]") {
    auto image = healthy_flash(layout);
    auto older = part1_spec(1512);
    image.put(older.start, make_module(older));
    CHECK(find_module(read_modules(image, layout), "system-part2")->dependencies_ok == false);
    image.put(0x08020000, std::vector<std::uint8_t>(0x40000, 0xFF));  // erased flash reads as version 0xFFFF and passes
    CHECK(find_module(read_modules(image, layout), "system-part2")->dependencies_ok == true);
    Image part(layout.flash);
    part.put(0x08060000, make_module(part2_spec()));
    CHECK_FALSE(find_module(read_modules(part, layout), "system-part2")->dependencies_ok.has_value());
}

TEST_CASE("what is not in the file is absent, not erased", "[modules]") {
    Image image(layout.flash);
    CHECK(read(image, "user").presence == Presence::Absent);
    const auto module = make_module(part1_spec());
    image.put(0x08020000, ByteView(module).first(0x1000));
    const auto cut = read(image, "system-part1");
    CHECK(cut.present());
    CHECK(cut.integrity == Integrity::NotChecked);
    CHECK_FALSE(cut.integrity_ok());
}

TEST_CASE("the factory slot holds a module only if it is a whole user part", "[modules]") {
    auto image = healthy_flash(layout);
    image.put(0x080E0000, make_module(user_spec()));
    CHECK(find_module(read_modules(image, layout), "factory")->present());
    flip(image, 0x080E0800);
    CHECK(find_module(read_modules(image, layout), "factory")->presence == Presence::NoHeader);
    auto image_tail = part2_spec();
    image_tail.start = 0x08060000;
    image.put(0x080C0000, make_module(image_tail));
    const auto modules = read_modules(image, layout);
    CHECK(find_module(modules, "ota")->good());
    CHECK(find_module(modules, "factory")->presence == Presence::NoHeader);
}

TEST_CASE("monolithic firmware takes the place of the slots it covers", "[modules]") {
    auto image = healthy_flash(layout);
    ModuleSpec spec{.start = 0x08020000, .length = 0x50000, .version = 0, .function = 3, .index = 0};
    image.put(spec.start, make_module(spec));
    const auto modules = read_modules(image, layout);
    REQUIRE(find_module(modules, "monolithic"));
    CHECK(find_module(modules, "monolithic")->good());
    CHECK_FALSE(find_module(modules, "system-part1"));
    CHECK_FALSE(find_module(modules, "system-part2"));
}

TEST_CASE("damage is described without anything to compare with", "[modules]") {
    auto image = healthy_flash(layout);
    image.put(0x08070000, std::vector<std::uint8_t>(0x1000, 0xFF));
    image.put(0x08030000, std::vector<std::uint8_t>(0x1000, 0x00));
    const std::string text = "Dear diary, today I wrote a letter over my firmware.\n";
    std::vector<std::uint8_t> letter(0x6100, ' ');
    std::copy(text.begin(), text.end(), letter.begin());
    image.put(0x080A0000, letter);
    const auto modules = read_modules(image, layout);
    const auto& erased = find_module(modules, "system-part2")->damage.erased_runs;
    REQUIRE(erased.size() == 1);
    CHECK(erased[0].contains({0x08070000, 0x08071000}));
    CHECK(erased[0].size() <= 0x1008);
    const auto& zeroed = find_module(modules, "system-part1")->damage.zero_runs;
    REQUIRE(zeroed.size() == 1);
    CHECK(zeroed[0].contains({0x08030000, 0x08031000}));
    CHECK(find_module(modules, "user")->presence == Presence::NoHeader);
    CHECK(find_module(modules, "user")->damage.content == "text");
    CHECK(name_of_content({}).empty());
}

TEST_CASE("a part written at a wrong address inside its slot is found", "[modules]") {
    auto image = healthy_flash(layout);
    image.put(0x08060000, std::vector<std::uint8_t>(0x40000, 0xFF));
    image.put(0x08062000, make_module(part2_spec()));
    const auto modules = read_modules(image, layout);
    REQUIRE(find_module(modules, "system-part2")->damage.shifted_to);
    CHECK(find_module(modules, "system-part2")->damage.shifted_to->begin == 0x08062000);
}

TEST_CASE("any bytes give modules, never a crash", "[modules]") {
    std::mt19937 random(11);
    for (int i = 0; i < (full_tests() ? 400 : 20); ++i) {
        auto image = i % 2 ? healthy_flash(layout) : blank_flash(layout);
        for (int hits = 0; hits < 64; ++hits) {
            const auto slot = layout.slots[random() % layout.slots.size()];
            const std::uint8_t word[] = {static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(random()),
                                         static_cast<std::uint8_t>(random() % 4 * 8)};
            image.put(slot.at.begin + static_cast<Address>((random() % 2 ? 0x184u : 0u) + random() % 24), word);
        }
        const auto facts = module_facts(image, layout);
        std::uint32_t total = 0;
        for (const auto& region : facts.regions) total += region.at.size();
        CHECK(total == layout.flash.size());
    }
}
