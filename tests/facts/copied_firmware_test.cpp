// Which firmware the next start of a device in one piece runs, and that its start and its handshake are judged by that one.
#include "facts/copied_firmware.h"

#include "catch.h"
#include "support/one_piece.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// The slot of the server key erased: firmware from 0.7.0 on has Particle's key built in, older firmware uses the slot as it is (docs/formats/core.md).
OnePiece without_server_key(const std::string& release) {
    auto device = OnePiece::of(release);
    device.fill_serial(server_place, 294, 0xFF);
    return device;
}

Step end_of(const Analysis& analysis) {
    REQUIRE_FALSE(analysis.handshake.predictions.empty());
    return analysis.handshake.predictions.front().step;
}

}  // namespace

TEST_CASE("the handshake is that of the firmware which the next start copies over the installed one", "[handshake][core]") {
    const auto old = OnePiece::firmware_of("0.4.4"), newer = OnePiece::firmware_of("0.7.0");
    CHECK(end_of(without_server_key("0.7.0").analyzed()) == Step::Done);
    CHECK(end_of(without_server_key("0.4.4").analyzed()) == Step::Recv384);
    struct Copy {
        std::size_t flag;
        std::uint16_t value;
        std::size_t source;
    };
    for (const auto& copy :
         {Copy{update_flag_place, 0x0005, ota_place}, Copy{reset_flag_place, 0xAAAA, factory_place}, Copy{update_flag_place, 0x5555, backup_place}}) {
        INFO(copy.source);
        const auto back = without_server_key("0.7.0").flag(copy.flag, copy.value).store(copy.source, old).analyzed();
        CHECK(end_of(back) == Step::Recv384);
        CHECK(back.diagnosis.outcome == Outcome::CloudFails);
        CHECK(has_cause(back, "server-key-erased"));
        CHECK(back.diagnosis.unexplained.empty());
        const auto forth = without_server_key("0.4.4").flag(copy.flag, copy.value).store(copy.source, newer).analyzed();
        CHECK(end_of(forth) == Step::Done);
        CHECK(forth.diagnosis.outcome == Outcome::Attention);
    }
    const auto waits = without_server_key("0.7.0").flag(update_flag_place, 0x0005).store(ota_place, old).analyzed();
    CHECK(waits.facts.system.device_os == "0.7.0");  // what is installed now
}

TEST_CASE("the factory image is what runs where nothing lies in the firmware's place, and is judged", "[boot][core]") {
    const auto whole = OnePiece::firmware_of("0.7.0");
    auto half = whole;
    half.resize(half.size() / 4);
    auto flipped = whole;
    flipped[0x3000] ^= 4;
    const auto erased_with = [&](const Bytes& factory) { return OnePiece(OnePiece::of("0.7.0")).put_firmware({}).store(factory_place, factory).analyzed(); };
    const auto good = erased_with(whole);
    CHECK(good.boot.result == BootResult::FactoryReset);
    CHECK(good.diagnosis.outcome == Outcome::Attention);
    CHECK(good.diagnosis.confidence == Confidence::Certain);
    REQUIRE(good.facts.ota.by_flag);
    CHECK(copied_by(*good.facts.ota.by_flag) == fallback_of(*good.facts.ota.by_flag));
    CHECK_FALSE(finding_of(good, "stored-image-damaged"));
    const auto bad = erased_with(half);
    CHECK(bad.boot.result == BootResult::Undefined);
    CHECK(bad.diagnosis.outcome == Outcome::BootFails);
    CHECK(bad.diagnosis.confidence == Confidence::Likely);
    CHECK(has_cause(bad, "module-missing"));
    REQUIRE(finding_of(bad, "stored-image-damaged"));
    CHECK(finding_of(bad, "stored-image-damaged")->explain.find("does not need it now") == std::string::npos);
    const auto doubtful = erased_with(flipped);
    CHECK(doubtful.boot.result == BootResult::FactoryReset);
    CHECK(doubtful.diagnosis.confidence == Confidence::Likely);
    CHECK(erased_with({}).boot.result == BootResult::Dfu);
}

TEST_CASE("the fallback of an update whose area is erased is judged as well; a damaged image that nothing runs is not", "[boot][core]") {
    auto half = OnePiece::firmware_of("0.7.0");
    half.resize(half.size() / 4);
    auto device = OnePiece::of("0.7.0");
    device.flag(update_flag_place, 0x0005).store(ota_place, {});
    CHECK(device.analyzed().boot.result == BootResult::FactoryReset);
    CHECK(device.store(factory_place, half).analyzed().boot.result == BootResult::Undefined);
    const auto idle = OnePiece(OnePiece::of("0.7.0")).store(factory_place, half).analyzed();
    CHECK(idle.boot.result == BootResult::Runs);
    CHECK(idle.diagnosis.outcome == Outcome::Healthy);
    REQUIRE(finding_of(idle, "stored-image-damaged"));
    CHECK(finding_of(idle, "stored-image-damaged")->explain.find("does not need it now") != std::string::npos);
}

TEST_CASE("the handshake behind a fallback is that of the factory image", "[handshake][core]") {
    auto device = without_server_key("0.7.0");
    CHECK(end_of(device.put_firmware({}).store(factory_place, OnePiece::firmware_of("0.4.4")).analyzed()) == Step::Recv384);
}

TEST_CASE("an image for another device that the flags ask for is copied, not refused", "[ota][core]") {
    auto strange = OnePiece::firmware_of("0.7.0");
    strange[header_offset + 12] = 6;
    const auto content = ByteView(strange).first(strange.size() - 4);
    const auto crc = crc32(content);
    for (std::size_t i = 0; i < 4; ++i) strange[strange.size() - 4 + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    auto device = OnePiece::of("0.7.0");
    device.store(ota_place, strange);
    CHECK(has_cause(device.analyzed(), "ota-image-wrong-platform"));  // nothing asks for it
    const auto asked = device.flag(update_flag_place, 0x0005).analyzed();
    CHECK_FALSE(has_cause(asked, "ota-image-wrong-platform"));
    CHECK(has_cause(asked, "ota-pending-image-corrupt"));
    CHECK(asked.diagnosis.unexplained.empty());
    bool says_platform = false;
    for (const auto& link : asked.diagnosis.causes.front().story.chain) says_platform = says_platform || link.says.find("platform 6") != std::string::npos;
    CHECK(says_platform);
}
