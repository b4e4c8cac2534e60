// Plans as values and as files: what stands in them, what never does, what is refused.
#include "base/hex.h"
#include "catch.h"
#include "mend/repair_json.h"
#include "support/leak.h"
#include "support/planted.h"
#include "support/repair_trial.h"
#include "support/sample/module.h"
#include "support/smallest_damage.h"
#include "support/spoken.h"
#include "support/story.h"

#include <nlohmann/json.hpp>

#include <set>

using namespace photopsy;
using namespace photopsy::test;

namespace {

RepairCase case_of(const std::string& name) { return repair_case(name, sample_called(name).file); }

std::string changed(const std::string& plan, const std::string& pointer, const nlohmann::json& value) {
    auto json = nlohmann::json::parse(plan);
    json[nlohmann::json::json_pointer(pointer)] = value;
    return json.dump();
}

}  // namespace

TEST_CASE("one flipped bit of a module is set right from the dump alone, with the smallest write that does it", "[repair]") {
    const auto one = case_of("part2-bit-error");
    const auto& plan = one.repair.plan;
    CHECK(one.wish.firmware.empty());
    REQUIRE(plan.steps.size() == 1);
    CHECK(plan.steps[0].operation == RepairOperation::Program);
    CHECK(plan.steps[0].where.size() == 4);
    CHECK(plan.steps[0].sources.at(0).kind == "undone-bit");
    CHECK(plan.expect.outcome == "healthy");
    CHECK(plan.cures == std::vector<std::string>{"module-crc-bad"});
}

TEST_CASE("all that belongs into the table is one write; a plan is written and read again as the same", "[repair]") {
    std::size_t number = 0;
    for (const auto& story : stories()) {
        if (!full_tests() && number++ % 3 != 0) continue;
        const auto one = repair_case(story.name, story.sample.file);
        INFO(story.name);
        const auto text = repair_plan_json(one.repair.plan);
        const auto again = read_repair_plan(text);
        REQUIRE(again);
        CHECK(repair_plan_json(*again) == text);
        CHECK(repair_plan_json(plan_repair(one.analysis, one.wish).plan) == text);
        const auto& steps = one.repair.plan.steps;
        CHECK(std::count_if(steps.begin(), steps.end(), [](const RepairStep& step) { return step.operation == RepairOperation::WriteTable; }) <= 1);
        for (const auto& step : steps) {
            if (step.operation == RepairOperation::ResetIntoDfu) continue;
            CHECK_FALSE(step.if_power_fails.boot.empty());
            CHECK_FALSE(step.if_power_fails.way_back.empty());
            CHECK(step.before != step.after);
        }
    }
}

TEST_CASE("only the cause that was asked for is repaired; a loss needs its word", "[repair]") {
    const auto& file = sample_called("wrong-server-key").file;
    const auto& layout = layout_for(file);
    const auto analysis = analyze(recognize(file, "a.bin", "", layout), layout);
    const auto without = plan_repair(analysis, {});
    CHECK(without.plan.steps.empty());
    REQUIRE(without.plan.consents.size() == 1);
    CHECK(without.plan.consents[0].word == repair_consent::other_server);
    CHECK_FALSE(without.plan.consents[0].given);
    REQUIRE(without.plan.cannot.size() == 1);
    CHECK(without.plan.cannot[0].why.find("--consent other-server") != std::string::npos);
    const auto with = plan_repair(analysis, {.consents = {"other-server"}});
    CHECK(with.plan.steps.size() == 1);
    const auto other = plan_repair(analysis, {.causes = {"module-missing"}, .consents = {"other-server"}});
    CHECK(other.plan.steps.empty());
    REQUIRE(other.plan.cannot.size() == 1);
    CHECK(other.plan.cannot[0].why == "The analysis of this dump does not find it.");
}

