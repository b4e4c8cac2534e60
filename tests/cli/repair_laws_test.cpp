// The laws of a repair, each as a test.
//  1  a plan alone writes nothing and needs no device ........ "without a word for it ..." here; cli/repair_journal_test; dfu/repair_runs.py, in_one_go
//  2  no write without a backup of this device, read twice ... cli/repair_backup_test; dfu/repair_runs.py, whole_story and refusals; page/repair_test
//  3  what is never sent ..................................... "leave, detach ..." and "a copy that would cost ..." here; dfu/flash_writer_test
//  4  one write to the table, or the plan says how many ...... "all that belongs into the table ..." here; mend/repair_plan_test
//  5  the smallest set; nothing equal is written ............. "what is programmed ..." here; mend/repair_plan_test, "one flipped bit"
//  6  nothing sound is touched without its word .............. "without a word for it ..." here; cli/repair_bootloader_test
//  7  the flash decides, not the journal ..................... "a journal that is lost or lies ..." here; cli/repair_power_test
//  8  a result is what was read back ......................... cli/repair_trouble_test, "a cell that does not program"
//  9  each step says what a start does behind a cut .......... "what a start would do ..." here
// 10  a plan is for one bootloader ........................... "a plan for one bootloader ..." here
// 11  an unknown bootloader is only advised .................. cli/repair_advice_test; "under a bootloader that is damaged ..." here
#include "catch.h"
#include "mend/repair_danger.h"
#include "mend/repair_json.h"
#include "mend/repair_table.h"
#include "repair/binding.h"
#include "repair/given.h"
#include "support/repair_trial.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;
using How = RepairEnd::How;

