// One bit in what a start tests of a module, or in the words it jumps through: it ends as the code that reads these bytes makes it end.
#include "photopsy.h"

#include "catch.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

using namespace photopsy;

namespace {

Analysis damaged(std::string_view device, std::string_view release, std::string_view damage, std::string_view more_life = "") {
    const auto table = device == "core" ? "" : fmt::format(R"(, {{ act = "factory-table", release = "{}", version_string = "x" }})", release);
    const auto sample = sample::make_sample(fmt::format(R"(title = "a"
device = "{}"
seed = 41
life = [ {{ act = "install-release", release = "{}" }}{}, {{ act = "provision" }}{} ]
damage = [ {} ])",
                                                        device, release, table, more_life, damage),
                                            "a");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_for(sample->file);
    return analyze(recognize(sample->file, "dump.bin", "", layout), layout);
}

std::string flip_of(std::string_view at, int bit) { return fmt::format(R"({{ act = "flip", at = "{}", bit = {} }})", at, bit); }

struct Bit {
    const char* at;
    int bit;
    BootResult result;
    const char* reason;
};

}  // namespace

TEST_CASE("a bit in the header of a Photon's module counts where something reads it", "[boot][header]") {
    for (const auto& [at, bit, result, reason] : {
             Bit{"system-part1+0x188", 5, BootResult::Runs, ""},  // end: the bootloader asks only that it lies in the flash
             Bit{"system-part1+0x192", 5, BootResult::Runs, ""},  // function: nobody asks
             Bit{"system-part1+0x184", 0, BootResult::Dfu, ""},
             Bit{"system-part2+0x184", 0, BootResult::SafeMode, "part2-range"},
             Bit{"system-part2+0x188", 5, BootResult::SafeMode, "part2-crc"},
             Bit{"system-part2+0x192", 5, BootResult::SafeMode, "part2-range"},
             Bit{"bootloader+0x184", 5, BootResult::SafeMode, "bootloader-crc"},
             Bit{"bootloader+0x192", 0, BootResult::SafeMode, "bootloader-crc"},
             Bit{"user+4", 0, BootResult::SafeMode, "user-crc"},
             Bit{"user+14", 5, BootResult::SafeMode, "user-crc"},
             Bit{"user+0", 5, BootResult::SafeMode, "no-user-application"},
         }) {
        INFO(at << " bit " << bit);
        const auto analysis = damaged("photon", "1.5.2", flip_of(at, bit));
        CHECK(analysis.boot.result == result);
        CHECK(analysis.boot.safe_mode_reason == reason);
        CHECK_FALSE(analysis.diagnosis.causes.empty());
    }
    CHECK(damaged("photon", "0.6.3", flip_of("system-part2+0x184", 0)).boot.result == BootResult::Runs);
}

TEST_CASE("a bit in the first word hides the header that stands behind it", "[boot][header]") {
    const auto part1 = damaged("photon", "1.5.2", flip_of("system-part1+3", 5)), part2 = damaged("photon", "1.5.2", flip_of("system-part2+3", 5));
    CHECK(part1.boot.result == BootResult::Dfu);
    CHECK(part2.boot.safe_mode_reason == "part2-range");
    for (const auto* analysis : {&part1, &part2}) {
        REQUIRE(analysis->diagnosis.causes.size() == 1);
        CHECK(analysis->diagnosis.causes.front().cause->id == "module-crc-bad");
        const auto& finding = analysis->findings.all()[analysis->diagnosis.causes.front().findings.front()];
        CHECK(finding.where.at.size() == 1);
    }
    CHECK(damaged("photon", "1.5.2", flip_of("bootloader+3", 5)).boot.result == BootResult::Undefined);
    // The processor takes the two lowest bits of a stack pointer for zero.
    CHECK(damaged("photon", "1.5.2", flip_of("system-part1+0", 0)).boot.result == BootResult::Runs);
    CHECK(damaged("photon", "1.5.2", flip_of("system-part1+0", 5)).boot.result == BootResult::Undefined);
}

TEST_CASE("an Electron's system runs beside a bootloader that a Photon's refuses", "[boot][electron]") {
    const auto bit = flip_of("bootloader+0x2000", 2);
    CHECK(damaged("photon", "2.3.1", bit).boot.safe_mode_reason == "bootloader-crc");
    const auto electron = damaged("electron", "2.3.1", bit);
    CHECK(electron.boot.result == BootResult::Runs);
    CHECK(electron.diagnosis.outcome == Outcome::Attention);
    const auto old = damaged("electron", "2.3.1", "", R"(, { act = "install", module = "bootloader", release = "0.6.3" })");
    CHECK(old.boot.result == BootResult::Runs);
    CHECK(old.boot.safe_mode_reason.empty());
    for (const auto& finding : old.findings.all()) CHECK(finding.explain.find("refuses") == std::string::npos);
    CHECK(damaged("electron", "2.3.1", flip_of("system-part3+0x8000", 2)).boot.safe_mode_reason.empty());
    CHECK(damaged("electron", "2.3.1", flip_of("system-part3+0x188", 5)).boot.result == BootResult::Runs);
    CHECK(damaged("electron", "2.3.1", flip_of("user+0x100", 2)).boot.safe_mode_reason == "user-crc");
}

TEST_CASE("a Core's first words are what it starts with", "[boot][core]") {
    for (const auto* damage : {R"({ act = "fill", at = "monolithic+4", length = 4, value = 255 })", R"({ act = "flip", at = "monolithic+4", bit = 0 })",
                               R"({ act = "flip", at = "monolithic+3", bit = 4 })"}) {
        INFO(damage);
        const auto analysis = damaged("core", "0.7.0", damage);
        CHECK(analysis.boot.result == BootResult::Undefined);
        CHECK(analysis.diagnosis.outcome == Outcome::BootFails);
        CHECK_FALSE(analysis.diagnosis.causes.empty());
    }
    CHECK(damaged("core", "0.7.0", flip_of("monolithic+0x9000", 2)).boot.result != BootResult::Undefined);
    CHECK(damaged("core", "0.7.0", flip_of("monolithic+0", 0)).boot.result != BootResult::Undefined);
}

TEST_CASE("a factory application that the system is too old for is put back and then refused", "[boot][header]") {
    for (const auto& [needs, result] : {std::pair{108, BootResult::FactoryReset}, {1509, BootResult::SafeMode}}) {
        INFO(needs);
        const auto image = fmt::format(R"(, {{ act = "erase", slot = "user" }},
            {{ act = "install", module = "user", at = "factory", release = "0.6.3", needs = [4, 2, {}] }})",
                                       needs);
        const auto analysis = damaged("photon", "0.6.3", "", image);
        CHECK(analysis.boot.result == result);
        CHECK(analysis.boot.safe_mode_reason == (result == BootResult::SafeMode ? "user-needs-newer-system" : ""));
        CHECK(analysis.diagnosis.outcome == (result == BootResult::SafeMode ? Outcome::SafeMode : Outcome::Attention));
    }
}
