#include "facts/proved_public.h"

#include "base/hex.h"
#include "facts/block_table.h"
#include "facts/facts.h"
#include "support/ota_fixture.h"
#include "support/sample/published.h"
#include "support/shared.h"

#include "catch.h"

#include <algorithm>
#include <string>

using namespace photopsy;
using namespace photopsy::test;

namespace {

PublicMap map_of(const Image& image, const Layout& layout) {
    Capture capture{.image = image};
    const auto facts = collect_facts(capture, layout);
    return proved_public(image, layout, facts.modules, facts.dct);
}

constexpr Address copy1 = 0x08004000, table1 = copy1 + 0x1D7C;

}  // namespace

TEST_CASE("the first reason of a byte stays, whether its neighbours share it or not", "[public]") {
    constexpr Range flash{0x1000, 0x1000 + 3 * 0x1000 + 100};
    const Image image(flash);
    PublicMap map(image);
    std::vector<PublicReason> expected(flash.size(), PublicReason::None);
    std::uint32_t state = 1;
    const auto next = [&](std::uint32_t below) { return (state = state * 1664525u + 1013904223u) / 65536u % below; };
    for (int round = 0; round < 60; ++round) {
        // Whole pages, single bytes, and what begins or ends outside.
        const Range at = round % 5 == 0 ? range_of(0x1000 * (1 + next(4)), 0x1000) : range_of(0x0F80 + next(flash.size() + 0x100), 1 + next(round % 3 ? 40 : 6000));
        const auto reason = static_cast<PublicReason>(1 + next(13));
        map.mark(at, reason);
        for (auto here = std::max(at.begin, flash.begin); here < std::min(at.end, flash.end); ++here)
            if (auto& why = expected[here - flash.begin]; why == PublicReason::None) why = reason;
        const Range asked = range_of(flash.begin + next(flash.size() - 200), 1 + next(200));
        const auto first = expected.begin() + (asked.begin - flash.begin), last = first + asked.size();
        CHECK(map.covers(asked) == (std::find(first, last, PublicReason::None) == last));
        CHECK(map.is_released(asked) == std::all_of(first, last, [](PublicReason why) { return why == PublicReason::ReleasedModule || why == PublicReason::ReleasedBlock; }));
    }
    std::size_t wrong = 0;
    for (auto here = flash.begin; here < flash.end; ++here) wrong += map.why(here) != expected[here - flash.begin];
    CHECK(wrong == 0);
    CHECK(map.why(flash.begin - 1) == PublicReason::None);
    CHECK(map.why(0xFFFFFFFF) == PublicReason::None);
    CHECK_FALSE(map.covers({flash.end - 1, flash.end + 1}));
}

TEST_CASE("nothing of a table is public but flags, numbers and published keys of a known form", "[public]") {
    const OtaDevice device;
    auto image = device.image;
    const Bytes secret = {0x13, 0x57, 0x9B, 0xDF, 0x24, 0x68, 0xAC, 0xE0, 0x31, 0x75, 0xB9, 0xFD, 0x42, 0x86, 0xCA, 0x0E};
    const auto& layout = device.layout;
    for (const auto* list : {&layout.dct.fields, &layout.dct.system_fields})
        for (const auto& field : *list) {
            const auto base = copy1 + (list == &layout.dct.fields ? layout.dct.application_offset : 0);
            Bytes full;
            while (full.size() < field.size) full.insert(full.end(), secret.begin(), secret.end());
            full.resize(field.size);
            image.put(base + field.offset, full);
        }
    const auto map = map_of(image, layout);
    std::size_t run = 0, longest = 0;
    for (Address at = copy1; at < copy1 + 0x4000; ++at) {
        run = map.why(at) == PublicReason::None || map.why(at) == PublicReason::Blank ? 0 : run + 1;
        longest = std::max(longest, run);
    }
    CHECK(longest <= 2);  // a number of two bytes may be anything
}