namespace {

std::vector<RepairCase> cases() { return repair_cases(60, 5); }

RepairCase sample_case(const std::string& name) { return repair_case(name, sample_called(name).file); }

bool is_as_before(const RepairCase& one, const PhotonDevice& device) { return std::ranges::equal(device.flash.bytes, one.analysis.capture.image.everything()); }

/// The flash of `one` with these bytes of the table's data changed in the copy that is in force.
Bytes with_table(const RepairCase& one, std::uint32_t offset, const Bytes& bytes) {
    const auto& layout = *one.analysis.layout;
    Image image = one.analysis.capture.image;
    image = with_table_written(image, layout, *table_code(one.analysis.facts), offset, bytes);
    const auto all = image.everything();
    return {all.begin(), all.end()};
}

/// A copy that waits in slot 1, from the OTA area to `to`.
Bytes waiting_copy(Address to, std::uint8_t flags) {
    Bytes slot(20, 0xFF);
    const std::uint32_t words[] = {0x0000ABCD, 0x080C0000, to, 0x3000, 0xFFFF0200u | flags};
    for (std::size_t i = 0; i < slot.size(); ++i) slot[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
    return slot;
}

constexpr std::uint32_t slot_1 = 2852 + 20, flag_at = 1753;

int weight_of(std::string_view boot) {
    constexpr std::string_view order[] = {"runs", "safe-mode", "dfu", "undefined", "factory-reset", "reset-loop"};
    const auto found = std::find(std::begin(order), std::end(order), boot == "unknown" ? "undefined" : boot);
    return static_cast<int>(found - std::begin(order));
}

}  // namespace

TEST_CASE("without a word for it nothing sound is touched, and each word names what it may cost", "[repair]") {
    std::size_t asked = 0;
    std::vector<RepairCase> all;
    for (const auto* name : {"wrong-server-key", "version-skew", "user-needs-newer-system"}) all.push_back(sample_case(name));
    all.push_back(bootloader_case("photon", "2.3.1", "1.2.1"));
    for (const auto& one : all) {
        for (const auto& consent : one.repair.plan.consents) {
            if (consent.word.starts_with(repair_consent::unknown_bootloader)) continue;  // cli/repair_advice_test
            INFO(one.name << ": " << consent.word);
            CHECK(is_repair_consent(consent.word));
            CHECK(consent.loses.size() > 20);
            auto wish = one.wish;
            std::erase(wish.consents, consent.word);
            const auto without = plan_repair(one.analysis, wish).plan;
            CHECK(std::ranges::any_of(without.consents, [&](const auto& other) { return other.word == consent.word && !other.given; }));
            CHECK(std::ranges::any_of(without.cannot, [&](const auto& left) { return left.why.find("--consent " + consent.word) != std::string::npos; }));
            CHECK(without.steps.size() < one.repair.plan.steps.size());
            ++asked;
        }
    }
    CHECK(asked >= 4);
}

TEST_CASE("leave, detach and mass erase are never sent, whatever is repaired", "[repair]") {
    for (const auto& one : cases()) {
        if (one.repair.plan.steps.empty()) continue;
        INFO(one.name);
        auto device = device_with(one.analysis);
        MemoryJournal journal;
        CHECK(carry_out_on(device, one.repair, *one.analysis.layout, journal).how == How::Done);
        for (const auto& sent : device.trespasses()) {
            INFO(sent);
            CHECK(sent.find("leave") == std::string::npos);
            CHECK(sent != "DETACH");
            CHECK(sent.find("UPLOAD of block 1") == std::string::npos);
        }
        CHECK(std::ranges::equal(ByteView(device.flash.bytes).first(0x4000), one.analysis.capture.image.bytes({0x08000000, 0x08004000})));
    }
}

TEST_CASE("a copy that would cost the device its bootloader is taken back, and never written", "[repair]") {
    const auto healthy = sample_case("healthy-2.3.1"), broken = sample_case("erased-key");
    for (const auto& slot : {waiting_copy(0x08000000, 0x0E), waiting_copy(0x08060000, 0x00)}) {
        for (const auto* from : {&healthy, &broken}) {
            const auto one = repair_case("armed", with_table(*from, slot_1, slot));
            INFO(from->name);
            REQUIRE_FALSE(one.repair.plan.steps.empty());
            auto device = device_with(one.analysis);
            MemoryJournal journal;
            CHECK(carry_out_on(device, one.repair, *one.analysis.layout, journal).how == How::Done);
            const auto after = analysis_of(device, *one.analysis.layout);
            CHECK(forbidden_copies(*after.layout, application_data(after.capture.image, *after.layout, *after.facts.dct.selected)).empty());
            const auto undo = plan_undo(one.repair.plan, one.analysis, after);  // back to what was there, but for that copy
            MemoryJournal back;
            CHECK(carry_out_on(device, undo, *one.analysis.layout, back).how == How::Done);
            const auto undone = analysis_of(device, *one.analysis.layout);
            CHECK(forbidden_copies(*after.layout, application_data(undone.capture.image, *after.layout, *undone.facts.dct.selected)).empty());
        }
    }
    auto hand_made = broken;  // as no planner makes it
    auto& step = hand_made.repair.plan.steps.at(0);
    REQUIRE(step.operation == RepairOperation::WriteTable);
    step.where = range_of(slot_1, 20);
    hand_made.repair.contents[0] = waiting_copy(0x08000000, 0x0E);
    auto device = device_with(hand_made.analysis);
    MemoryJournal journal;
    CHECK(carry_out_on(device, hand_made.repair, *hand_made.analysis.layout, journal).how == How::Forbidden);
    CHECK(is_as_before(hand_made, device));
}

TEST_CASE("the flag that has an image applied is written only behind that image, read back", "[repair]") {
    auto one = bootloader_case("photon", "2.3.1", "1.2.1");
    auto& repair = one.repair;
    while (repair.plan.steps.front().operation != RepairOperation::WriteTable) {  // the image is left out
        repair.plan.steps.erase(repair.plan.steps.begin());
        repair.contents.erase(repair.contents.begin());
        repair.codes.erase(repair.codes.begin());
    }
    auto device = device_with(one.analysis);
    MemoryJournal journal;
    CHECK(carry_out_on(device, repair, *one.analysis.layout, journal).how == How::Elsewhere);
    CHECK(is_as_before(one, device));
    repair.target = repair.original;  // and a plan that knows of no image
    CHECK(carry_out_on(device, repair, *one.analysis.layout, journal).how == How::Forbidden);
    CHECK(is_as_before(one, device));
}

TEST_CASE("all that belongs into the table is one write; what is put back in several says how many", "[repair]") {
    const auto count = [](const RepairPlan& plan) {
        return std::ranges::count_if(plan.steps, [](const RepairStep& step) { return step.operation == RepairOperation::WriteTable; });
    };
    for (const auto& one : cases()) {
        INFO(one.name);
        CHECK(count(one.repair.plan) <= 1);
        CHECK(count(plan_undo(one.repair.plan, one.analysis, one.analysis).plan) == 0);
    }
    const auto one = sample_case("healthy-2.3.1");
    const auto present = repair_case("changed", with_table(one, 8119, Bytes(15, 0x42)));
    const auto both = repair_case("changed", with_table(present, 34, Bytes(8, 0x42)));
    RepairPlan done;
    for (const Range at : {Range{0, 4096}, Range{4096, 8192}}) done.steps.push_back({.operation = RepairOperation::WriteTable, .where = at});
    const auto undo = plan_undo(done, one.analysis, both.analysis).plan;
    REQUIRE(count(undo) == 2);
    CHECK(undo.steps[0].reason.find("write 1 of 2 to the table") != std::string::npos);
    CHECK(undo.steps[1].reason.find("write 2 of 2 to the table") != std::string::npos);
}

TEST_CASE("what is programmed begins and ends with a word that differs; what an erase does not need is not erased", "[repair]") {
    for (const auto& one : cases()) {
        Image now = one.repair.original;
        for (std::size_t i = 0; i < one.repair.plan.steps.size(); ++i) {
            const auto& step = one.repair.plan.steps[i];
            const auto& content = one.repair.contents[i];
            if (step.operation != RepairOperation::Erase && step.operation != RepairOperation::Program) continue;
            INFO(one.name << ", step " << i);
            const auto there = now.bytes(step.where);
            CHECK_FALSE(std::ranges::equal(there, content));
            const auto differs = [&](std::size_t at) { return !std::ranges::equal(there.subspan(at, 4), ByteView(content).subspan(at, 4)); };
            const bool behind_erase = step.operation == RepairOperation::Program && all_erased(there);
            if (step.operation == RepairOperation::Program && !behind_erase) CHECK((differs(0) && differs(content.size() - 4)));
            if (behind_erase) CHECK(differs(content.size() - 4));
            now.put(step.where.begin, content);
        }
    }
}

TEST_CASE("a journal that is lost or lies changes nothing: the flash decides", "[repair]") {
    for (const auto* name : {"version-skew", "erased-key", "part2-bit-error"}) {
        const auto one = sample_case(name);
        auto whole = device_with(one.analysis);
        MemoryJournal first;
        REQUIRE(carry_out_on(whole, one.repair, *one.analysis.layout, first).how == How::Done);
        for (long part = 0; part < 8; ++part) {
            auto device = device_with(one.analysis);
            device.flash.cut_at = whole.flash.operations * part / 8;
            MemoryJournal cut;
            (void)carry_out_on(device, one.repair, *one.analysis.layout, cut);
            for (const bool says_all : {false, true}) {
                auto again = device;
                again.power_cycle();
                MemoryJournal other;  // lost: it says that nothing was begun
                for (std::size_t i = 0; says_all && i < one.repair.plan.steps.size(); ++i) other.before.insert(i);
                INFO(name << " cut at " << part << " of 8, journal says all begun: " << says_all);
                CHECK(carry_out_on(again, one.repair, *one.analysis.layout, other).how == How::Done);
                CHECK(holds_target(one.repair, *one.analysis.layout, again.flash.bytes));
            }
        }
    }
}

TEST_CASE("what a start would do after a cut is never worse than the step says", "[repair]") {
    for (const auto* name : {"version-skew", "erased-key", "part2-bit-error", "mixed-key", "update-not-finished", "electron-third-part-missing"}) {
        const auto one = sample_case(name);
        const auto& steps = one.repair.plan.steps;
        auto whole = device_with(one.analysis);
        MemoryJournal first;
        if (steps.empty() || carry_out_on(whole, one.repair, *one.analysis.layout, first).how != How::Done) continue;
        for (long part = 0; part < 24; ++part) {
            auto device = device_with(one.analysis);
            device.flash.cut_at = whole.flash.operations * part / 24;
            MemoryJournal journal;
            const auto end = carry_out_on(device, one.repair, *one.analysis.layout, journal);
            if (end.how == How::Done) continue;
            INFO(name << ", cut in step " << end.step << " at " << part << " of 24");
            const auto now = analysis_of(device, *one.analysis.layout);
            CHECK(weight_of(name_of(now.boot.result)) <= weight_of(steps.at(end.step).if_power_fails.boot));
            CHECK(steps.at(end.step).if_power_fails.explain.size() > 10);
        }
    }
}

TEST_CASE("a plan for one bootloader is carried out under no other", "[repair]") {
    const auto one = sample_case("part2-bit-error");
    CHECK(one.repair.plan.device.bootloader_version == one.analysis.facts.system.bootloader_version);
    auto device = device_with(one.analysis);
    device.flash.bytes[0x18E] ^= 1;  // its version
    MemoryJournal journal;
    const auto end = carry_out_on(device, one.repair, *one.analysis.layout, journal);
    CHECK(end.how == How::Elsewhere);
    CHECK(end.written == 0);
    CHECK_FALSE(other_device(one.repair.plan, analysis_of(device, *one.analysis.layout)).empty());
    auto edited = one.repair.plan;
    edited.device.bootloader_version = 311;
    CHECK_FALSE(made_again(edited, one.analysis, one.wish));
    CHECK(made_again(one.repair.plan, one.analysis, one.wish));
}

TEST_CASE("under a bootloader that is damaged or of no release nothing is planned, whatever is agreed to", "[repair]") {
    const auto one = sample_case("part2-bit-error");
    const auto sealed = [&](std::uint16_t version) {
        Bytes flash(one.analysis.capture.image.everything().begin(), one.analysis.capture.image.everything().end());
        flash[0x18E] = static_cast<std::uint8_t>(version);
        flash[0x18F] = static_cast<std::uint8_t>(version >> 8);
        const auto end = little_endian<std::uint32_t>(ByteView(flash).subspan(0x188)) - 0x08000000;
        const auto crc = crc32(ByteView(flash).first(end));
        for (std::uint32_t i = 0; i < 4; ++i) flash[end + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
        return flash;
    };
    const auto known = *one.analysis.facts.system.bootloader_version;
    CHECK_FALSE(repair_case("the same version", sealed(known)).repair.plan.steps.empty());
    Bytes damaged(one.analysis.capture.image.everything().begin(), one.analysis.capture.image.everything().end());
    damaged[0x900] ^= 1;
    for (const auto& flash : {sealed(99), sealed(1234), damaged}) {
        const auto plan = repair_case("unknown", flash).repair.plan;
        CHECK(plan.steps.empty());
        REQUIRE_FALSE(plan.cannot.empty());
        CHECK(plan.cannot[0].why.find("not known what it would write") != std::string::npos);
    }
}
