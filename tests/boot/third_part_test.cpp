// What stands in the place of the third system part: its own module, another one, or nothing because the release has none.
#include "photopsy.h"

#include "catch.h"
#include "support/named_cause.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;
using Bytes = std::vector<std::uint8_t>;

namespace {

constexpr std::size_t first_place = 0x20000, second_place = 0x40000, third_place = 0x60000, user_place = 0x80000, place_size = 0x20000;

Bytes device_with(std::string_view release) {
    const auto sample = sample::make_sample(fmt::format(R"(title = "a"
device = "electron"
seed = 45
life = [ {{ act = "install-release", release = "{0}" }}, {{ act = "factory-table", release = "{0}" }}, {{ act = "provision" }} ])",
                                                        release),
                                            "a");
    if (!sample) FAIL(sample.error().message);
    return sample->file;
}

void move_into(Bytes& file, std::size_t to, const Bytes& from_file, std::size_t from) {
    std::copy_n(from_file.begin() + static_cast<std::ptrdiff_t>(from), place_size, file.begin() + static_cast<std::ptrdiff_t>(to));
}

Analysis judged(const Bytes& file) {
    const auto& layout = layout_for(file);
    return analyze(recognize(file, "dump.bin", "", layout), layout);
}

std::vector<std::string> slots_with(const Analysis& analysis, std::string_view rule) {
    std::vector<std::string> slots;
    for (const auto& finding : analysis.findings.all())
        if (finding.rule->id == rule) slots.push_back(finding.where.region);
    return slots;
}

}  // namespace

TEST_CASE("another module in the third part's place is called and crashes the device", "[boot][electron]") {
    const auto whole = device_with("2.3.1");
    REQUIRE(judged(whole).boot.result == BootResult::Runs);
    for (const auto from : {first_place, second_place, user_place}) {
        INFO(from);
        auto file = whole;
        move_into(file, third_place, whole, from);
        const auto analysis = judged(file);
        CHECK(analysis.boot.result == BootResult::Undefined);
        CHECK(analysis.diagnosis.outcome == Outcome::BootFails);
        CHECK(analysis.diagnosis.confidence == Confidence::Certain);
        CHECK(slots_with(analysis, "module-misplaced") == std::vector<std::string>{"system-part1"});
    }
}

TEST_CASE("a wrong bit in the first part's header does not give an older system a third part", "[boot][electron]") {
    constexpr std::size_t index_at = 0x184 + 15, asked_function = 0x184 + 16;
    const auto whole = device_with("0.5.3");
    REQUIRE(judged(whole).boot.result == BootResult::Runs);
    for (const auto at : {index_at, asked_function}) {
        auto file = whole;
        file[first_place + at] ^= at == index_at ? 2 : 4;
        const auto analysis = judged(file);
        INFO(at);
        CHECK(analysis.boot.result == BootResult::Runs);
        CHECK_FALSE(cause_called(analysis, "module-missing"));
    }
    auto newer = device_with("2.3.1");
    std::fill_n(newer.begin() + static_cast<std::ptrdiff_t>(third_place), place_size, std::uint8_t{0xFF});
    CHECK(judged(newer).boot.result != BootResult::Runs);
}

TEST_CASE("parts that were written in the order of their numbers are wrong in all three places", "[boot][electron]") {
    const auto whole = device_with("2.3.1");
    auto file = whole;
    move_into(file, first_place, whole, third_place);
    move_into(file, second_place, whole, first_place);
    move_into(file, third_place, whole, second_place);
    const auto analysis = judged(file);
    CHECK(analysis.diagnosis.outcome == Outcome::BootFails);
    CHECK(slots_with(analysis, "module-misplaced") == std::vector<std::string>{"system-part2", "system-part3", "system-part1"});
}

TEST_CASE("a release of two parts has no third one that could be missing, whichever of the two is left", "[boot][electron]") {
    for (const auto gone : {first_place, second_place}) {
        INFO(gone);
        auto file = device_with("0.5.3");
        REQUIRE(judged(file).boot.result == BootResult::Runs);
        std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(gone), place_size, std::uint8_t{0xFF});
        CHECK(slots_with(judged(file), "slot-empty") == std::vector<std::string>{gone == first_place ? "system-part2" : "system-part3"});
    }
    auto later = device_with("2.3.1");
    std::fill_n(later.begin() + first_place, place_size, std::uint8_t{0xFF});
    std::fill_n(later.begin() + third_place, place_size, std::uint8_t{0xFF});
    CHECK(slots_with(judged(later), "slot-empty") == std::vector<std::string>{"system-part2", "system-part1"});
}
