// Each rule on updates fires on the smallest input and is silent on the healthy device.
#include "boot/boot.h"
#include "catch.h"
#include "diagnosis/diagnosis.h"
#include "support/ota_fixture.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const std::vector<std::uint8_t> new_part2 = make_module([] { auto spec = part2_spec(2302); spec.length = 0x3FB74; spec.seed = 77; spec.need = {4, 1, 1512}; return spec; }());
const std::vector<std::uint8_t> new_user = make_module([] { auto spec = user_spec(); spec.length = 0x73C4; spec.seed = 79; return spec; }());
const std::vector<std::uint8_t> other_device = make_module([] { auto spec = user_spec(); spec.platform_id = 8; return spec; }());

struct Seen {
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot;
    Findings findings;
    Diagnosis diagnosis;

    explicit Seen(const OtaDevice& device) : facts(device.facts()), boot(predict_boot(facts)), findings(find_problems(observations())), diagnosis(diagnose(observations(), findings)) {}
    Observations observations() const { return {facts, keys, handshake, boot}; }
    const Finding* finding(std::string_view id) const {
        for (const auto& each : findings.all())
            if (each.rule->id == id) return &each;
        return nullptr;
    }
    /// Causes of updates and modules; keys and table of the fixture are empty on purpose.
    std::vector<std::string> causes() const {
        std::vector<std::string> ids;
        for (const auto& named : diagnosis.causes)
            if (named.cause->id.starts_with("ota-") || named.cause->id.starts_with("module-") || named.cause->id.starts_with("system-")) ids.emplace_back(named.cause->id);
        return ids;
    }
    Story story(std::string_view id) const {
        for (const auto& named : diagnosis.causes)
            if (named.cause->id == id) return named.story;
        return {};
    }
};

std::vector<std::string> ids(std::initializer_list<std::string> list) { return list; }

bool any_command(const Story& story, std::string_view part) {
    return std::any_of(story.remedies.begin(), story.remedies.end(), [&](const Remedy& remedy) {
        return std::any_of(remedy.commands.begin(), remedy.commands.end(), [&](const std::string& command) { return command.find(part) != std::string::npos; });
    });
}

}  // namespace

TEST_CASE("A device at rest has no finding about updates", "[ota][rules]") {
    OtaDevice device;
    device.receive(new_user);
    device.install(new_user);
    device.mark(1, 0xFFFF, new_user);
    const Seen seen(device);
    for (const auto& rule : ota_rules()) CHECK(!seen.finding(rule.id));
    CHECK(seen.causes().empty());
}

TEST_CASE("Receiving", "[ota][rules]") {
    OtaDevice device;
    device.receive(new_part2);
    device.erase({0x080C0000 + 0x8000, 0x08100000});
    const Seen seen(device);
    REQUIRE(seen.finding("ota-image-incomplete"));
    CHECK(seen.finding("ota-image-incomplete")->where.at == Range{0x080C0000, 0x080C8000});
    CHECK(seen.finding("ota-image-incomplete")->severity == Severity::Warning);
    CHECK(seen.causes() == ids({"ota-receiving"}));
    CHECK(seen.diagnosis.exit_status == 0);
}

TEST_CASE("A whole but damaged leftover is a note without a cause", "[ota][rules]") {
    OtaDevice device;
    device.receive(new_part2);
    device.flip(0x080C9999);
    const Seen seen(device);
    REQUIRE(seen.finding("ota-image-damaged"));
    CHECK(seen.finding("ota-image-damaged")->where.at.contains(0x080C9999));
    CHECK(seen.finding("ota-image-damaged")->severity == Severity::Note);
    CHECK(seen.causes().empty());
}

TEST_CASE("Pending, out of reach, applied, damaged, stale", "[ota][rules]") {
    OtaDevice device;
    device.receive(new_user);
    device.mark(1, 0xABCD, new_user);
    SECTION("pending") {
        const Seen seen(device);
        REQUIRE(seen.finding("ota-update-waits"));
        CHECK(seen.finding("ota-update-waits")->where.at == range_of(0x080C0000, static_cast<std::uint32_t>(new_user.size())));
        REQUIRE(seen.finding("ota-slot-record"));
        CHECK(seen.finding("ota-slot-record")->where.at == range_of(0x080068B4, 20));
        CHECK(seen.causes() == ids({"ota-pending"}));
    }
    SECTION("out of reach") {
        device.erase(range_of(0x08064000, 0x4000));
        const Seen seen(device);
        CHECK(seen.finding("ota-update-unreachable"));
        const auto causes = seen.causes();
        CHECK(std::find(causes.begin(), causes.end(), "ota-pending") != causes.end());
        CHECK(any_command(seen.story("ota-pending"), "-s 0x08060000"));
    }
    SECTION("already in place") {
        device.install(new_user);
        const Seen seen(device);
        CHECK(seen.finding("ota-copied-not-cleared"));
        CHECK(seen.causes() == ids({"ota-pending"}));
    }
    SECTION("damaged") {
        device.flip(0x080C2345);
        const Seen seen(device);
        REQUIRE(seen.finding("ota-pending-image-bad"));
        CHECK(seen.finding("ota-pending-image-bad")->where.at.contains(0x080C2345));
        CHECK(seen.causes() == ids({"ota-pending-image-corrupt"}));
    }
    SECTION("header of the image damaged") {
        device.flip(0x080C0002);
        CHECK(Seen(device).causes() == ids({"ota-pending-image-corrupt"}));
    }
    SECTION("no image at all") {
        device.erase(device.layout.slot("ota")->at);
        CHECK(Seen(device).causes() == ids({"ota-pending-image-corrupt"}));
    }
    SECTION("another whole image came later") {
        device.receive(new_part2);
        const Seen seen(device);
        REQUIRE(seen.finding("ota-slot-stale"));
        CHECK(seen.finding("ota-slot-stale")->severity == Severity::Note);
        CHECK(seen.causes().empty());
    }
    SECTION("another image is coming") {
        device.receive(new_part2);
        device.erase({0x080C8000, 0x08100000});
        const Seen seen(device);
        CHECK(seen.finding("ota-slot-stale"));
        CHECK(seen.causes() == ids({"ota-receiving"}));
    }
}

