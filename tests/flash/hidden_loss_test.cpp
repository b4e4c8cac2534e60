// Bytes lost in the last module of a file that was filled up to the flash's size: nothing behind the loss stands in the wrong place but that module's own end.
#include "catch.h"
#include "flash/capture.h"
#include "flash/layout.h"
#include "support/shared.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const Bytes* labelled_dump(std::string_view name) {
    for (const auto& [path, bytes] : shared_archive("dumps/dumps.tar.zst"))
        if (path.find(name) != path.npos) return &bytes;
    return nullptr;
}

Capture without(Bytes flash, std::size_t at, std::size_t count) {
    flash.erase(flash.begin() + static_cast<std::ptrdiff_t>(at), flash.begin() + static_cast<std::ptrdiff_t>(at + count));
    flash.resize(0x100000, 0xFF);
    return recognize(flash, "dump.bin", "", *builtin_layout("photon"));
}

}  // namespace

TEST_CASE("Bytes lost in the last module and filled up at the end are found by what stands early", "[capture][real]") {
    const auto* flash = labelled_dump("d011-");
    if (!flash) {
        WARN("no labelled dumps beside the checkout");
        return;
    }
    // With nothing behind it that is early too, another module's end would look the same: then only odd numbers of bytes are a proof.
    auto alone = *flash;
    std::fill(alone.begin() + 0xA0000, alone.end(), std::uint8_t{0xFF});
    CHECK(without(alone, 0x70123, 3).has(CaptureDefect::BytesLost));
    CHECK_FALSE(without(alone, 0x70123, 4).has(CaptureDefect::BytesLost));
    CHECK(recognize(*flash, "dump.bin", "", *builtin_layout("photon")).problems.empty());
    for (const std::size_t count : {1u, 4u, 64u, 512u, 4096u})
        for (const std::size_t at : {0x64000u, 0x70123u, 0x88000u}) {
            const auto capture = without(*flash, at, count);
            INFO(count << " bytes lost at " << at);
            REQUIRE(capture.has(CaptureDefect::BytesLost));
            const auto lost = std::find_if(capture.problems.begin(), capture.problems.end(),
                                           [](const CaptureProblem& problem) { return problem.defect == CaptureDefect::BytesLost; });
            CHECK(lost->length == count);
            CHECK(lost->where.contains(0x08000000 + static_cast<Address>(at)));
            CHECK(capture.untrustworthy());
        }
}

TEST_CASE("A module that ends early because another one ended there is no loss", "[capture][real]") {
    const auto& firmware = shared_archive("corpus/firmware.tar.zst");
    const auto* flash = labelled_dump("d011-");
    if (!flash || firmware.empty()) {
        WARN("no real firmware beside the checkout");
        return;
    }
    // The new release's beginning, the old one's end behind it, which is shorter: as a write over USB leaves it.
    for (const auto& [begins, ends] :
         {std::pair{"1.5.2", "1.4.0"}, {"1.5.2", "1.1.1"}, {"2.3.1", "2.0.0"}, {"2.3.1", "1.5.2"}, {"1.2.1", "0.7.0"}, {"1.5.2", "0.6.3"}}) {
        const auto first = firmware.find(std::string("firmware/photon/system-part2-") + begins + ".bin"),
                   second = firmware.find(std::string("firmware/photon/system-part2-") + ends + ".bin");
        if (first == firmware.end() || second == firmware.end()) continue;
        auto mixed = *flash;
        std::fill(mixed.begin() + 0x60000, mixed.begin() + 0xA0000, std::uint8_t{0xFF});
        std::copy(second->second.begin(), second->second.end(), mixed.begin() + 0x60000);
        std::copy_n(first->second.begin(), 0x10000, mixed.begin() + 0x60000);
        INFO(begins << " over " << ends);
        CHECK_FALSE(recognize(mixed, "dump.bin", "", *builtin_layout("photon")).has(CaptureDefect::BytesLost));
    }
}

TEST_CASE("An application whose writing stopped has lost nothing, whatever its last bytes look like", "[capture][real]") {
    const auto& firmware = shared_archive("corpus/firmware.tar.zst");
    const auto* flash = labelled_dump("d011-");
    const auto found = firmware.find("firmware/p1/user/ascender-1.1.0-dep1.1.0.bin");
    if (!flash || found == firmware.end()) {
        WARN("no real firmware beside the checkout");
        return;
    }
    const auto& application = found->second;
    unsigned cuts = 0;
    for (std::size_t end = 0x1000; end + 4 < application.size(); end += 64, ++cuts) {
        auto file = *flash;
        std::fill(file.begin() + 0xA0000, file.end(), std::uint8_t{0xFF});
        std::copy_n(application.begin(), end, file.begin() + 0xA0000);
        INFO("cut at " << end);
        CHECK_FALSE(recognize(file, "dump.bin", "", *builtin_layout("p1")).has(CaptureDefect::BytesLost));
    }
    CHECK(cuts > 100);
}
