// What no dump can tell is said only where it is so: not of what was given beside it.
#include "flash/external.h"
#include "photopsy.h"

#include "catch.h"
#include "support/ota_fixture.h"

#include <algorithm>

using namespace photopsy;

namespace {

bool says(const Analysis& analysis, std::string_view words) {
    const auto& list = analysis.diagnosis.cannot_tell;
    return std::any_of(list.begin(), list.end(), [&](const std::string& sentence) { return sentence.find(words) != std::string::npos; });
}

Capture dump(const Layout& layout) {
    Capture capture{.image = Image(layout.flash), .name = "dump.bin", .container = "", .format = "raw"};
    const test::OtaDevice device;
    capture.image.put(layout.flash.begin, device.image.everything());
    return capture;
}

}  // namespace

TEST_CASE("the second flash is missing where it was not given, and only there", "[diagnosis]") {
    const auto& p1 = *builtin_layout("p1");
    CHECK(says(analyze(dump(p1), p1), "What the serial flash holds"));
    auto both = dump(p1);
    put_external(both, std::vector<std::uint8_t>(p1.external->at.size(), 0xFF), "serial.bin", "", p1);
    CHECK_FALSE(says(analyze(std::move(both), p1), "serial flash"));
    const auto& photon = *builtin_layout("photon");
    CHECK_FALSE(says(analyze(dump(photon), photon), "serial flash"));
}

TEST_CASE("the chip's own id is known where the capture's record tells it", "[diagnosis]") {
    const auto& photon = *builtin_layout("photon");
    CHECK(says(analyze(dump(photon), photon), "the chip's own id"));
    auto recorded = dump(photon);
    recorded.record = CaptureRecord{};
    recorded.record->serial = "29002a000447343233323032";
    recorded.record->serial_is_device_id = true;
    const auto analysis = analyze(std::move(recorded), photon);
    CHECK_FALSE(says(analysis, "the chip's own id"));
    CHECK(says(analysis, "Option bytes"));
}
