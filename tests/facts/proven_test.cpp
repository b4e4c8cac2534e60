#include "facts/proven.h"

#include "catch.h"
#include "support/module_fixture.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("a checksum vouches for whole modules, and for nothing else", "[modules]") {
    const auto layout = module_layout();
    auto image = healthy_flash(layout, 1512, 502);
    const auto facts = module_facts(image, layout);
    const auto proven = proven_by_checksum(facts);
    const Module* part2 = facts.module("system-part2");
    REQUIRE(part2 != nullptr);
    const auto vouched = [&](Address at) { return std::any_of(proven.begin(), proven.end(), [&](Range part) { return part.contains(at); }); };
    CHECK(vouched(part2->at.begin));
    CHECK(vouched(part2->at.end + 3));
    CHECK_FALSE(vouched(part2->at.end + 4));
    CHECK(std::is_sorted(proven.begin(), proven.end(), [](Range a, Range b) { return a.begin < b.begin; }));

    const auto before = unproven_bytes(facts, image.bytes(layout.flash), layout.flash.begin);
    image.put(0x080F8000, std::vector<std::uint8_t>{0x00, 0xFF, 0x7F});
    CHECK(unproven_bytes(module_facts(image, layout), image.bytes(layout.flash), layout.flash.begin) == before + 2);
    image.put(part2->at.begin + 0x2000, std::vector<std::uint8_t>{0x12, 0x34});
    const auto broken = module_facts(image, layout);
    CHECK_FALSE(broken.module("system-part2")->good());
    CHECK(unproven_bytes(broken, image.bytes(layout.flash), layout.flash.begin) > before + 0x1000);
}
