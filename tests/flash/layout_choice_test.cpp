// Which device a dump is of: no single damaged field decides it.
#include "flash/capture.h"
#include "photopsy.h"

#include "base/digest.h"
#include "catch.h"
#include "mend/repair.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;

namespace {

std::vector<std::uint8_t> whole_flash_of(std::string_view device) {
    const auto sample = sample::make_sample(fmt::format(R"(title = "a"
device = "{0}"
seed = 43
life = [ {{ act = "install-release", release = "2.3.1" }}, {{ act = "factory-table", release = "2.3.1", version_string = "x" }}, {{ act = "provision" }} ])",
                                                        device),
                                            "a");
    if (!sample) FAIL(sample.error().message);
    return sample->file;
}

/// Where the platform id of the module in a slot stands in the file.
std::size_t platform_field_of(const std::vector<std::uint8_t>& file, const Layout& layout, const ModuleSlot& slot) {
    const std::size_t begin = slot.at.begin - layout.flash.begin;
    const auto first = little_endian<std::uint32_t>(ByteView(file).subspan(begin));
    return begin + ((first & layout.vector_mask) == layout.vector_value ? layout.vector_size : 0) + 12;
}

void set_platform(std::vector<std::uint8_t>& file, std::size_t at, unsigned platform) {
    file[at] = static_cast<std::uint8_t>(platform);
    file[at + 1] = static_cast<std::uint8_t>(platform >> 8);
}

void put_bootloader_of(const std::vector<std::uint8_t>& other, std::vector<std::uint8_t>& file) {
    std::copy_n(other.begin(), builtin_layout("photon")->slot("bootloader")->at.size(), file.begin());
}

/// The bootloader names another device, and SHA-256 and checksum are made anew.
void rename_bootloader(std::vector<std::uint8_t>& file, const Layout& layout, unsigned platform) {
    const auto field = platform_field_of(file, layout, *layout.slot("bootloader"));
    set_platform(file, field, platform);
    const std::size_t size = little_endian<std::uint32_t>(ByteView(file).subspan(field - 8)) - layout.flash.begin, from_end = 34;
    const auto digest = sha256(ByteView(file).first(size - from_end));
    std::copy(digest.begin(), digest.end(), file.begin() + static_cast<std::ptrdiff_t>(size - from_end));
    const auto sum = crc32(ByteView(file).first(size));
    for (std::size_t i = 0; i < 4; ++i) file[size + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
}

Analysis analysis_as(const std::vector<std::uint8_t>& file, const Layout& layout, bool is_said) {
    auto capture = recognize(file, "dump.bin", "", layout);
    capture.kind_is_said = is_said;
    return analyze(std::move(capture), layout);
}

std::size_t steps_of(const Analysis& analysis, RemedyStep::Kind kind) {
    std::size_t count = 0;
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list)
            for (const auto& step : remedy.steps) count += step.kind == kind;
    return count;
}

bool writes_nothing_over_usb(const Analysis& analysis) {
    return steps_of(analysis, RemedyStep::Kind::WriteFlash) == 0 && steps_of(analysis, RemedyStep::Kind::WriteTable) == 0 &&
           steps_of(analysis, RemedyStep::Kind::PlanRepair) == 0 && plan_repair(analysis, {}).plan.steps.empty();
}

}  // namespace

TEST_CASE("a damaged platform id in one module, by one bit or by another device's number, leaves the device what it is", "[layout][capture]") {
    for (const auto* name : {"photon", "p1", "electron"}) {
        const auto file = whole_flash_of(name);
        const auto& layout = *builtin_layout(name);
        for (const auto& slot : layout.slots) {
            if (!slot.required) continue;
            const auto at = platform_field_of(file, layout, slot);
            std::vector<unsigned> wrong{0, 6, 8, 10, 13, 0xFFFF};
            for (unsigned bit = 0; bit < 16; ++bit) wrong.push_back(layout.platform_id ^ 1u << bit);
            for (const auto platform : wrong) {
                INFO(name << " " << slot.name << " " << platform);
                auto damaged = file;
                set_platform(damaged, at, platform);
                CHECK(layout_for(damaged).name == name);
            }
        }
    }
}

TEST_CASE("a bootloader that is damaged in its platform id and elsewhere weighs less than the rest", "[layout][capture]") {
    auto file = whole_flash_of("electron");
    const auto& layout = *builtin_layout("electron");
    set_platform(file, platform_field_of(file, layout, *layout.slot("bootloader")), 8);
    file[0x1000] ^= 0x10;
    CHECK(layout_for(file).name == "electron");
}

