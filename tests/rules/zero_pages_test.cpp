// Zeros over whole pages of the configuration table: something wrote them, or a read over USB failed.
#include "photopsy.h"
#include "support/fleet_folder.h"
#include "support/named_cause.h"
#include "support/story.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

Analysis with_zeros(std::size_t offset, std::size_t length) {
    auto flash = dump_of("healthy-1.5.2");
    std::fill_n(flash.begin() + static_cast<std::ptrdiff_t>(offset), length, std::uint8_t{0});
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(flash, "dump.bin", "", layout), layout);
}

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