TEST_CASE("a key that cannot be had is asked for, and is written only on the word for it", "[repair]") {
    const auto& sample = sample_called("erased-key");
    Bytes lost = sample.flash;
    const auto found = repair_case("a", lost);
    REQUIRE(found.repair.plan.steps.size() == 1);
    CHECK(found.repair.plan.steps[0].sources.at(0).kind == "recovered-key");
    const auto& layout = *found.analysis.layout;
    const auto old = found.analysis.facts.dct.field_at(layout, "device_private_key", 3 - found.analysis.facts.dct.selected.value());
    std::fill_n(lost.begin() + (old.begin - layout.flash.begin), old.size(), std::uint8_t{0xFF});
    const auto analysis = analysis_of(lost, layout);
    const auto plan = plan_repair(analysis, {}).plan;
    CHECK(plan.steps.empty());
    RepairWish wish{.new_key = Bytes(611, 0x30), .new_key_fingerprint = std::string(64, 'a'), .new_key_from = "new.der"};
    CHECK(plan_repair(analysis, wish).plan.steps.empty());
    wish.consents = {"new-key"};
    const auto with = plan_repair(analysis, wish).plan;
    REQUIRE(with.steps.size() == 1);
    CHECK(with.key_file == "new.der");
}

TEST_CASE("a part of the other part's release is better than the image of a broken-off update, which is better than none", "[repair]") {
    for (const auto& damage : smallest_damages()) {
        if (std::string(damage.cause) != "ota-interrupted-while-applying") continue;
        const auto sample = sample::make_sample(recipe_of(damage), "update");
        REQUIRE(sample);
        const auto& layout = layout_for(sample->file);
        const auto analysis = analyze(recognize(sample->file, "a.bin", "", layout), layout);
        const auto without = plan_repair(analysis, {}).plan;
        REQUIRE_FALSE(without.steps.empty());
        CHECK(without.steps.back().sources.at(0).place == "OTA area");
        CHECK(without.expect.outcome != "healthy");
        REQUIRE(without.missing.size() == 1);
        CHECK(without.missing[0].release == "1.5.2");
        const auto with = repair_case("a", sample->file).repair.plan;
        CHECK(with.steps.back().sources.at(0).kind == "file");
        CHECK(with.expect.outcome == "healthy");
        CHECK(with.missing.empty());
    }
}

TEST_CASE("a system part that is no released file is never written under a bootloader that runs it before the button", "[repair]") {
    const auto one = case_of("version-skew");
    REQUIRE_FALSE(one.wish.firmware.empty());
    auto wish = one.wish;
    for (auto& module : wish.firmware) {
        module.of_release = false;
        wish.consents.push_back("unknown-module=" + hex(module.sha256));
    }
    const auto plan = plan_repair(one.analysis, wish).plan;
    CHECK(plan.steps.empty());
    REQUIRE_FALSE(plan.cannot.empty());
    CHECK(plan.cannot[0].why.find("no released file") != std::string::npos);
}

TEST_CASE("what is no ground for writing gives no step and says why", "[repair]") {
    for (const auto* name : {"truncated-capture", "two-reads-in-one-file", "dct-upload-only"}) {
        INFO(name);
        const auto plan = case_of(name).repair.plan;
        CHECK(plan.steps.empty());
        CHECK(plan.cures.empty());
        CHECK_FALSE(plan.cannot.empty());
    }
}

