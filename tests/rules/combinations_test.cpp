// Modules that are whole each by itself: bootloader and system, programs of one piece, an updater that has not run.
#include "catch.h"
#include "photopsy.h"
#include "remedy/remedy.h"
#include "support/ota_fixture.h"
#include "support/sample/sample.h"
#include "support/seen_facts.h"
#include "support/story.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::test;
using Ids = std::vector<std::string>;

namespace {

struct Judged : SeenFacts {
    Findings findings;
    Diagnosis diagnosis;

    explicit Judged(Facts of) : SeenFacts(std::move(of)) {
        for (const auto* rule : all_rules()) {
            if (rule->id.starts_with("private-") || rule->id.starts_with("server-") || rule->id.starts_with("dct-") || rule->id.starts_with("file-")) continue;
            const auto found = run_rule(*rule, observations());
            findings.all().insert(findings.all().end(), found.all().begin(), found.all().end());
        }
        diagnosis = diagnose(observations(), findings);
    }
    Ids causes() const { return ids_of(diagnosis); }
};

Analysis analyzed(const std::string& life, const std::string& damage = "") {
    const auto sample = sample::make_sample(fmt::format("title = \"a\"\ndevice = \"photon\"\nseed = 78\nlife = [{}]\ndamage = [{}]\n", life, damage), "a");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_for(sample->file);
    return analyze(recognize(sample->file, "dump.bin", "", layout), layout);
}

}  // namespace

TEST_CASE("A bootloader from 0.7.0 on under an older system is one cause, before all others", "[combinations]") {
    for (const auto bootloader : std::vector<std::uint16_t>{100, 101, 502, 1006})
        for (const auto system : std::vector<std::uint16_t>{8, 109}) {
            OtaDevice device(system, bootloader);
            INFO("bootloader " << bootloader << ", system " << system);
            CHECK(Judged(device.facts()).causes() == Ids{"bootloader-does-not-fit-system"});
            device.receive(update_user());
            device.mark(1, 0xABCD, update_user());
            const Judged pending(device.facts());
            CHECK(pending.causes() == Ids{"bootloader-does-not-fit-system"});
            CHECK(pending.facts.ota.kind == OtaCase::PendingUnreachable);
            for (const auto& finding : pending.findings.all()) CHECK(finding.explain.find("not whole") == std::string::npos);
            CHECK_FALSE(pending.boot.dct_reachable_by_bootloader);
        }
    for (const auto& [system, bootloader] : {std::pair<std::uint16_t, std::uint16_t>{109, 11}, {207, 101}, {2302, 1006}})
        CHECK(Judged(OtaDevice(system, bootloader).facts()).causes().empty());
}

TEST_CASE("Parts that are not whole are another sentence than parts that are too old", "[combinations]") {
    OtaDevice device(1512, 502);
    device.receive(update_user());
    device.mark(1, 0xABCD, update_user());
    device.flip(0x08070000);
    const Judged judged(device.facts());
    REQUIRE(judged.findings.has("ota-update-unreachable"));
    for (const auto& finding : judged.findings.all())
        if (finding.rule->id == "ota-update-unreachable") CHECK(finding.explain.find("only if both are whole") != std::string::npos);
    CHECK_FALSE(judged.findings.has("bootloader-needs-newer-system"));
}

TEST_CASE("A damaged part 2 from before 0.7.0 would not go together with a newer bootloader if it were whole", "[combinations]") {
    OtaDevice device(109, 101);
    device.flip(0x08070000);
    const Judged judged(device.facts());
    CHECK(judged.causes() == Ids{"bootloader-does-not-fit-system", "module-crc-bad"});
    for (const auto& finding : judged.findings.all())
        if (finding.rule->id == "bootloader-needs-newer-system") CHECK(finding.explain.find("each whole") == std::string::npos);
    const auto ways = remedies_of({judged.observations(), judged.findings, "bootloader-does-not-fit-system"});
    REQUIRE(ways.size() == 3);
    CHECK(ways[1].title.find("Write both system parts of release") == 0);  // cures both
    CHECK(ways[2].role == Remedy::Role::OtherWay);
    for (const std::uint16_t bootloader : {11, 99}) {
        OtaDevice older(109, bootloader);
        older.flip(0x08070000);
        CHECK_FALSE(Judged(older.facts()).findings.has("bootloader-needs-newer-system"));
    }
    device.erase(range_of(0x08060000, 0x20000));  // nothing says which release it was
    CHECK_FALSE(Judged(device.facts()).findings.has("bootloader-needs-newer-system"));
}

