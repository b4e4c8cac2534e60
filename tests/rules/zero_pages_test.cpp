// Zeros or FF over whole pages of the configuration table: something wrote or erased them, or a read over USB failed.
#include "photopsy.h"
#include "support/fleet_folder.h"
#include "support/named_cause.h"
#include "support/story.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

Analysis with_fill(std::size_t offset, std::size_t length, std::uint8_t value) {
    auto flash = dump_of("healthy-1.5.2");
    std::fill_n(flash.begin() + static_cast<std::ptrdiff_t>(offset), length, value);
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(flash, "dump.bin", "", layout), layout);
}

Analysis with_zeros(std::size_t offset, std::size_t length) { return with_fill(offset, length, 0); }

}  // namespace

TEST_CASE("a key in a page of zeros may be one that was not read, and is read again before anything is written", "[keys][rules]") {
    const auto& layout = *builtin_layout("photon");
    const auto sound = with_zeros(0, 0);
    const auto key = sound.keys.device.at;
    const auto page = (key.begin - layout.flash.begin) / 0x1000 * 0x1000;
    const auto zeroed = with_zeros(page, 0x2000);  // the key crosses the border of a page
    const auto* cause = cause_called(zeroed, "private-key-zeroed");
    REQUIRE(cause);
    CHECK(cause->story.confidence == Confidence::Likely);
    CHECK(reads_again_first(zeroed, "private-key-zeroed"));
    const auto written = with_zeros(key.begin - layout.flash.begin, key.size());  // over the slot alone: no transfer ends there
    const auto* other = cause_called(written, "private-key-zeroed");
    REQUIRE(other);
    CHECK(other->story.confidence == Confidence::Certain);
    CHECK_FALSE(reads_again_first(written, "private-key-zeroed"));
}

TEST_CASE("a key in an erased page between pages that are not may be one that was not read", "[keys][rules]") {
    const auto& layout = *builtin_layout("photon");
    const auto sound = with_zeros(0, 0);
    const auto key = sound.keys.device.at;
    const auto* copy = sound.facts.dct.current();
    REQUIRE(copy);
    const auto page = (key.begin - layout.flash.begin) / 0x1000 * 0x1000;
    const auto lost = with_fill(page, 0x1000, 0xFF);
    const auto* cause = cause_called(lost, "private-key-erased");
    REQUIRE(cause);
    CHECK(cause->story.confidence == Confidence::Likely);
    CHECK(reads_again_first(lost, "private-key-erased"));
    CHECK(cause_called(lost, "wifi-list-erased"));
    CHECK(cause_called(lost, "wifi-list-erased")->story.confidence == Confidence::Likely);
    // Over the slot alone no block ends, and from a page to the table's end a write that stopped leaves the same.
    for (const auto& [begin, end] : {std::pair(key.begin, key.end), std::pair(layout.flash.begin + static_cast<Address>(page), copy->at.end)}) {
        const auto other = with_fill(begin - layout.flash.begin, end - begin, 0xFF);
        CHECK(other.facts.dct.unread_pages.empty());
    }
}

TEST_CASE("a page that reads erased from the middle of the key on is no reset of the table and no key cut short for certain", "[keys][rules]") {
    const auto& layout = *builtin_layout("photon");
    const auto key = with_zeros(0, 0).keys.device.at;
    const auto page = (key.end - 1 - layout.flash.begin) / 0x1000 * 0x1000;
    REQUIRE(layout.flash.begin + page > key.begin);
    const auto lost = with_fill(page, 0x1000, 0xFF);
    CHECK_FALSE(cause_called(lost, "dct-reset-to-default"));
    CHECK_FALSE(lost.facts.dct.unread_pages.empty());
    for (const auto& named : lost.diagnosis.causes) CHECK(named.story.confidence != Confidence::Certain);
}

TEST_CASE("headers in pages of zeros are read again before the table counts as lost", "[dct][rules]") {
    auto flash = dump_of("healthy-1.5.2");
    const auto& layout = *builtin_layout("photon");
    const auto judged = [&] { return analyze(recognize(flash, "dump.bin", "", layout), layout); };
    for (const auto& copy : layout.dct.copies)
        std::fill_n(flash.begin() + static_cast<std::ptrdiff_t>(copy.begin - layout.flash.begin), 0x1000, std::uint8_t{0});
    const auto unread = judged();
    REQUIRE(cause_called(unread, "dct-both-copies-invalid"));
    CHECK(cause_called(unread, "dct-both-copies-invalid")->story.confidence == Confidence::Likely);
    CHECK(reads_again_first(unread, "dct-both-copies-invalid"));
    for (const auto& copy : layout.dct.copies)
        std::fill_n(flash.begin() + static_cast<std::ptrdiff_t>(copy.begin - layout.flash.begin), copy.size(), std::uint8_t{0xFF});
    const auto erased = judged();
    REQUIRE(cause_called(erased, "dct-both-copies-invalid"));
    CHECK(cause_called(erased, "dct-both-copies-invalid")->story.confidence == Confidence::Certain);
    CHECK_FALSE(reads_again_first(erased, "dct-both-copies-invalid"));
}
