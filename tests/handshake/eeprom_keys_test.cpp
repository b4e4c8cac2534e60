// A copy of the device's key that an application keeps in the emulated EEPROM, one byte in each record, is found, offered and proved.
#include "handshake/judge.h"
#include "mend/keys.h"
#include "support/keys.h"
#include "support/shared.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

void append_record(Bytes& page, std::size_t cell, std::uint8_t value) {
    page.insert(page.end(), {value, 0x00, static_cast<std::uint8_t>(cell & 0xFF), static_cast<std::uint8_t>(cell >> 8)});
}

/// An active page whose records hold `values` from cell `first` on, the last cell first, as the firmware's put() of an object writes them.
Bytes page_of(const Bytes& values, std::size_t first, std::size_t size) {
    Bytes page = {0x00, 0x00, 0xFF, 0xFF};
    for (std::size_t i = values.size(); i-- > 0;) append_record(page, first + i, values[i]);
    page.resize(size, 0xFF);
    return page;
}

Image flash_with(const Bytes& page, int number) {
    const auto& layout = *builtin_layout("photon");
    Image image(Bytes(layout.flash.size(), 0xFF), layout.flash.begin);
    image.put(layout.eeprom_pages[static_cast<std::size_t>(number) - 1].begin, page);
    return image;
}

}  // namespace

TEST_CASE("a key in the values of the emulated EEPROM is found in either page", "[keys][eeprom]") {
    const auto& layout = *builtin_layout("photon");
    const auto whole = encode_for_device(first_key());
    for (const int number : {1, 2}) {
        for (const std::size_t first : {std::size_t{0}, std::size_t{12}, std::size_t{2048 - 611}}) {
            const auto image = flash_with(page_of(whole, first, 0x4000), number);
            const auto found = search_eeprom_keys(image, layout, {});
            REQUIRE(found.size() == 1);
            CHECK(found.front().place.page == number);
            CHECK(found.front().place.cell == first);
            REQUIRE(found.front().reading.key);
            CHECK(encode_for_device(found.front().reading.key->key) == whole);
            const auto bytes = eeprom_key_bytes(image, layout, found.front().place);
            CHECK(std::equal(whole.begin(), whole.end(), bytes.begin()));
        }
    }
}

TEST_CASE("a key that was overwritten in the EEPROM's log is still in its older records", "[keys][eeprom]") {
    const auto& layout = *builtin_layout("photon");
    const auto whole = encode_for_device(first_key());
    Bytes page = page_of(whole, 12, 4 + whole.size() * 4);
    for (std::size_t cell = 12; cell < 12 + whole.size(); ++cell) append_record(page, cell, 0xFF);
    page.resize(0x4000, 0xFF);
    const auto found = search_eeprom_keys(flash_with(page, 1), layout, {});
    REQUIRE(found.size() == 1);
    CHECK(found.front().place.record == EepromRecord::Oldest);
}

TEST_CASE("other values of the EEPROM are no key, and broken records give none", "[keys][eeprom]") {
    const auto& layout = *builtin_layout("photon");
    Dice dice(9);
    Bytes values(1600);
    for (auto& value : values) value = static_cast<std::uint8_t>(dice.next() >> 24);
    CHECK(search_eeprom_keys(flash_with(page_of(values, 0, 0x4000), 1), layout, {}).empty());
    Bytes page = page_of(encode_for_device(first_key()), 12, 0x4000);
    for (std::size_t at = 4; at < page.size(); at += 4) page[at + 1] = 0x03;  // no record is valid
    CHECK(search_eeprom_keys(flash_with(page, 1), layout, {}).empty());
    CHECK(eeprom_key_bytes(flash_with(page, 1), layout, {.page = 3}).empty());
}
