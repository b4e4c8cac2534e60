#include "boot/boot.h"

#include "catch.h"
#include "support/module_fixture.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

static const auto layout = module_layout();

static BootOutcome boot(const Image& image) { return predict_boot(module_facts(image, layout)); }

static const BootStep* step(const BootOutcome& outcome, std::string_view name) {
    const auto found = std::find_if(outcome.ladder.begin(), outcome.ladder.end(), [&](const BootStep& row) { return row.step == name; });
    return found == outcome.ladder.end() ? nullptr : &*found;
}

constexpr std::uint16_t old_system = 109, old_bootloader = 11;

TEST_CASE("healthy devices of both eras run, every step passed", "[modules][boot]") {
    for (const auto& image : {healthy_flash(layout), healthy_flash(layout, old_system, old_bootloader)}) {
        const auto outcome = boot(image);
        CHECK(outcome.result == BootResult::Runs);
        CHECK(outcome.safe_mode_reason.empty());
        CHECK(outcome.dct_reachable_by_bootloader);
        CHECK_FALSE(outcome.resumes_update);
        for (const auto& row : outcome.ladder) {
            INFO(row.step << ": " << row.explain);
            CHECK(row.state == BootStep::State::Pass);
            CHECK(row.explain.ends_with('.'));
        }
    }
}

TEST_CASE("without a bootloader nothing starts", "[modules][boot]") {
    auto image = healthy_flash(layout);
    fill(image, 0x08000000, 0x4000);
    CHECK(boot(image).result == BootResult::Undefined);
    fill(image, 0x08000000, 0x4000, 0x41);
    const auto outcome = boot(image);
    CHECK(outcome.result == BootResult::Undefined);
    CHECK(step(outcome, "user-crc")->state == BootStep::State::Skipped);
    Image part(layout.flash);
    part.put(0x08020000, healthy_flash(layout).bytes({0x08020000, 0x08100000}));
    CHECK(boot(part).result == BootResult::Unknown);
}

TEST_CASE("safe-mode cause 1: the bootloader's checksum, for systems that test it", "[modules][boot]") {
    for (const bool checks : {true, false}) {
        auto image = checks ? healthy_flash(layout) : healthy_flash(layout, old_system, old_bootloader);
        flip(image, 0x08002000);
        const auto outcome = boot(image);
        CHECK(outcome.result == (checks ? BootResult::SafeMode : BootResult::Runs));
        CHECK(outcome.safe_mode_reason == (checks ? "bootloader-crc" : ""));
    }
    auto image = healthy_flash(layout);
    const std::uint8_t placeholder[] = {0x78, 0x56, 0x34, 0x12};
    image.put(0x08003B00, placeholder);
    CHECK(boot(image).safe_mode_reason == "bootloader-crc");
    image = healthy_flash(layout, old_system, old_bootloader);
    image.put(0x08003B00, placeholder);
    CHECK(boot(image).result == BootResult::Runs);
}

TEST_CASE("safe-mode cause 2: part 2's own checksum, for systems that test it", "[modules][boot]") {
    auto image = healthy_flash(layout);
    flip(image, 0x08070000);
    CHECK(boot(image).safe_mode_reason == "part2-crc");
    CHECK_FALSE(boot(image).dct_reachable_by_bootloader);
    image = healthy_flash(layout, old_system, old_bootloader);
    flip(image, 0x08070000);
    CHECK(boot(image).result == BootResult::Runs);
    CHECK(boot(image).dct_reachable_by_bootloader);
}

TEST_CASE("safe-mode causes 3 and 4: part 2's dependencies, for systems that test them", "[modules][boot]") {
    auto image = healthy_flash(layout, 1512, 502);
    write(image, part1_spec(1406));
    CHECK(boot(image).safe_mode_reason == "part1-too-old");
    write(image, part1_spec(2302));
    CHECK(boot(image).result == BootResult::Runs);
    write(image, part1_spec(1512));
    write(image, bootloader_spec(7));
    CHECK(boot(image).safe_mode_reason == "bootloader-too-old");
    image = healthy_flash(layout, old_system, old_bootloader);
    write(image, part1_spec(102));
    CHECK(boot(image).result == BootResult::Runs);
}

TEST_CASE("what a part 2 asks for whose end is not in the file is not known", "[modules][boot]") {
    auto image = healthy_flash(layout, 1512, 502);
    write(image, part1_spec(1406));
    const Range parts[] = {{0x08000000, 0x08070000}, {0x080A0000, 0x08100000}};
    const auto outcome = boot(image.with_only(parts));
    CHECK(outcome.result == BootResult::Unknown);
    CHECK(outcome.safe_mode_reason.empty());
    CHECK(step(outcome, "system-checks-dependencies")->state == BootStep::State::Unknown);
    const Range without_end_of_part1[] = {{0x08000000, 0x08030000}, {0x08060000, 0x08100000}};
    CHECK(boot(image.with_only(without_end_of_part1)).safe_mode_reason == "part1-too-old");  // its header is all that the system reads of it
}

TEST_CASE("safe-mode causes 5 to 8: the user application", "[modules][boot]") {
    for (const bool modern : {true, false}) {
        const auto good = modern ? healthy_flash(layout) : healthy_flash(layout, old_system, old_bootloader);
        auto image = good;
        fill(image, 0x080A0000, 0x20000);
        CHECK(boot(image).safe_mode_reason == "no-user-application");
        write(image, user_spec(), 0x080E0000);
        CHECK(boot(image).result == BootResult::FactoryReset);
        flip(image, 0x080E1000);
        CHECK(boot(image).result == BootResult::ResetLoop);
        image = good;
        flip(image, 0x080A1000);
        CHECK(boot(image).safe_mode_reason == "user-crc");
        image = good;
        write(image, user_spec(3000));
        CHECK(boot(image).safe_mode_reason == "user-needs-newer-system");
        auto needs_bootloader = user_spec();
        needs_bootloader.need2 = {2, 0, 2000};
        image = good;
        write(image, needs_bootloader);
        CHECK(boot(image).result == (modern ? BootResult::SafeMode : BootResult::Runs));
    }
}

