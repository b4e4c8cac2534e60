// Each rule on updates fires on the smallest input and is silent on the healthy device.
#include "catch.h"
#include "remedy/remedy.h"
#include "support/ota_fixture.h"
#include "support/seen_facts.h"
#include "support/typed.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const auto new_part2 = update_part2(1512), new_user = update_user(), other_device = update_user(8);

struct Seen : SeenFacts {
    Findings findings;
    Diagnosis diagnosis;

    explicit Seen(const OtaDevice& device)
        : SeenFacts(device.facts()), findings(find_problems(observations())), diagnosis(diagnose(observations(), findings)) {}
    const Finding* finding(std::string_view id) const {
        for (const auto& each : findings.all())
            if (each.rule->id == id) return &each;
        return nullptr;
    }
    /// Causes of updates and modules; keys and table of the fixture are empty on purpose.
    std::vector<std::string> causes() const {
        auto ids = ids_of(diagnosis);
        std::erase_if(ids, [](const std::string& id) { return !id.starts_with("ota-") && !id.starts_with("module-") && !id.starts_with("system-"); });
        return ids;
    }
    std::vector<Remedy> remedies(std::string_view id) const { return remedies_of({observations(), findings, id}); }
    bool offers(std::string_view id, std::string_view part) const { return test::offers(remedies(id), *facts.layout, part); }
    Story story(std::string_view id) const {
        for (const auto& named : diagnosis.causes)
            if (named.cause->id == id) return named.story;
        return {};
    }
};

/// The bootloader's copy stopped after so many bytes; from 100 to 1002 it has cleared the slot before.
Seen interrupted(const std::vector<std::uint8_t>& module, std::uint32_t after, std::uint16_t system = 1512, std::uint16_t bootloader = 502) {
    OtaDevice device(system, bootloader);
    device.receive(module);
    device.mark(1, bootloader < 100 ? 0xABCD : 0xFFFF, module);
    device.copy(module, after);
    return Seen(device);
}

std::vector<std::string> ids(std::initializer_list<std::string> list) { return list; }

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
        CHECK(seen.offers("ota-pending", "-s 0x08060000"));
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
        const auto seen = interrupted(new_part2, 0x9000, 109, 11);
        REQUIRE(seen.finding("ota-copy-interrupted"));
        CHECK(seen.finding("ota-copy-interrupted")->severity == Severity::Warning);
        CHECK(seen.finding("ota-copy-interrupted")->where.at == Range{0x08069000, 0x08080000});
        CHECK(seen.causes() == ids({"ota-interrupted-while-applying"}));
    }
    SECTION("forgotten") {
        const auto seen = interrupted(new_part2, 0x9000);
        CHECK(seen.finding("ota-copy-interrupted")->severity == Severity::Fatal);
        CHECK(seen.causes() == ids({"ota-interrupted-while-applying"}));
        CHECK(seen.offers("ota-interrupted-while-applying", "dfu-util -d 2b04:d006 -a 0 -s 0x08060000 -D photon-system-part2@1.5.2.bin"));
        CHECK(seen.diagnosis.outcome == Outcome::BootFails);
    }
    SECTION("application") {
        const auto seen = interrupted(new_user, 0x3000);
        CHECK(seen.finding("ota-copy-interrupted")->severity == Severity::Problem);
        CHECK(seen.causes() == ids({"ota-interrupted-while-applying"}));
        CHECK(seen.diagnosis.outcome == Outcome::SafeMode);
    }
    SECTION("erased and nothing copied yet") { CHECK(interrupted(new_part2, 0).causes() == ids({"ota-interrupted-while-applying"})); }
    SECTION("the bootloader itself") {
        OtaDevice device(1512, 502);
        const auto bootloader = make_module([] {
            auto spec = bootloader_spec(1006);
            spec.seed = 9;
            return spec;
        }());
        device.receive(bootloader);
        device.copy(bootloader, 0x1000);
        const Seen seen(device);
        CHECK(seen.finding("bootloader-copy-interrupted"));
        CHECK(seen.causes() == ids({"ota-interrupted-while-applying"}));
    }
}

TEST_CASE("An image whose slot was cleared beside a whole other module is a note and no cause", "[ota][rules]") {
    OtaDevice device(1512, 502);
    device.receive(new_part2);
    device.mark(1, 0xFFFF, new_part2);
    const auto judged = [&](Confidence confidence) {
        const Seen seen(device);
        REQUIRE(seen.finding("ota-cleared-not-copied"));
        CHECK(seen.finding("ota-cleared-not-copied")->severity == Severity::Note);
        CHECK(seen.finding("ota-cleared-not-copied")->confidence == confidence);
        CHECK(seen.causes().empty());
        CHECK(seen.diagnosis.exit_status == 0);
    };
    judged(Confidence::Possible);  // the owner may have flashed the old one back
    device.mark(1, 0xABCD, new_part2, 2);
    judged(Confidence::Likely);  // the table's last write was the clearing
    device.mark(1, 0xFFFF, new_user);
    CHECK(!Seen(device).finding("ota-cleared-not-copied"));  // the record is another job's
}

TEST_CASE("A pending part that needs a newer neighbour: that one goes first", "[ota][rules]") {
    OtaDevice device(1512, 1006);
    const auto module = update_part2(2302);
    device.receive(module);
    device.mark(1, 0xABCD, module);
    const Seen seen(device);
    CHECK(seen.boot.result == BootResult::SafeMode);
    CHECK(seen.diagnosis.outcome == Outcome::SafeMode);  // what the next start makes of it, copy included
    CHECK(seen.causes() == ids({"ota-pending"}));
    REQUIRE(seen.remedies("ota-pending").size() == 3);
    CHECK(seen.offers("ota-pending", "-s 0x08020000 -D photon-system-part1@2.3."));
}

TEST_CASE("The OTA flag beside an image for another device is one cause", "[ota][rules]") {
    OtaDevice device;
    device.receive(other_device);
    device.set_flag(0xA5);
    const Seen seen(device);
    CHECK(seen.finding("ota-flag-asks"));
    CHECK(seen.causes() == ids({"ota-image-wrong-platform"}));
    CHECK(seen.story("ota-image-wrong-platform").chain[1].says.find("clears the flag") != std::string::npos);
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
        const auto remedies = seen.remedies(cause.id);
        REQUIRE(remedies.size() >= 2);
        CHECK(remedies.front().title == "Keep this dump");
    }
}