TEST_CASE("known forms are public, at their place", "[public]") {
    const OtaDevice device;
    auto image = device.image;
    const auto key = sample::published_server_key();
    image.put(table1 + 2082, key);
    image.put(table1 + 2466, Bytes{1, 15, 'd', 'e', 'v', 'i', 'c', 'e', '.', 's', 'p', 'a', 'r', 'k', '.', 'i', 'o', 0});
    image.put(table1 + 1753, Bytes{0xA5});
    image.put(table1 + 3298, key);  // the place of the other transport's key: not its
    auto map = map_of(image, device.layout);
    CHECK(map.covers(range_of(copy1, 16)));
    CHECK(map.covers(range_of(table1 + 2082, 294)));
    CHECK(map.covers(range_of(table1 + 2466, 17)));
    CHECK(map.covers(range_of(table1 + 1753, 1)));
    CHECK_FALSE(map.covers(range_of(table1 + 3298 + 100, 1)));
    image.put(table1 + 2082 + 40, Bytes{static_cast<std::uint8_t>(key[40] ^ 1)});
    map = map_of(image, device.layout);
    CHECK(map.why(table1 + 2082 + 10) == PublicReason::None);
}

TEST_CASE("of a module that no release has, its header and the size of its suffix are public", "[public]") {
    const OtaDevice device;
    const auto map = map_of(device.image, device.layout);
    const auto* user = device.layout.slot("user");
    CHECK(map.covers(range_of(user->at.begin, module_header_size)));
    CHECK(map.why(user->at.begin + module_header_size) == PublicReason::None);
    CHECK(map.why(user->at.begin + 0x184 + 2) == PublicReason::None);
    const auto part = device.layout.slot("system-part2")->at.begin;
    CHECK(map.covers(range_of(part + 0x184, module_header_size)));
    CHECK(map.why(part + 0x4000) == PublicReason::None);
    CHECK(map.why(0x08100000) == PublicReason::None);
}

TEST_CASE("EEPROM records are public without their values", "[public]") {
    const OtaDevice device;
    auto image = device.image;
    image.put(0x0800C000, Bytes{0, 0, 0xFF, 0xFF, 0x78, 0, 5, 0, 0x78, 0, 0, 0x90, 0x78, 0x12, 5, 0});
    const auto map = map_of(image, device.layout);
    CHECK(map.covers(range_of(0x0800C000, 4)));
    CHECK(map.why(0x0800C004) == PublicReason::None);
    CHECK(map.covers(range_of(0x0800C005, 3)));
    CHECK(map.why(0x0800C00A) == PublicReason::None);  // no cell has such a number
    CHECK(map.why(0x0800C00E) == PublicReason::None);  // no record has such a status
}

TEST_CASE("bytes that the file does not hold are not public", "[public]") {
    const OtaDevice device;
    const auto map = map_of(Image(device.layout.flash), device.layout);
    for (Address at : {0x08000000u, 0x08004000u, 0x08030000u, 0x080A0000u}) CHECK(map.why(at) == PublicReason::None);
    CHECK(map.covers(range_of(0x08030000, 0)));
}

TEST_CASE("released firmware is public, block by block, wherever it stands", "[public]") {
    const auto& dumps = shared_archive("dumps/dumps.tar.zst");
    if (dumps.empty()) {
        WARN("no shared material: released firmware not looked at");
        return;
    }
    const auto& layout = *builtin_layout("photon");
    for (const auto& [path, bytes] : dumps) {
        if (path.find("d001-healthy-1.5.2") == path.npos) continue;
        Image image(bytes, layout.flash.begin);
        auto map = map_of(image, layout);
        for (const auto* slot : {"bootloader", "system-part1", "system-part2", "user"}) CHECK(map.covers(range_of(layout.slot(slot)->at.begin, 0x1000)));
        CHECK(map.covers(range_of(0x080A0000, 0x1470)));
        // One bit of an application that is known: named by its checksum, and so it stays. Many bytes: no longer.
        image.put(0x080A0800, Bytes{static_cast<std::uint8_t>(image.bytes(range_of(0x080A0800, 1))[0] ^ 4)});
        CHECK(map_of(image, layout).covers(range_of(0x080A0400, 0x800)));
        image.put(0x080E0000, Bytes(0x20000, 0xFF));  // the same application stands whole in the factory area
        image.put(0x080A0800, Bytes(16, 0x5A));
        CHECK_FALSE(map_of(image, layout).covers(range_of(0x080A0400, 0x800)));
        // A secret in a block of system part 2 takes its block with it, and only that.
        image.put(0x08070123, Bytes{'s', 'e', 'c', 'r', 'e', 't', '1', '2'});
        map = map_of(image, layout);
        CHECK(map.covers(range_of(0x0806F000, 0x1000)));
        CHECK(map.why(0x08070123) == PublicReason::None);
        CHECK(map.covers(range_of(0x08071000, 0x1000)));
        return;
    }
    FAIL("the healthy dump is missing");
}