TEST_CASE("part 1 is judged by its header alone", "[modules][boot]") {
    const auto good = healthy_flash(layout);
    auto image = good;
    fill(image, 0x08020000, 0x40000);
    CHECK(boot(image).result == BootResult::Dfu);
    write(image, user_spec(), 0x080E0000);
    CHECK(boot(image).result == BootResult::ResetLoop);
    image = good;
    auto foreign = part1_spec();
    foreign.platform_id = 8;
    write(image, foreign);
    CHECK(boot(image).result == BootResult::Dfu);
    image = good;
    write(image, part2_spec(), 0x08020000);
    CHECK(boot(image).result == BootResult::Dfu);
    image = good;
    flip(image, 0x08030000);
    const auto flipped = boot(image);
    CHECK(flipped.result == BootResult::Runs);
    CHECK(step(flipped, "part1-content")->state == BootStep::State::Unknown);
    fill(image, 0x08040000, 0x10000);
    CHECK(boot(image).result == BootResult::Undefined);
}

TEST_CASE("part 2 is jumped into without a test", "[modules][boot]") {
    const auto good = healthy_flash(layout);
    auto image = good;
    fill(image, 0x08060000, 0x40000);
    CHECK(boot(image).result == BootResult::Undefined);
    fill(image, 0x08060000, 0x40000, 0x55);
    CHECK(boot(image).result == BootResult::Undefined);
    image = good;
    fill(image, 0x08070000, 0x30000);
    CHECK(boot(image).result == BootResult::Undefined);
    image = good;
    write(image, part1_spec(), 0x08060000);
    CHECK(boot(image).result == BootResult::Undefined);
}

TEST_CASE("an update that the bootloader carries out first makes the device whole", "[modules][boot]") {
    auto image = healthy_flash(layout, old_system, old_bootloader);
    fill(image, 0x08062000, 0x3E000);
    write(image, part2_spec(old_system), 0x080C0000);
    auto facts = module_facts(image, layout);
    facts.ota.kind = OtaCase::CopyInterrupted;
    facts.ota.half_written_slot = "system-part2";
    facts.ota.resumes = OtaFacts::Resumes::No;
    CHECK(predict_boot(facts).result == BootResult::Undefined);
    facts.ota.resumes = OtaFacts::Resumes::Yes;
    const auto outcome = predict_boot(facts);
    CHECK(outcome.result == BootResult::Runs);
    CHECK(outcome.resumes_update);
    flip(image, 0x080C4000);
    facts.modules = read_modules(image, layout);
    CHECK(predict_boot(facts).result == BootResult::Undefined);
}

TEST_CASE("what the file does not hold is unknown, not wrong", "[modules][boot]") {
    const auto whole = healthy_flash(layout);
    for (const Address cut : {0x08010000u, 0x08030000u, 0x08061000u, 0x080A0100u}) {
        Image image(layout.flash);
        image.put(0x08000000, whole.bytes({0x08000000, cut}));
        INFO("file ends at " << cut);
        CHECK(boot(image).result == BootResult::Unknown);
    }
    auto other = layout;
    other.boot = BootKind::None;
    CHECK(predict_boot(module_facts(whole, other)).result == BootResult::Unknown);
}

TEST_CASE("monolithic firmware has no parts to check", "[modules][boot]") {
    auto image = blank_flash(layout);
    write(image, bootloader_spec());
    write(image, {.start = 0x08020000, .length = 0x50000, .version = 0, .function = 3, .index = 0});
    CHECK(boot(image).result == BootResult::Runs);
}

TEST_CASE("every result has the contract's name", "[boot]") {
    CHECK(name_of(BootResult::Runs) == "runs");
    CHECK(name_of(BootResult::SafeMode) == "safe-mode");
    CHECK(name_of(BootResult::Dfu) == "dfu");
    CHECK(name_of(BootResult::FactoryReset) == "factory-reset");
    CHECK(name_of(BootResult::ResetLoop) == "reset-loop");
    CHECK(name_of(BootResult::Undefined) == "undefined");
    CHECK(name_of(BootResult::Unknown) == "unknown");
}

TEST_CASE("damage in a module's first instructions ends the start before any check", "[modules][boot]") {
    struct Row {
        const char* step;
        Address vector;
    };
    for (const auto& [name, vector] : {Row{"bootloader-runs", 0x08000004}, Row{"part1-content", 0x08020004}, Row{"part2-entry", 0x08060004}}) {
        auto image = healthy_flash(layout);
        const auto reset = little_endian<std::uint32_t>(image.bytes(range_of(vector, 4))) - 1;
        const std::vector<std::uint8_t> code{0x01, 0x30, 0x01, 0x30, 0x70, 0x47};
        image.put(reset, code);  // the module's checksum is wrong now, its first instructions are not
        auto facts = module_facts(image, layout);
        facts.code = read_suspect_code(image, facts.modules);
        CHECK(predict_boot(facts).result != BootResult::Undefined);
        fill(image, reset, 32);
        facts = module_facts(image, layout);
        facts.code = read_suspect_code(image, facts.modules);
        const auto outcome = predict_boot(facts);
        INFO(name);
        CHECK(outcome.result == BootResult::Undefined);
        CHECK(step(outcome, name)->state == BootStep::State::Fail);
    }
}
