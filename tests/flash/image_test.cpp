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

TEST_CASE("an image with only some parts knows of no other, and is not longer than the file was", "[image]") {
    Image image(Range{100, 200});
    image.put(110, four);
    image.put(120, four);
    const Range parts[] = {{100, 112}, {111, 113}, {122, 300}};
    const auto less = image.with_only(parts);
    REQUIRE(less.present().size() == 2);
    CHECK(less.present()[0] == Range{110, 113});
    CHECK(less.present()[1] == Range{122, 124});
    CHECK(less.bytes({122, 124})[0] == 3);
    CHECK(less.bytes({113, 114}).empty());
    CHECK(image.has({110, 114}));
    CHECK(image.with_only({}).present().empty());
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

TEST_CASE("a whole flash that stands in a file becomes the image without a copy, and everything else is copied", "[image]") {
    const std::vector<std::uint8_t> file = {9, 1, 2, 3, 4, 9};
    const auto image_of = [&] { return Image(Range{100, 104}, file); };

    auto whole = image_of();
    whole.put(100, whole.file().subspan(1, 4));
    whole.settle();
    whole.release_file();
    CHECK(whole.everything().data() == whole.file().data() + 1);
    CHECK(whole.has({100, 104}));
    CHECK(whole.bytes({101, 103})[0] == 2);

    const auto shared = whole;
    auto changed = whole;
    const std::uint8_t other[] = {7};
    changed.put(101, other);
    CHECK(changed.bytes({100, 104})[1] == 7);
    CHECK(changed.bytes({100, 104})[3] == 4);
    CHECK(whole.bytes({100, 104})[1] == 2);
    CHECK(shared.everything()[1] == 2);

    auto two = whole;
    two.add_flash({10, 12});
    two.put(10, other);
    CHECK(two.bytes({10, 11})[0] == 7);
    CHECK(two.bytes({100, 104})[3] == 4);

    auto part = image_of();
    part.put(101, part.file().subspan(1, 3));
    part.settle();
    part.release_file();
    CHECK(part.file().empty());
    CHECK(part.everything()[0] == 0xFF);
    CHECK(part.bytes({101, 104})[2] == 3);

    auto nothing = image_of();
    nothing.settle();
    CHECK(nothing.present().empty());
    CHECK(all_erased(nothing.everything()));

    auto foreign = image_of();
    foreign.put(100, four);  // as long, but no part of the file
    CHECK(foreign.everything().data() != four);
    CHECK(foreign.everything()[3] == 4);
}
