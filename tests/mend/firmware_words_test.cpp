// A file that was given as firmware and is of no use: its owner is told what it is.
#include "mend/firmware_words.h"

#include "catch.h"
#include "support/sample/sample.h"

#include <string_view>

using namespace photopsy;

namespace {

/// System part 2 as a file of its own.
std::vector<std::uint8_t> second_part() {
    const auto sample = sample::make_sample(R"(title = "a"
device = "photon"
seed = 9
life = [ { act = "install-release", release = "1.5.2" }, { act = "factory-table", release = "1.5.2", version_string = "x" }, { act = "provision" } ]
)",
                                            "a");
    if (!sample) FAIL(sample.error().message);
    constexpr std::size_t at = 0x60000, header = at + 0x184;
    const ByteView flash(sample->file);
    const auto length = little_endian<std::uint32_t>(flash.subspan(header + 4)) - little_endian<std::uint32_t>(flash.subspan(header));
    const auto module = flash.subspan(at, length + 4);
    return {module.begin(), module.end()};
}

}  // namespace

TEST_CASE("a firmware file that is not used is said to be cut off, damaged, for another device or not what is missing", "[repair]") {
    const auto &photon = *builtin_layout("photon"), &p1 = *builtin_layout("p1");
    const auto whole = second_part();
    const auto says = [](ByteView file, const Layout& layout, std::string_view part) {
        const auto words = unused_firmware_in_words(file, layout);
        INFO(words);
        CHECK(words.find(part) != std::string::npos);
    };
    says(whole, photon, "holds system part 2");
    says(whole, p1, "is firmware for a " + photon.title);
    says(ByteView(whole).first(100000), photon, "is cut off: 100000 of ");
    auto damaged = whole;
    damaged[5000] ^= 1;
    says(damaged, photon, "has a wrong checksum");
    const std::string_view text = "root:x:0:0:root:/root:/bin/bash\n";
    says({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, photon, "holds no whole firmware");
    says({}, photon, "holds no whole firmware");
}