TEST_CASE("Safe mode that an old system is asked for, and that no bootloader clears any more", "[combinations]") {
    OtaDevice device(109, 101);
    auto facts = device.facts();
    CHECK(predict_boot(facts).result == BootResult::Runs);
    facts.table_flags.startup_mode = Field<std::uint8_t>{1, range_of(0x08005D8E, 1)};
    const Judged judged(facts);
    CHECK(judged.boot.result == BootResult::SafeMode);
    CHECK(judged.boot.safe_mode_reason == "startup-mode");
    CHECK(judged.causes() == Ids{"bootloader-does-not-fit-system"});
    for (const auto harmless : std::vector<std::uint8_t>{0x00, 0xFF, 0x02}) {
        facts.table_flags.startup_mode->value = harmless;
        CHECK(predict_boot(facts).result == BootResult::Runs);
    }
    auto cleared = OtaDevice(109, 11).facts();
    cleared.table_flags.startup_mode = Field<std::uint8_t>{1, range_of(0x08005D8E, 1)};
    CHECK(predict_boot(cleared).result == BootResult::Runs);  // its bootloader clears the flag first
}

TEST_CASE("A program of one piece runs instead of the system: nothing is missing, nothing is predicted", "[combinations]") {
    OtaDevice device(109, 11);
    device.erase({0x08020000, 0x080A0000});
    device.image.put(0x08020000, make_module({.start = 0x08020000, .length = 0x50000, .version = 0, .function = 3, .index = 0}));
    const Judged beside(device.facts());
    CHECK(beside.causes() == Ids{"unknown-program-in-system-place"});
    CHECK(beside.diagnosis.outcome == Outcome::Attention);
    device.erase({0x080A0000, 0x080C0000});
    const Judged alone(device.facts());
    CHECK(alone.causes().empty());
    CHECK(alone.findings.has("other-program-runs"));
    CHECK_FALSE(alone.findings.has("slot-empty"));
    CHECK(alone.boot.result == BootResult::Runs);
    CHECK_FALSE(Judged(OtaDevice(109, 11).facts()).findings.has("other-program-runs"));
}

TEST_CASE("An updater beside its own system and an old bootloader has not run yet", "[combinations]") {
    const auto facts_with = [](std::uint16_t system, std::uint16_t bootloader, const char* known_as = "photon/user/ascender-0.7.0-dep0.7.0") {
        OtaDevice device(system, bootloader);
        auto facts = device.facts();
        for (auto& module : facts.modules) {
            if (module.slot != "user") continue;
            module.known_as = known_as;
            module.dependency.version.value = 207;
        }
        facts.updater_brings = 101;
        return facts;
    };
    CHECK(Judged(facts_with(207, 7)).findings.has("updater-not-run"));
    CHECK_FALSE(Judged(facts_with(207, 101)).findings.has("updater-not-run"));
    CHECK_FALSE(Judged(facts_with(1512, 502)).findings.has("updater-not-run"));
    CHECK_FALSE(Judged(OtaDevice(207, 7).facts()).findings.has("updater-not-run"));
    const auto confidence = [&](const char* known_as) {
        const Judged judged(facts_with(207, 7, known_as));
        for (const auto& named : judged.diagnosis.causes)
            if (named.cause->id == "update-not-finished") return named.story.confidence;
        return Confidence::Possible;
    };
    CHECK(confidence("photon/user/ascender-0.7.0-dep0.7.0") == Confidence::Certain);
    CHECK(confidence("") == Confidence::Likely);
}

