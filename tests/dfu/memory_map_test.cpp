#include "dfu/memory_map.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::dfu;

TEST_CASE("the Photon's memory map is read as its bootloader writes it", "[dfu]") {
    const auto map = parse_memory_map("@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg");
    REQUIRE(map);
    CHECK(map->name == "Internal Flash");
    REQUIRE(map->segments.size() == 4);
    CHECK(map->segments[0].at == Range{0x08000000, 0x0800C000});
    CHECK(map->segments[0].sector_size == 0x4000);
    CHECK(map->segments[0].readable);
    CHECK_FALSE(map->segments[0].writable);
    CHECK(map->segments[3].at == Range{0x08020000, 0x08100000});
    CHECK(map->segments[3].erasable);
    CHECK(map->segments[3].writable);
    CHECK(map->readable({0x08000000, 0x08100000}));
    CHECK_FALSE(map->readable({0x08000000, 0x08100001}));
    CHECK_FALSE(map->readable({0x07FFFFFF, 0x08000010}));
}

TEST_CASE("maps of other devices: several parts, bytes, megabytes", "[dfu]") {
    const auto dct = parse_memory_map("@DCT Flash   /0x00000000/01*016Kg");
    REQUIRE(dct);
    CHECK(dct->segments[0].at == Range{0, 0x4000});
    const auto two = parse_memory_map("@Two  /0x08000000/02*001Ma/0x1FFF0000/01*528 a, 01*016Be");
    REQUIRE(two);
    REQUIRE(two->segments.size() == 3);
    CHECK(two->segments[0].at.size() == 2u << 20);
    CHECK(two->segments[1].at == Range{0x1FFF0000, 0x1FFF0000 + 528});
    CHECK(two->segments[2].at.begin == 0x1FFF0000 + 528);
    CHECK(two->segments[2].readable);
    CHECK(two->segments[2].writable);
    CHECK_FALSE(two->segments[2].erasable);
}

TEST_CASE("what is no memory map is refused, also at the edges of 32 bits", "[dfu]") {
    for (const char* text : {"",
                             "@",
                             "DFU",
                             "@Internal Flash",
                             "@x/08000000/01*016Ka",
                             "@x/0x/01*016Ka",
                             "@x/0x08000000",
                             "@x/0x08000000/",
                             "@x/0x08000000/016Ka",
                             "@x/0x08000000/01*016K",
                             "@x/0x08000000/01*016Kz",
                             "@x/0x08000000/01*016K`",
                             "@x/0x08000000/00*016Ka",
                             "@x/0x08000000/01*000Ka",
                             "@x/0x08000000/01*016Qa",
                             "@x/0xFFFFFFFF/01*016Ka",
                             "@x/0x08000000/99999*99999Ma",
                             "@x/0x123456789/01*016Ka",
                             "@x/0x08000000/-1*016Ka",
                             "@x/0x08000000/01*016Ka,",
                             "@x/0x08000000/01*016Ka,,01*016Ka"}) {
        INFO(text);
        if (std::string_view(text) == "@x/0x08000000/01*016Ka,")
            CHECK(parse_memory_map(text));  // a comma at the end is all that a tired vendor can leave
        else
            CHECK_FALSE(parse_memory_map(text));
    }
}
