#include "flash/image.h"

#include "catch.h"

using namespace photopsy;

static const std::uint8_t four[] = {1, 2, 3, 4};

TEST_CASE("an image knows what the file held") {
    Image image(Range{100, 200});
    CHECK_FALSE(image.has({100, 101}));
    image.put(110, four);
    image.put(114, four);
    CHECK(image.present().size() == 1);
    CHECK(image.has({110, 118}));
    CHECK_FALSE(image.has({110, 119}));
    CHECK(image.bytes({110, 119}).empty());
    CHECK(image.leading({116, 130}).size() == 2);
    CHECK_FALSE(image.erased({150, 160}));
}

TEST_CASE("what lies outside an image is dropped") {
    Image image(Range{100, 104});
    image.put(98, four);
    image.put(103, four);
    CHECK(image.present().size() == 2);
    CHECK(image.bytes({100, 102})[0] == 3);
    CHECK(image.bytes({103, 104})[0] == 1);
    image.put(0xFFFFFFFE, four);
    CHECK(image.present().size() == 2);
}

TEST_CASE("a reader over a gap is spoilt, not wrong") {
    Image image(Range{100, 200});
    image.put(110, four);
    auto reader = image.reader({110, 120});
    CHECK(reader.read<std::uint32_t>().value == 0x04030201);
    CHECK(reader.read<std::uint32_t>().value == 0);
    CHECK_FALSE(reader.ok());
}

TEST_CASE("a range that wrapped past the end of the address space holds nothing") {
    Image image(Range{100, 200});
    image.put(110, four);
    const auto wrapped = range_of(111, 0xFFFFFFF0);
    CHECK_FALSE(image.has(wrapped));
    CHECK(image.bytes(wrapped).empty());
    CHECK(image.leading(wrapped).empty());
    CHECK_FALSE(image.erased(wrapped));
}