TEST_CASE("An updater that has replaced the bootloader still has the application to put back", "[combinations]") {
    const auto judged_with = [](const char* waiting, std::uint16_t bootloader) {
        OtaDevice device(207, bootloader);
        if (*waiting) device.receive(make_module(user_spec()));
        auto facts = device.facts();
        for (auto& module : facts.modules) {
            if (module.slot == "ota") module.known_as = waiting;
            if (module.slot != "user") continue;
            module.known_as = "photon/user/ascender-0.7.0-dep0.7.0";
            module.dependency.version.value = 207;
        }
        facts.updater_brings = 101;
        return Judged(facts);
    };
    CHECK(judged_with("photon/user/tinker-0.7.0", 101).causes() == Ids{"update-not-finished"});
    CHECK(judged_with("photon/user/tinker-0.7.0", 201).causes() == Ids{"update-not-finished"});
    CHECK(judged_with("photon/user/ascender-0.7.0-dep0.7.0", 101).causes().empty());
    CHECK(judged_with("", 101).causes().empty());
}

TEST_CASE("A missing bootloader that lies whole in the OTA area is named there", "[combinations]") {
    OtaDevice device(1512, 7);
    const auto said = [](const Judged& judged) {
        for (const auto& finding : judged.findings.all())
            if (finding.rule->id == "dependency-unmet" && finding.where.region == "bootloader")
                return finding.explain.find("lies whole in the OTA area") != std::string::npos;
        return false;
    };
    CHECK_FALSE(said(Judged(device.facts())));
    device.receive(make_module(bootloader_spec(502)));
    CHECK(said(Judged(device.facts())));
    device.flip(0x080C1000);
    CHECK_FALSE(said(Judged(device.facts())));
}

TEST_CASE("An update record zeroed in place by an old bootloader is its signature and harmless", "[combinations]") {
    const std::string before = R"({ act = "install-release", release = "0.6.3" }, { act = "factory-table", release = "0.4.5", version_string = "2015" },
        { act = "provision" }, { act = "install", module = "system-part1", release = "1.5.2" }, { act = "install", module = "system-part2", release = "1.5.2" },
        { act = "write", field = "claimed", hex = "30" }, { act = "write", field = "claimed", hex = "31" },
        { act = "receive", module = "user", release = "0.6.3", version = 9 }, { act = "queue", module = "user", release = "0.6.3", version = 9 })";
    const auto applied = analyzed(before + R"(, { act = "apply" })");
    CHECK(applied.findings.has("dct-slot-cleared-in-place"));
    CHECK(applied.facts.ota.cleared_in_place);
    for (const auto& named : applied.diagnosis.causes) CHECK(named.cause->id != "dct-copy-crc-bad");
    CHECK_FALSE(analyzed(before).findings.has("dct-slot-cleared-in-place"));
}

TEST_CASE("Where a start would put a new key over the old one, the system is brought up to the bootloader in DFU mode", "[combinations]") {
    const std::string life = R"({ act = "install-release", release = "0.6.3" }, { act = "factory-table", release = "0.6.3", version_string = "x" },
        { act = "provision" }, { act = "install", module = "bootloader", release = "0.7.0" })";
    const std::string lost_key = R"(, { act = "write", field = "device_private_key", fill = 255, length = 612 })",
                      left_over = R"({ act = "put", at = "ota+0x1000", key = 1 })";
    const auto first_way = [](const Analysis& analysis) {
        for (std::size_t cause = 0; cause < analysis.remedies.size(); ++cause)
            if (analysis.diagnosis.causes[cause].cause->id == std::string("bootloader-does-not-fit-system"))
                for (const auto& way : analysis.remedies[cause])
                    if (way.turn == Remedy::Turn::SystemParts || way.turn == Remedy::Turn::Bootloader) return way.title;
        return std::string();
    };
    CHECK(first_way(analyzed(life)) == "Put the older bootloader back");
    const auto lost = analyzed(life + lost_key, left_over);
    REQUIRE_FALSE(lost.keys.recoveries.empty());
    REQUIRE(lost.handshake.predictions.front().regenerates_key);
    CHECK(first_way(lost) == "Write both system parts of release 0.7.0");
}
