#include "dfu/descriptors.h"

#include "catch.h"
#include "dfu/photon_device.h"

using namespace photopsy;
using namespace photopsy::dfu;

TEST_CASE("the functional descriptor is found behind the last alternate setting", "[dfu]") {
    const auto found = parse_configuration(test::PhotonDevice().configuration_descriptor());
    REQUIRE(found);
    CHECK(found->number == 0);
    CHECK(found->in_dfu_mode);
    REQUIRE(found->alternates.size() == 2);
    CHECK(found->alternates[0].name_index == 6);
    CHECK(found->alternates[1].number == 1);
    CHECK(found->has_functional_descriptor);
    CHECK(found->can_upload);
    CHECK(found->transfer_size == 4096);
    CHECK(found->dfu_version == 0x011A);
}

TEST_CASE("an interface that is not DFU lends no functional descriptor", "[dfu]") {
    const std::vector<std::uint8_t> serial{9, 2, 27, 0, 1, 1, 0, 0xC0, 50, 9, 4, 0, 0, 2, 2, 2, 1, 0, 9, 0x21, 0x0B, 0, 1, 0, 4, 0x1A, 1};
    CHECK_FALSE(parse_configuration(serial));
    std::vector<std::uint8_t> both = serial;
    both.insert(both.end(), {9, 4, 3, 0, 0, 0xFE, 1, 1, 0, 7, 0x21, 0x01, 0, 1, 0, 2});
    both[2] = static_cast<std::uint8_t>(both.size());
    const auto found = parse_configuration(both);
    REQUIRE(found);
    CHECK(found->number == 3);
    CHECK_FALSE(found->in_dfu_mode);
    CHECK_FALSE(found->can_upload);
    CHECK(found->transfer_size == 512);
    CHECK(found->dfu_version == 0x0100);
}

TEST_CASE("descriptors cut at any byte, and lengths that lie, are refused or read no further", "[dfu]") {
    const auto whole = test::PhotonDevice().configuration_descriptor();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto found = parse_configuration(ByteView(whole).first(length));
        INFO(length);
        CHECK((!found || length == 18 || length == 27));  // only cuts between descriptors leave anything
    }
    for (std::size_t at : {0u, 9u, 18u, 27u}) {
        for (std::uint8_t lie : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{200}}) {
            auto bytes = whole;
            bytes[at] = lie;
            CHECK_FALSE(parse_configuration(bytes));
        }
    }
    test::PhotonDevice garbage;
    garbage.garbage_descriptors = true;
    CHECK_FALSE(parse_configuration(garbage.configuration_descriptor()));
}

TEST_CASE("string descriptors become printable text", "[dfu]") {
    const std::vector<std::uint8_t> bytes{10, 3, 'P', 0, '\n', 0, 0xE9, 0, 'n', 0};
    CHECK(text_of_string_descriptor(bytes) == "P??n");
    CHECK(text_of_string_descriptor(ByteView(bytes).first(7)) == "P?");
    CHECK(text_of_string_descriptor({}).empty());
    CHECK(text_of_string_descriptor(std::vector<std::uint8_t>{4, 2, 'P', 0}).empty());
}