TEST_CASE("a plan that photopsy did not write is refused in one sentence", "[repair]") {
    const auto text = repair_plan_json(case_of("part2-bit-error").repair.plan);
    const std::vector<std::pair<std::string, std::string>> hostile = {
        {"", "no JSON"},
        {"{", "no JSON"},
        {"[]", "no object"},
        {"null", "no object"},
        {"{}", "schema is missing"},
        {std::string(2u << 20, ' '), "more than 1 MiB"},
        {changed(text, "/schema", "photopsy-repair-plan/2"), "schema"},
        {changed(text, "/tool/version", "9.9.9"), "make the plan anew"},
        {changed(text, "/steps/0/operation", "mass-erase"), "steps[0].operation"},
        {changed(text, "/steps/0/where/address", "0x8"), "steps[0].where.address"},
        {changed(text, "/steps/0/where/length", -4), "steps[0].where.length"},
        {changed(text, "/steps/0/where/length", 0x40000), "steps[0].where.length"},
        {changed(text, "/steps/0/where/alternate", 1), "alternate"},
        {changed(text, "/steps/0/before", "00"), "SHA-256"},
        {changed(text, "/steps/0/extra", 1), "does not write"},
        {changed(text, "/extra", 1), "does not write"},
        {changed(text, "/device", nlohmann::json::array()), "device"},
        {changed(text, "/steps", nlohmann::json(std::vector<int>(2000))), "list"},
        {changed(text, "/cures", {1, 2}), "cures"},
        {changed(text, "/cures", {"module-missing"}), "edited"},
        {changed(text, "/expect/outcome", "attention"), "edited"},
        {changed(text, "/steps/0/where/address", "0x080a0000"), "edited"},
        {changed(text, "/sha256", std::string(64, '0')), "edited"},
        {changed(text, "/steps/0/timeout_ms", 1e99), "timeout_ms"},
        {std::string(100000, '['), "no JSON"},
    };
    for (const auto& [plan, says] : hostile) {
        const auto read = read_repair_plan(plan);
        INFO(says);
        REQUIRE_FALSE(read);
        INFO(read.error().message);
        CHECK(read.error().message.find(says) != std::string::npos);
        CHECK(read.error().message.find('\n') == std::string::npos);
    }
}

TEST_CASE("whatever entry of a plan is changed, dropped or moved, it is refused", "[repair]") {
    const auto text = repair_plan_json(case_of("mixed-key").repair.plan);
    const auto flat = nlohmann::json::parse(text).flatten();
    CHECK(read_repair_plan(nlohmann::json::parse(text).dump()));  // how its lines are broken does not matter
    for (const auto& [pointer, value] : flat.items()) {
        INFO(pointer);
        nlohmann::json other = value.is_string()    ? nlohmann::json(value.get<std::string>() + "1")
                               : value.is_boolean() ? nlohmann::json(!value.get<bool>())
                               : value.is_number()  ? nlohmann::json(value.get<std::uint64_t>() + 1)
                                                    : nlohmann::json("x");
        CHECK_FALSE(read_repair_plan(changed(text, pointer, other)));
        auto dropped = flat;
        dropped.erase(pointer);
        CHECK_FALSE(read_repair_plan(dropped.unflatten().dump()));
    }
}

TEST_CASE("no digest in a plan tells a secret to whoever tries all that it may be of", "[repair]") {
    std::set<std::string> of_few_bytes;
    for (unsigned value = 0; value < 0x10000; ++value) {
        const std::uint8_t bytes[] = {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8)};
        of_few_bytes.insert(hex(sha256(bytes)));
        of_few_bytes.insert(hex(sha256(ByteView(bytes).first(1))));
    }
    const auto sample = sample::make_sample(planted_recipe(R"({ act = "flip", at = "dct.device_private_key+300", bit = 3 })"), "one bit of the key");
    REQUIRE(sample);
    const auto one = repair_case("one bit of the key", sample->file);
    std::size_t short_writes = 0;
    for (const auto& step : one.repair.plan.steps) {
        if (step.operation != RepairOperation::WriteTable) continue;
        short_writes += step.where.size() <= 2 ? 1u : 0u;
        CHECK(of_few_bytes.count(step.before) + of_few_bytes.count(step.after) == 0);
        CHECK(step.before != step.after);
    }
    CHECK(short_writes == 1);
}

TEST_CASE("firmware that is missing is named as it is published, all of it at once", "[repair]") {
    const auto& file = sample_called("user-needs-newer-system").file;
    const auto& layout = layout_for(file);
    const auto plan = plan_repair(analyze(recognize(file, "a.bin", "", layout), layout), {}).plan;
    std::set<std::string> slots;
    for (const auto& missing : plan.missing) {
        INFO(missing.slot << " " << missing.release);
        slots.insert(missing.slot);
        CHECK(missing.file == "photon-" + missing.slot + "@" + missing.release + ".bin");
        CHECK(missing.sha256.size() == 64);
        CHECK(missing.published_in.starts_with("particle-cli@"));
    }
    CHECK(slots.count("system-part1") + slots.count("system-part2") == 2);
}

