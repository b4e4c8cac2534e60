// Each module rule both ways: it fires on its own damage, and only it does; it is silent on the healthy flash.
#include "rules/judged_modules.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

const auto layout = module_layout();

struct Case {
    const char* name;
    std::function<void(Image&)> damage;
    const char* expected;
    Range at;  ///< the damage; the finding overlaps it
    Severity severity;
};

const std::vector<Case> cases = {
    {"part 2 erased", [](Image& image) { fill(image, 0x08060000, 0x40000); }, "slot-empty@system-part2", {0x08060000, 0x080A0000}, Severity::Fatal},
    {"part 1 erased", [](Image& image) { fill(image, 0x08020000, 0x40000); }, "slot-empty@system-part1", {0x08020000, 0x08060000}, Severity::Fatal},
    {"application erased", [](Image& image) { fill(image, 0x080A0000, 0x20000); }, "slot-empty@user", {0x080A0000, 0x080C0000}, Severity::Problem},
    {"application erased, factory there",
     [](Image& image) {
         fill(image, 0x080A0000, 0x20000);
         write(image, user_spec(), 0x080E0000);
     },
     "slot-empty@user",
     {0x080A0000, 0x080C0000},
     Severity::Warning},
    {"bootloader erased", [](Image& image) { fill(image, 0x08000000, 0x4000); }, "slot-empty@bootloader", {0x08000000, 0x08004000}, Severity::Fatal},
    {"text for an application",
     [](Image& image) {
         fill(image, 0x080A0000, 0x20000);
         fill(image, 0x080A0000, 0x3000, 'a');
     },
     "slot-foreign@user",
     {0x080A0000, 0x080A3000},
     Severity::Problem},
    {"text for part 2",
     [](Image& image) {
         fill(image, 0x08060000, 0x40000);
         fill(image, 0x08060000, 0x3000, 'a');
     },
     "slot-foreign@system-part2",
     {0x08060000, 0x08063000},
     Severity::Fatal},
    {"part 2 at part 1's address",
     [](Image& image) {
         fill(image, 0x08020000, 0x40000);
         write(image, part2_spec(), 0x08020000);
     },
     "module-misplaced@system-part1",
     {0x08020000, 0x08058004},
     Severity::Fatal},
    {"part 2 written 8 KiB too high",
     [](Image& image) {
         fill(image, 0x08060000, 0x40000);
         write(image, part2_spec(), 0x08062000);
     },
     "module-misplaced@system-part2",
     {0x08062000, 0x0809A004},
     Severity::Fatal},
    {"part 1 of a P1",
     [](Image& image) { write(image, for_p1(part1_spec())); },
     "module-other-platform@system-part1",
     {0x08020000, 0x08050004},
     Severity::Fatal},
    {"application of an Electron, linked for its address",
     [](Image& image) {
         auto electron = user_spec();
         electron.platform_id = 10;
         electron.start = 0x08080000;
         write(image, electron, 0x080A0000);
     },
     "module-other-platform@user",
     {0x080A0000, 0x080A6004},
     Severity::Problem},
    {"application of an Argon, linked for an address that this flash has not",
     [](Image& image) {
         auto argon = user_spec();
         argon.platform_id = 12;
         argon.start = 0x000D4000;
         write(image, argon, 0x080A0000);
     },
     "module-other-platform@user",
     {0x080A0000, 0x080A6004},
     Severity::Problem},
    {"part 2 erased but for a worn cell",
     [](Image& image) {
         fill(image, 0x08060000, 0x40000);
         flip(image, 0x08071234);
     },
     "slot-empty@system-part2",
     {0x08060000, 0x080A0000},
     Severity::Fatal},
    {"4 KiB of part 2 erased, with a worn cell in it",
     [](Image& image) {
         fill(image, 0x08071000, 0x1000);
         flip(image, 0x08071834);
     },
     "module-run-erased@system-part2",
     {0x08071000, 0x08072000},
     Severity::Problem},
    {"application of a P1", [](Image& image) { write(image, for_p1(user_spec())); }, "module-other-platform@user", {0x080A0000, 0x080A6004}, Severity::Problem},
    {"part 2 cut short", [](Image& image) { fill(image, 0x08075432, 0x2ABCE); }, "module-cut-short@system-part2", {0x08075432, 0x08098004}, Severity::Fatal},
    {"second sector of part 1 erased",
     [](Image& image) { fill(image, 0x08040000, 0x20000); },
     "module-run-erased@system-part1",
     {0x08040000, 0x08050004},
     Severity::Fatal},
    {"4 KiB of part 2 erased",
     [](Image& image) { fill(image, 0x08071000, 0x1000); },
     "module-run-erased@system-part2",
     {0x08071000, 0x08072000},
     Severity::Problem},
    {"first 4 KiB of part 2 erased",
     [](Image& image) { fill(image, 0x08060000, 0x1000); },
     "module-run-erased@system-part2",
     {0x08060000, 0x08061000},
     Severity::Fatal},
    {"4 KiB of part 2 zeroed",
     [](Image& image) { fill(image, 0x08071000, 0x1000, 0); },
     "module-run-zeroed@system-part2",
     {0x08071000, 0x08072000},
     Severity::Problem},
    {"first 4 KiB of part 1 zeroed",
     [](Image& image) { fill(image, 0x08020000, 0x1000, 0); },
     "module-run-zeroed@system-part1",
     {0x08020000, 0x08021000},
     Severity::Fatal},
    {"a bit of part 2", [](Image& image) { flip(image, 0x08071234); }, "module-checksum-wrong@system-part2", {0x08071234, 0x08071235}, Severity::Problem},
    {"a bit of part 1", [](Image& image) { flip(image, 0x08031234); }, "module-checksum-wrong@system-part1", {0x08031234, 0x08031235}, Severity::Problem},
    {"a bit of the application", [](Image& image) { flip(image, 0x080A1234); }, "module-checksum-wrong@user", {0x080A1234, 0x080A1235}, Severity::Problem},
    {"a bit of the bootloader", [](Image& image) { flip(image, 0x08001234); }, "module-checksum-wrong@bootloader", {0x08001234, 0x08001235}, Severity::Problem},
    {"application cut short by 100 bytes",
     [](Image& image) { fill(image, 0x080A5FA0, 0x64); },
     "module-cut-short@user",
     {0x080A5FA0, 0x080A6004},
     Severity::Problem},
    {"512 bytes of the application erased",
     [](Image& image) { fill(image, 0x080A2200, 0x200); },
     "module-run-erased@user",
     {0x080A2200, 0x080A2400},
     Severity::Problem},
    {"512 bytes of the application zeroed",
     [](Image& image) { fill(image, 0x080A2200, 0x200, 0); },
     "module-run-zeroed@user",
     {0x080A2200, 0x080A2400},
     Severity::Problem},
    {"an owner's table of FF beside a wrong bit",
     [](Image& image) {
         fill(image, 0x080A2214, 0x300);
         flip(image, 0x080A1234);
     },
     "module-checksum-wrong@user",
     {0x080A0000, 0x080A6004},
     Severity::Problem},
    {"part 1 in the application's place",
     [](Image& image) { write(image, part1_spec(), 0x080A0000); },
     "module-misplaced@user",
     {0x080A0000, 0x080D0004},
     Severity::Problem},
    {"a bit of the application's start address",
     [](Image& image) { flip(image, 0x080A0001); },
     "module-checksum-wrong@user",
     {0x080A0001, 0x080A0002},
     Severity::Problem},
    {"a bit of part 1's end address",
     [](Image& image) { flip(image, 0x0802018B); },
     "module-checksum-wrong@system-part1",
     {0x0802018B, 0x0802018C},
     Severity::Fatal},
};

}  // namespace

TEST_CASE("a healthy flash gives the module rules nothing to say", "[modules]") {
    CHECK(said(judge(healthy_flash(layout), layout)) == "");
    CHECK(said(judge(healthy_flash(layout, 109, 11), layout)) == "");
    CHECK(said(judge(healthy_flash(layout, 1512, 502), layout)) == "");
}

TEST_CASE("one damage gives one finding, at its place", "[modules]") {
    for (const auto& row : cases) {
        auto image = healthy_flash(layout);
        row.damage(image);
        const auto result = judge(image, layout);
        INFO(row.name << ", boot " << name_of(result.boot.result));
        CHECK(said(result) == row.expected);
        if (result.findings.size() != 1) continue;
        const auto& finding = result.findings[0];
        CHECK(finding.where.at.overlaps(row.at));
        CHECK(finding.where.at.size() <= std::max(row.at.size(), 0x40000u));
        CHECK(finding.severity == row.severity);
        CHECK_FALSE(finding.explain.empty());
    }
}
