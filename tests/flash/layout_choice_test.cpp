// Which device a dump is of: no single damaged field decides it.
#include "flash/capture.h"
#include "photopsy.h"

#include "catch.h"
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
    for (const auto& remedy : analysis.remedies[static_cast<std::size_t>(wrong - causes.begin())])
        for (const auto& step : remedy.steps) CHECK(step.kind != RemedyStep::Kind::WriteByDebugger);

    const auto part1 = layout.slot("system-part1")->at;  // one part alone: what device it is is not in doubt
    auto one = whole_flash_of("p1");
    std::copy_n(photon.begin() + (part1.begin - layout.flash.begin), part1.size(), one.begin() + (part1.begin - layout.flash.begin));
    const auto sure = analyze(recognize(one, "dump.bin", "", layout_for(one)), layout_for(one));
    REQUIRE_FALSE(sure.diagnosis.causes.empty());
    CHECK(sure.diagnosis.causes.front().cause->id == "module-wrong-platform");
    CHECK(sure.diagnosis.causes.front().story.confidence == Confidence::Certain);
}
