#include "facts/coverage.h"

#include "catch.h"
#include "support/module_fixture.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

static const auto layout = module_layout();

static const Labelled* label_at(const Facts& facts, Address at) {
    for (const auto& region : facts.regions)
        if (region.at.contains(at)) return &region;
    return nullptr;
}

static void check_tiles(const Facts& facts) {
    Address at = layout.flash.begin;
    for (const auto& region : facts.regions) {
        CHECK(region.at.begin == at);
        CHECK_FALSE(region.at.empty());
        at = region.at.end;
    }
    CHECK(at == layout.flash.end);
}

TEST_CASE("every byte of a flash has one label", "[modules]") {
    auto image = healthy_flash(layout, 1512, 502);
    image.put(0x08090000 + 0x8000 + 0x100, std::vector<std::uint8_t>(64, 0xA5));
    image.put(0x080E0000, make_module(user_spec()));
    const auto facts = module_facts(image, layout);
    check_tiles(facts);
    CHECK(label_at(facts, 0x08000000)->label == "bootloader 502");
    CHECK(label_at(facts, 0x08000000)->state == State::Good);
    CHECK(label_at(facts, 0x08003F00)->label == "behind the bootloader, erased");
    CHECK(label_at(facts, 0x08060000)->label == "system-part2 1.5.2");
    CHECK(label_at(facts, 0x08098110)->label == "behind the system part 2, leftover");
    CHECK(label_at(facts, 0x08098110)->state == State::NotChecked);
    CHECK(label_at(facts, 0x080A0000)->label == "user application");
    CHECK(label_at(facts, 0x080C0000)->state == State::Empty);
    CHECK(label_at(facts, 0x080E0000)->label == "factory application");
}

TEST_CASE("damage and absence are different states", "[modules]") {
    auto image = healthy_flash(layout);
    const std::uint8_t zero[] = {0, 0, 0, 0};
    image.put(0x08070000, zero);
    CHECK(label_at(module_facts(image, layout), 0x08060000)->state == State::Damaged);
    Image part(layout.flash);
    part.put(0x08004000, std::vector<std::uint8_t>(0x8000, 0xFF));
    const auto facts = module_facts(part, layout);
    check_tiles(facts);
    CHECK(label_at(facts, 0x08000000)->label == "not in the file");
    CHECK(label_at(facts, 0x08000000)->state == State::NotChecked);
    CHECK(label_at(facts, 0x08004000)->state == State::Empty);
    CHECK(label_at(facts, 0x080FFFFF)->label == "not in the file");
}