TEST_CASE("An image for another device, pending or refused", "[ota][rules]") {
    OtaDevice device;
    device.receive(other_device);
    SECTION("pending") { device.mark(1, 0xABCD, other_device); }
    SECTION("refused") {}
    const Seen seen(device);
    REQUIRE(seen.finding("ota-image-for-other-device"));
    CHECK(seen.finding("ota-image-for-other-device")->actual == "8");
    CHECK(seen.causes() == ids({"ota-image-wrong-platform"}));
}

TEST_CASE("An interrupted copy is one cause, and its severity follows the bootloader", "[ota][rules]") {
    SECTION("resumes by itself") {
        OtaDevice device(109, 11);
        device.receive(new_part2);
        device.mark(1, 0xABCD, new_part2);
        device.copy(new_part2, 0x9000);
        const Seen seen(device);
        REQUIRE(seen.finding("ota-copy-interrupted"));
        CHECK(seen.finding("ota-copy-interrupted")->severity == Severity::Warning);
        CHECK(seen.finding("ota-copy-interrupted")->where.at == Range{0x08069000, 0x08080000});
        CHECK(seen.causes() == ids({"ota-interrupted-while-applying"}));
    }
    SECTION("forgotten") {
        OtaDevice device(1512, 502);
        device.receive(new_part2);
        device.mark(1, 0xFFFF, new_part2);
        device.copy(new_part2, 0x9000);
        const Seen seen(device);
        CHECK(seen.finding("ota-copy-interrupted")->severity == Severity::Fatal);
        CHECK(seen.causes() == ids({"ota-interrupted-while-applying"}));
        CHECK(any_command(seen.story("ota-interrupted-while-applying"), "dfu-util -d 2b04:d006 -a 0 -s 0x08060000 -D system-part2"));
        CHECK(seen.diagnosis.outcome == Outcome::BootFails);
    }
    SECTION("application") {
        OtaDevice device(1512, 502);
        device.receive(new_user);
        device.mark(1, 0xFFFF, new_user);
        device.copy(new_user, 0x3000);
        const Seen seen(device);
        CHECK(seen.finding("ota-copy-interrupted")->severity == Severity::Problem);
        CHECK(seen.causes() == ids({"ota-interrupted-while-applying"}));
        CHECK(seen.diagnosis.outcome == Outcome::SafeMode);
    }
    SECTION("erased and nothing copied yet") {
        OtaDevice device(1512, 502);
        device.receive(new_part2);
        device.mark(1, 0xFFFF, new_part2);
        device.copy(new_part2, 0);
        CHECK(Seen(device).causes() == ids({"ota-interrupted-while-applying"}));
    }
    SECTION("the bootloader itself") {
        OtaDevice device(1512, 502);
        const auto bootloader = make_module([] { auto spec = bootloader_spec(1006); spec.seed = 9; return spec; }());
        device.receive(bootloader);
        device.copy(bootloader, 0x1000);
        const Seen seen(device);
        CHECK(seen.finding("bootloader-copy-interrupted"));
        CHECK(seen.causes() == ids({"ota-interrupted-while-applying"}));
    }
    SECTION("cleared, not begun, as the other copy of the table proves") {
        OtaDevice device(1512, 502);
        device.receive(new_part2);
        device.mark(1, 0xFFFF, new_part2);
        CHECK(!Seen(device).finding("ota-cleared-not-copied"));  // the owner may have flashed the old one back
        device.mark(1, 0xABCD, new_part2, 2);
        const Seen seen(device);
        CHECK(seen.finding("ota-cleared-not-copied"));
        CHECK(seen.causes() == ids({"ota-interrupted-while-applying"}));
        CHECK(seen.diagnosis.outcome == Outcome::Attention);
    }
}

TEST_CASE("The OTA flag", "[ota][rules]") {
    OtaDevice device;
    SECTION("set, with an image") { device.receive(new_user); }
    SECTION("set, without an image") {}
    device.set_flag(0xA5);
    const Seen seen(device);
    REQUIRE(seen.finding("ota-flag-asks"));
    CHECK(seen.causes() == ids({"ota-flag-set"}));
    device.set_flag(0x5A);
    CHECK(Seen(device).finding("ota-flag-odd"));
    CHECK(!Seen(device).finding("ota-flag-asks"));
    device.set_flag(0xFF);
    CHECK(!Seen(device).finding("ota-flag-odd"));
}

TEST_CASE("Every cause of an update tells a chain and begins with keeping the dump", "[ota][rules]") {
    OtaDevice device;
    device.receive(new_user);
    device.mark(1, 0xABCD, new_user);
    const Seen seen(device);
    for (const auto& cause : ota_causes()) {
        Story story;
        cause.tell(seen.observations(), seen.findings, story);
        INFO(cause.id);
        CHECK(story.chain.size() >= 2);
        REQUIRE(story.remedies.size() >= 2);
        CHECK(story.remedies.front().title == "Keep this dump");
    }
}
