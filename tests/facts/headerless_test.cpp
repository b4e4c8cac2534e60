// Firmware of before 0.4 has no module header: it is neither called damaged nor whole, wherever it lies.
#include "facts/headerless.h"

#include "catch.h"
#include "facts/copied_firmware.h"
#include "support/one_piece.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

Bytes headerless() { return OnePiece::headerless("0.6.3"); }

bool may_lack(const Bytes& image) {
    auto device = OnePiece::of("0.7.0");
    const auto analysis = device.put_firmware(image).analyzed();
    return may_lack_header(*analysis.facts.module("monolithic"));
}

}  // namespace

TEST_CASE("what begins as firmware does and has no module header may be firmware of before 0.4; nothing else may", "[modules][core]") {
    CHECK(may_lack(headerless()));
    CHECK_FALSE(may_lack(OnePiece::firmware_of("0.6.3")));
    CHECK_FALSE(may_lack({}));
    CHECK_FALSE(may_lack(Bytes(0x8000, 0)));
    auto changed = [](std::size_t at, std::uint8_t value) {
        auto image = headerless();
        image[at] = value;
        return image;
    };
    CHECK_FALSE(may_lack(changed(3, 0x08)));   // no stack pointer
    CHECK_FALSE(may_lack(changed(7, 0x09)));   // the reset handler lies in no flash
    CHECK_FALSE(may_lack(changed(15, 0x00)));  // nor does that of a fault
    auto even = headerless();
    even[4] &= 0xFE;  // no Thumb code
    CHECK_FALSE(may_lack(even));
    auto stub = headerless();
    stub.resize(0x2000);  // its handlers, or what they call, are not there
    CHECK_FALSE(may_lack(stub));
    auto header_hit = OnePiece::firmware_of("0.6.3");
    header_hit[header_offset + 14] ^= 0x80;  // the function: the rest of the header says what it was
    CHECK_FALSE(may_lack(header_hit));
}

TEST_CASE("installed firmware without a header gives no verdict of its own", "[boot][core]") {
    auto device = OnePiece::of("0.7.0");
    const auto analysis = device.put_firmware(headerless()).analyzed();
    CHECK(analysis.boot.result == BootResult::Unknown);
    CHECK_FALSE(has_cause(analysis, "module-not-firmware"));
    CHECK(analysis.diagnosis.unexplained.empty());
    CHECK(analysis.diagnosis.outcome == Outcome::Healthy);
    CHECK(analysis.diagnosis.confidence < Confidence::Certain);
    REQUIRE(finding_of(analysis, "firmware-unproved"));
    CHECK_FALSE(finding_of(OnePiece::of("0.7.0").analyzed(), "firmware-unproved"));
    auto junk = device;
    const auto with_text = junk.put_firmware(Bytes(0x8000, 'x')).analyzed();
    CHECK(with_text.boot.result != BootResult::Unknown);
    CHECK_FALSE(finding_of(with_text, "firmware-unproved"));
}

TEST_CASE("a stored image without a header that the flags ask for is not called damaged, and nobody is told to start or to write", "[boot][core]") {
    struct Copy {
        std::size_t flag;
        std::uint16_t value;
        std::size_t source;
        const char* cause;
    };
    for (const auto& copy :
         {Copy{update_flag_place, 0x0005, ota_place, "ota-pending"}, Copy{update_flag_place, 0x5555, backup_place, "ota-interrupted-while-applying"},
          Copy{reset_flag_place, 0xAAAA, factory_place, "factory-reset-asked"}}) {
        INFO(copy.cause);
        auto device = OnePiece::of("0.7.0");
        const auto analysis = device.flag(copy.flag, copy.value).store(copy.source, headerless()).analyzed();
        CHECK(analysis.boot.result == BootResult::Unknown);
        CHECK(has_cause(analysis, copy.cause));
        CHECK_FALSE(has_cause(analysis, "ota-pending-image-corrupt"));
        CHECK(analysis.diagnosis.unexplained.empty());
        CHECK(analysis.diagnosis.outcome == Outcome::Attention);
        CHECK(analysis.diagnosis.confidence < Confidence::Certain);
        CHECK(runs_unproved_firmware(analysis.facts));
        for (const auto& list : analysis.remedies)
            for (const auto& remedy : list)
                for (const auto& step : remedy.steps) CHECK((step.kind != RemedyStep::Kind::Restart && step.kind != RemedyStep::Kind::WriteFlash));
    }
}
