// The words in front of a module header are damaged: the header still shows where the file's bytes belong.
#include "flash/capture.h"

#include "catch.h"
#include "support/sample/sample.h"

#include <algorithm>

using namespace photopsy;

namespace {

constexpr std::size_t firmware = 0x5000, header = firmware + 0x10C;

std::vector<std::uint8_t> program_of_one_piece() {
    const auto sample = sample::make_sample(R"(title = "a"
device = "core"
seed = 44
life = [ { act = "install-release", release = "0.7.0" }, { act = "provision" } ])",
                                            "a");
    if (!sample) FAIL(sample.error().message);
    return sample->file;
}

Capture read_again(const std::vector<std::uint8_t>& file) { return recognize(file, "dump.bin", "", layout_for(file)); }

}  // namespace

TEST_CASE("a damaged start word, or a whole vector table that is gone, is no fault of the capture", "[capture]") {
    const auto file = program_of_one_piece();
    REQUIRE(read_again(file).problems.empty());
    for (std::size_t bit = 0; bit < 32; ++bit) {
        auto damaged = file;
        damaged[firmware + bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        INFO("bit " << bit);
        CHECK(read_again(damaged).problems.empty());
    }
    for (const std::size_t size : {std::size_t{4}, std::size_t{8}, std::size_t{256}, header - firmware})
        for (const std::uint8_t value : {0x00, 0xFF}) {
            auto damaged = file;
            std::fill_n(damaged.begin() + firmware, size, value);
            INFO(size << " bytes of " << int{value});
            CHECK(read_again(damaged).problems.empty());
        }
}

TEST_CASE("bytes that are lost or added in front of the header are still found", "[capture]") {
    auto longer = program_of_one_piece();
    longer.insert(longer.begin(), 268, 0x20);
    CHECK(read_again(longer).has(CaptureDefect::Shifted));
    auto shorter = program_of_one_piece();
    shorter.erase(shorter.begin() + 0x4000, shorter.begin() + 0x4000 + 268);
    CHECK(read_again(shorter).has(CaptureDefect::BytesLost));
}