TEST_CASE("a whole bootloader says what device it is, for no write over USB reaches it", "[layout][capture]") {
    const auto photon = whole_flash_of("photon");
    auto file = whole_flash_of("p1");
    const auto& layout = *builtin_layout("p1");
    for (const auto& slot : layout.slots) {  // files for a Photon in every place that dfu-util reaches
        if (slot.name == "bootloader") continue;
        const auto begin = static_cast<std::ptrdiff_t>(slot.at.begin - layout.flash.begin);
        std::copy_n(photon.begin() + begin, slot.at.size(), file.begin() + begin);
    }
    CHECK(layout_for(file).name == "p1");
    const auto analysis = analyze(recognize(file, "dump.bin", "", layout_for(file)), layout_for(file));
    const auto& causes = analysis.diagnosis.causes;
    const auto wrong = std::find_if(causes.begin(), causes.end(), [](const NamedCause& named) { return named.cause->id == "module-wrong-platform"; });
    REQUIRE(wrong != causes.end());
    CHECK(wrong->story.confidence == Confidence::Likely);
    // Photon and P1 have the same table: nothing but the bootloader tells them apart, and before anything is written the owner says what is printed.
    CHECK(steps_of(analysis, RemedyStep::Kind::WriteByDebugger) == 0);
    CHECK(writes_nothing_over_usb(analysis));
    std::vector<std::string> asked;
    for (const auto& remedy : analysis.remedies[static_cast<std::size_t>(wrong - causes.begin())])
        for (const auto& step : remedy.steps)
            if (step.kind == RemedyStep::Kind::Analyze) asked.push_back(step.device);
    CHECK(asked == std::vector<std::string>{"p1", "photon"});
    const auto as_p1 = analysis_as(file, layout, true), as_photon = analysis_as(file, *builtin_layout("photon"), true);
    CHECK(steps_of(as_p1, RemedyStep::Kind::WriteFlash) >= 2);
    CHECK(steps_of(as_p1, RemedyStep::Kind::WriteByDebugger) == 0);
    CHECK(steps_of(as_p1, RemedyStep::Kind::PlanRepair) == 0);  // a plan is bound to what the connected device says of itself
    REQUIRE_FALSE(as_p1.diagnosis.causes.empty());
    CHECK(as_p1.diagnosis.causes.front().story.confidence == Confidence::Certain);
    CHECK_FALSE(as_photon.capture.has(CaptureDefect::OtherPlatform));
    CHECK(steps_of(as_photon, RemedyStep::Kind::WriteByDebugger) == 1);
    CHECK(writes_nothing_over_usb(as_photon));

    const auto part1 = layout.slot("system-part1")->at;  // one part alone: what device it is is not in doubt
    auto one = whole_flash_of("p1");
    std::copy_n(photon.begin() + (part1.begin - layout.flash.begin), part1.size(), one.begin() + (part1.begin - layout.flash.begin));
    const auto sure = analyze(recognize(one, "dump.bin", "", layout_for(one)), layout_for(one));
    REQUIRE_FALSE(sure.diagnosis.causes.empty());
    CHECK(sure.diagnosis.causes.front().cause->id == "module-wrong-platform");
    CHECK(sure.diagnosis.causes.front().story.confidence == Confidence::Certain);
}

TEST_CASE("a bootloader against which the table and all other modules speak is the wrong one", "[layout][capture]") {
    for (const auto& [name, other] : {std::pair{"photon", "electron"}, {"p1", "electron"}, {"electron", "photon"}, {"electron", "p1"}}) {
        INFO(name << " with the bootloader of a " << other);
        auto file = whole_flash_of(name);
        put_bootloader_of(whole_flash_of(other), file);
        const auto& layout = *builtin_layout(name);
        CHECK(layout_for(file).name == name);
        const auto analysis = analysis_as(file, layout, false);
        REQUIRE_FALSE(analysis.diagnosis.causes.empty());
        const auto& first = analysis.diagnosis.causes.front();
        CHECK(first.cause->id == "module-wrong-platform");
        CHECK(first.story.confidence == Confidence::Likely);
        CHECK(analysis.diagnosis.outcome == Outcome::BootFails);
        CHECK(analysis.boot.result == BootResult::Dfu);  // it refuses the first part
        CHECK(steps_of(analysis, RemedyStep::Kind::WriteByDebugger) == 1);
        CHECK(writes_nothing_over_usb(analysis));
        // As the device tells it over USB, which is what its bootloader says.
        const auto told = analysis_as(file, *builtin_layout(other), false);
        CHECK(told.capture.has(CaptureDefect::OtherPlatform));
        CHECK(writes_nothing_over_usb(told));
    }
    auto p1 = whole_flash_of("p1");
    rename_bootloader(p1, *builtin_layout("p1"), 10);
    CHECK(layout_for(p1).name == "p1");
}

TEST_CASE("modules of another device in all places that a write over USB reaches leave table and bootloader what they are", "[layout][capture]") {
    for (const auto& [name, other] : {std::pair{"photon", "electron"}, {"electron", "photon"}}) {
        INFO(name << " with the parts of a " << other);
        auto file = whole_flash_of(name);
        const auto parts = whole_flash_of(other);
        std::copy(parts.begin() + 0x20000, parts.end(), file.begin() + 0x20000);
        CHECK(layout_for(file).name == name);
        // And with both: whose table it is, is then the one thing that is left.
        put_bootloader_of(parts, file);
        CHECK(layout_for(file).name == other);
    }
}
