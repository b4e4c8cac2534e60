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

TEST_CASE("EEPROM: the code up to 0.4.9 passes over what it cannot read, and uses 16 KiB of each page", "[eeprom]") {
    Pages pages;
    pages.word(page2, active);
    pages.record(page2 + 4, 7, 0, 0);
    pages.record(page2 + 8, 8, 0xFF, 1);
    pages.record(page2 + 16, 9, 0, 2);         // behind a hole
    pages.record(page2 + 0x8000, 9, 0x55, 3);  // the application's own, or of code from 0.5.0 on
    const auto old = read_eeprom(pages.image, table_layout(), std::uint16_t{11});
    CHECK(old.cells_in_use == 2);
    CHECK(old.pages[1].unreachable == 0);
    CHECK(old.pages[1].first_invalid == range_of(page2 + 8, 4));
    const auto later = read_eeprom(pages.image, table_layout(), std::uint16_t{12});
    CHECK(later.cells_in_use == 1);
    CHECK(later.pages[1].unreachable == 1);
}

TEST_CASE("EEPROM: the state is the one that the installed code makes of the marks", "[eeprom]") {
    const auto state_for = [](std::uint32_t one, std::uint32_t two, std::uint16_t version) {
        Pages pages;
        pages.word(page1, one);
        pages.word(page2, two);
        return read_eeprom(pages.image, table_layout(), version).state;
    };
    CHECK(state_for(copying, erased, 8) == State::SwapInterrupted);
    CHECK(state_for(copying, erased, 109) == State::WillBeFormatted);
    CHECK(state_for(inactive, erased, 8) == State::Normal);
    CHECK(state_for(inactive, erased, 109) == State::WillBeFormatted);
    CHECK(state_for(active, inactive, 8) == State::WillBeFormatted);
    CHECK(state_for(active, inactive, 109) == State::Normal);
    CHECK(state_for(active, erased, 8) == State::Normal);
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

TEST_CASE("EEPROM: what the next start does, by the code of each era", "[eeprom]") {
    using Start = EepromAtStart;
    struct Row {
        std::uint32_t one, two;
        Start until_049, since_050;
    };
    constexpr std::uint32_t hit = 0x12345678;
    const Row rows[] = {
        {active, erased, Start::Kept, Start::Kept},
        {erased, active, Start::Kept, Start::Kept},
        {active, copying, Start::SwapFinished, Start::Kept},
        {copying, active, Start::SwapFinished, Start::Kept},
        {erased, copying, Start::SwapFinished, Start::Formatted},
        {copying, erased, Start::SwapFinished, Start::Formatted},
        {active, active, Start::Formatted, Start::Kept},
        {active, inactive, Start::Formatted, Start::Kept},
        {inactive, active, Start::Formatted, Start::Kept},
        {inactive, erased, Start::Kept, Start::Formatted},
        {copying, copying, Start::Formatted, Start::Formatted},
        {hit, active, Start::Formatted, Start::Kept},
        {active, hit, Start::Unknown, Start::Kept},
        {hit, erased, Start::Formatted, Start::Formatted},
        {erased, erased, Start::NothingStored, Start::NothingStored},
    };
    for (const auto& row : rows) {
        Pages pages;
        pages.word(page1, row.one);
        pages.word(page2, row.two);
        INFO(row.one << " " << row.two);
        for (const auto version : {std::uint16_t{1}, std::uint16_t{8}, std::uint16_t{11}})
            CHECK(read_eeprom(pages.image, table_layout(), version).at_start == row.until_049);
        for (const auto version : {std::uint16_t{12}, std::uint16_t{109}, std::uint16_t{2302}})
            CHECK(read_eeprom(pages.image, table_layout(), version).at_start == row.since_050);
        CHECK(pages.read().at_start == (row.until_049 == row.since_050 ? row.until_049 : Start::Unknown));
    }
}

TEST_CASE("EEPROM: a page that is not in the file leaves the start unknown", "[eeprom]") {
    Pages whole;
    whole.word(page1, active);
    whole.word(page2, active);
    for (const Address missing : {page1, page2}) {
        Image image(range_of(0x08000000, 0x100000));
        const auto present = missing == page1 ? Range{page2, 0x08020000} : Range{page1, page2};
        image.put(present.begin, whole.image.bytes(present));
        const auto eeprom = read_eeprom(image, table_layout(), 2302);
        CHECK(eeprom.state == State::NotChecked);
        CHECK(eeprom.at_start == EepromAtStart::Unknown);
        CHECK(eeprom.active.has_value() == (missing == page2));  // page 1 is read first, whatever page 2 says
    }
}
