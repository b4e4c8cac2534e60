// The emulated EEPROM is judged for the system that runs at the next start, and what brings one that erases its values says so before it is written.
#include "mend/repair.h"
#include "photopsy.h"

#include "catch.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::size_t eeprom_page1 = 0xC000, eeprom_page2 = 0x10000;
constexpr std::uint32_t marked_active = 0xFFFF0000, marked_inactive = 0xCCCC0000, marked_copy = 0xFFFFEEEE;

void put_page(Bytes& file, std::size_t at, std::uint32_t mark) {
    for (std::size_t i = 0; i < 4; ++i) file[at + i] = static_cast<std::uint8_t>(mark >> (8 * i));
    for (std::uint8_t cell = 0; cell < 3; ++cell) std::ranges::copy(Bytes{7, 0, cell, 0}, file.begin() + static_cast<std::ptrdiff_t>(at + 4 + 4 * cell));
}

/// A device of this release with one update that waits ("" none); page 2 alone is being received, or page 1 is active beside an old one.
Analysis with_pages(std::string_view release, std::string_view waits_for, bool receiving, std::string_view damage = "") {
    auto life = fmt::format(R"({{ act = "install-release", release = "{0}" }}, {{ act = "install", module = "user", release = "0.4.7" }}, )"
                            R"({{ act = "factory-table", release = "{0}", version_string = "x" }}, {{ act = "provision" }})",
                            release);
    if (!waits_for.empty())
        life += fmt::format(
            R"(, {{ act = "receive", module = "system-part2", release = "{0}" }}, {{ act = "queue", module = "system-part2", release = "{0}" }})", waits_for);
    auto sample = sample::make_sample(fmt::format("title = \"a\"\ndevice = \"photon\"\nseed = 6\nlife = [{}]\ndamage = [{}]\n", life, damage), "a");
    if (!sample) FAIL(sample.error().message);
    if (receiving) {
        put_page(sample->file, eeprom_page2, marked_copy);
    } else {
        put_page(sample->file, eeprom_page1, marked_active);
        put_page(sample->file, eeprom_page2, marked_inactive);
    }
    const auto& layout = layout_for(sample->file);
    return analyze(recognize(sample->file, "dump.bin", "", layout), layout);
}

bool names(const Analysis& analysis, std::string_view cause) {
    return std::ranges::any_of(analysis.diagnosis.causes, [&](const NamedCause& named) { return named.cause->id == cause; });
}

/// Some remedy of any cause says this.
bool says(const Analysis& analysis, std::string_view words) {
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list)
            for (const auto& text : {remedy.title, remedy.explain, remedy.warning})
                if (text.find(words) != std::string::npos) return true;
    return false;
}

}  // namespace

TEST_CASE("a waiting update from the other side of 0.5.0 decides what becomes of the EEPROM", "[remedy][eeprom]") {
    const auto alone = with_pages("0.4.7", "", true);
    CHECK(alone.facts.eeprom.at_start == EepromAtStart::SwapFinished);
    CHECK(says(alone, "Nothing needs repair"));

    const auto up = with_pages("0.4.7", "0.6.3", true);
    REQUIRE(names(up, "ota-pending"));
    CHECK(up.facts.eeprom.at_start == EepromAtStart::Formatted);
    CHECK(up.facts.eeprom.without_update == EepromAtStart::SwapFinished);
    CHECK(names(up, "eeprom-swap-interrupted"));
    CHECK_FALSE(says(up, "Nothing needs repair"));
    CHECK(says(up, "Save the values before the update is applied"));

    const auto down = with_pages("0.6.3", "0.4.7", false);
    CHECK(down.facts.eeprom.at_start == EepromAtStart::Formatted);
    CHECK(names(down, "eeprom-will-be-formatted"));
    CHECK_FALSE(names(with_pages("0.6.3", "", false), "eeprom-will-be-formatted"));

    const auto same_side = with_pages("0.6.3", "0.6.2", false);
    CHECK(same_side.facts.eeprom.at_start == EepromAtStart::Kept);
    CHECK_FALSE(same_side.facts.eeprom.without_update);
}

TEST_CASE("what brings a system from the other side of 0.5.0 says what that costs", "[remedy][eeprom]") {
    Remedies all(1);
    const auto analysis = with_pages("0.4.7", "", true);
    CHECK(would_lose_eeprom(analysis.facts.eeprom, *system_version_of_release("1.5.0")));
    CHECK_FALSE(would_lose_eeprom(analysis.facts.eeprom, *system_version_of_release("0.4.9")));
    CHECK(would_lose_eeprom(with_pages("0.6.3", "", false).facts.eeprom, *system_version_of_release("0.4.7")));
    CHECK_FALSE(would_lose_eeprom(with_pages("0.6.3", "", false).facts.eeprom, *system_version_of_release("2.3.1")));
}