TEST_CASE("no secret stands in a plan, whatever is planted and whatever is repaired", "[repair]") {
    const std::string damages[] = {R"({ act = "fill", at = "dct.device_private_key", length = 40, value = 255 })",
                                   R"({ act = "fill", at = "dct.server_public_key", length = 512, value = 255 })",
                                   R"({ act = "flip", at = "system-part2+0x8000", bit = 1 })"};
    for (const auto& damage : damages) {
        INFO(damage);
        const auto sample = sample::make_sample(planted_recipe(damage), "planted");
        REQUIRE(sample);
        const auto one = repair_case("planted", sample->file);
        REQUIRE_FALSE(one.repair.plan.steps.empty());
        const auto secrets = secrets_of(*sample);
        CHECK_FALSE(secrets.leak_in(repair_plan_json(one.repair.plan)));
        const ScratchDirectory folder;
        const auto spoken = run({"repair", folder.put("planted.bin", sample->file)});
        CHECK(spoken.status == 0);
        CHECK_FALSE(secrets.leak_in(spoken.out));
        CHECK_FALSE(secrets.leak_in(spoken.err));
    }
}

TEST_CASE("a system part that brings a bootloader with it is written on the word for that only", "[repair]") {
    const auto& layout = *builtin_layout("photon");
    const auto& release = *sample::find_release("0.6.3");
    auto part = sample::spec_of(layout, *layout.slot("system-part2"), release, 5);
    part.carries = sample::build_module(sample::spec_of(layout, *layout.slot("bootloader"), release, 5));
    RepairWish wish{.firmware = firmware_in_file(sample::build_module(part), layout, "part2.bin")};
    REQUIRE(wish.firmware.size() == 1);
    wish.firmware[0].of_release = true;
    wish.firmware[0].header.releases = {"0.6.3"};
    for (const std::string installed : {"0.4.7", "0.6.3"}) {
        const auto sample = sample::make_sample(
            "title = \"a\"\ndevice = \"photon\"\nseed = 1\nlife = [ { act = \"install-release\", release = \"0.6.3\" }, { act = \"install\", module = "
            "\"bootloader\", release = \"" +
                installed +
                "\" }, { act = \"factory-table\", release = \"0.6.3\", version_string = \"x\" }, { act = \"provision\" } ]\n"
                "damage = [ { act = \"fill\", at = \"system-part2\", length = 0x40000, value = 255 } ]",
            "brings a bootloader");
        REQUIRE(sample);
        const auto analysis = analysis_of(sample->flash, layout);
        auto agreed = with_bootloader_agreed(analysis, wish);
        const auto plan = plan_repair(analysis, agreed).plan;
        const auto asks = [](const RepairPlan::Consent& consent) { return consent.word == repair_consent::bootloader; };
        INFO(installed);
        for (const auto& left : plan.cannot) UNSCOPED_INFO(left.cause << ": " << left.why);
        if (installed == "0.6.3") {
            CHECK(std::none_of(plan.consents.begin(), plan.consents.end(), asks));
            CHECK_FALSE(plan.steps.empty());
            continue;
        }
        const auto asked = std::find_if(plan.consents.begin(), plan.consents.end(), asks);
        REQUIRE(asked != plan.consents.end());
        CHECK(asked->loses.find("by version 11") != std::string::npos);
        for (const auto& left : plan.cannot) CHECK(left.instead.find("Let photopsy plan") == std::string::npos);  // this is that plan
        CHECK(plan.steps.empty());
        agreed.consents.emplace_back(repair_consent::bootloader);
        CHECK_FALSE(plan_repair(analysis, with_bootloader_agreed(analysis, agreed)).plan.steps.empty());
    }
}
