#include "facts/eeprom.h"
#include "support/table.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;
using State = Eeprom::State;

static constexpr Address page1 = 0x0800C000, page2 = 0x08010000;
static constexpr std::uint32_t erased = 0xFFFFFFFF, copying = 0xFFFFEEEE, active = 0xFFFF0000, inactive = 0xCCCC0000;

namespace {
struct Pages {
    Image image{Bytes(0x100000, 0xFF), 0x08000000};
    void word(Address at, std::uint32_t value) {
        const Bytes bytes = {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value >> 16),
                             static_cast<std::uint8_t>(value >> 24)};
        image.put(at, bytes);
    }
    void record(Address at, std::uint8_t value, std::uint8_t status, std::uint16_t index) {
        word(at, value | (std::uint32_t{status} << 8) | (std::uint32_t{index} << 16));
    }
    Eeprom read() const { return read_eeprom(image, table_layout()); }
};
struct Record {
    std::uint32_t offset;
    std::uint8_t value, status;
    std::uint16_t index;
};
}  // namespace

/// One active page with these records; the other erased.
static Eeprom with_records(Address page, std::initializer_list<Record> records) {
    Pages pages;
    pages.word(page, active);
    for (const auto& record : records) pages.record(page + record.offset, record.value, record.status, record.index);
    return pages.read();
}

static State state_with(std::uint32_t one, std::uint32_t two) {
    Pages pages;
    pages.word(page1, one);
    pages.word(page2, two);
    return pages.read().state;
}

TEST_CASE("EEPROM: every pair of page states", "[eeprom]") {
    CHECK(state_with(erased, erased) == State::NeverUsed);
    CHECK(state_with(active, erased) == State::Normal);
    CHECK(state_with(erased, active) == State::Normal);
    CHECK(state_with(active, inactive) == State::Normal);
    CHECK(state_with(inactive, active) == State::Normal);
    CHECK(state_with(active, copying) == State::SwapInterrupted);
    CHECK(state_with(copying, active) == State::SwapInterrupted);
    CHECK(state_with(active, active) == State::BothActive);
    CHECK(state_with(copying, erased) == State::WillBeFormatted);
    CHECK(state_with(inactive, inactive) == State::WillBeFormatted);
    CHECK(state_with(0x12345678, erased) == State::Corrupt);
    CHECK(state_with(active, 0x12345678) == State::Corrupt);
    CHECK(read_eeprom(Image(range_of(0x08000000, 0x100000)), table_layout()).state == State::NotChecked);
}

TEST_CASE("EEPROM: which page is read, and how many cells it holds", "[eeprom]") {
    const auto eeprom = with_records(page2, {{4, 7, 0, 0}, {8, 8, 0, 1}, {12, 9, 0, 0}});
    CHECK(eeprom.active == 2);
    CHECK(eeprom.cells_in_use == 2);
    CHECK(eeprom.pages[1].records == 3);
    CHECK_FALSE(eeprom.pages[1].first_invalid);
}

TEST_CASE("EEPROM: reading stops at a half-written record", "[eeprom]") {
    const auto page = with_records(page1, {{4, 7, 0, 0}, {8, 8, 0xFF, 1}, {12, 9, 0, 2}}).pages[0];
    CHECK(page.records == 1);
    CHECK(page.unreachable == 1);
    CHECK(page.first_invalid == range_of(page1 + 8, 4));
    CHECK_FALSE(page.ends_in_hole);
}

TEST_CASE("EEPROM: a hole with records behind it", "[eeprom]") {
    const auto page = with_records(page1, {{4, 7, 0, 0}, {16, 9, 0, 2}}).pages[0];
    CHECK(page.ends_in_hole);
    CHECK(page.first_invalid == range_of(page1 + 8, 4));
    CHECK(page.unreachable == 1);
}

TEST_CASE("EEPROM: an index beyond the capacity", "[eeprom]") {
    const auto page = with_records(page1, {{4, 7, 0, 2047}, {8, 7, 0, 2048}}).pages[0];
    CHECK(page.index_out_of_range == 1);
    CHECK(page.first_index_out_of_range == range_of(page1 + 8, 4));
    CHECK(page.records == 2);
}

TEST_CASE("EEPROM: data behind an erased header will be lost", "[eeprom]") {
    Pages pages;
    pages.record(page1 + 4, 7, 0, 0);
    CHECK(pages.read().state == State::WillBeFormatted);
}
