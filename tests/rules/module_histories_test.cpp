// What a module's surroundings, an update or the file itself say about damage: whose story it is, and what is no damage at all.
#include "rules/judged_modules.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

static const auto layout = module_layout();

TEST_CASE("leftovers behind modules and in the factory slot are normal", "[modules]") {
    auto image = healthy_flash(layout);
    image.put(0x0809A000, std::vector<std::uint8_t>(0x1000, 0x5A));  // an older, longer part 2
    write(image, part1_spec(1512), 0x080C0000);                      // the last OTA image, its tail in the factory slot
    CHECK(said(judge(image, layout)) == "");
    image.put(0x080E0100, std::vector<std::uint8_t>(0x100, 0x11));
    CHECK(said(judge(image, layout)) == "");
}

TEST_CASE("a damaged factory application is a note", "[modules]") {
    auto image = healthy_flash(layout);
    write(image, user_spec(), 0x080E0000);
    CHECK(said(judge(image, layout)) == "");
    flip(image, 0x080E2000);
    const auto result = judge(image, layout);
    CHECK(said(result) == "factory-application-damaged@factory");
    CHECK(result.findings.front().severity == Severity::Note);
}

TEST_CASE("a write that stopped leaves the new beginning and the old end", "[modules]") {
    auto image = healthy_flash(layout, 1512, 502);
    auto newer = part1_spec(2302);
    newer.length = 0x31000;
    const auto module = make_module(newer);
    fill(image, 0x08020000, 0x20000);
    image.put(0x08020000, ByteView(module).first(0x1A000));
    const auto result = judge(image, layout);
    CHECK(said(result) == "module-mixed@system-part1");
    CHECK(result.findings.front().where.at.overlaps({0x08020000, 0x08051004}));
    CHECK(result.boot.result == BootResult::Undefined);
}

TEST_CASE("a newer part that was not written to its end is no truncated old one", "[modules]") {
    auto image = healthy_flash(layout, 1512, 502);
    const auto newer = make_module(part1_spec(2302));
    fill(image, 0x08020000, 0x40000);
    image.put(0x08020000, ByteView(newer).first(0x2A000));
    const auto result = judge(image, layout);
    CHECK(said(result) == "module-mixed@system-part1");
    CHECK(result.boot.result == BootResult::Undefined);
}

TEST_CASE("noise and text inside a module are seen as written over", "[modules]") {
    auto image = healthy_flash(layout);
    fill(image, 0x080A2000, 0x1000, 'x');
    CHECK(said(judge(image, layout)).find("module-mixed@user") != std::string::npos);
}

TEST_CASE("a stock bootloader without a checksum is not damaged", "[modules]") {
    auto image = healthy_flash(layout, 109, 11);
    const std::uint8_t placeholder[] = {0x78, 0x56, 0x34, 0x12};
    image.put(0x08003B00, placeholder);
    CHECK(said(judge(image, layout)) == "");
}

TEST_CASE("a module that was built without its checksum is told where the system tests it", "[modules]") {
    const std::uint8_t placeholder[] = {0x78, 0x56, 0x34, 0x12};
    for (const auto* module : {"user", "system-part2", "bootloader"}) {
        auto image = healthy_flash(layout);
        const auto& at = layout.slot(module)->at;
        const auto end = little_endian<std::uint32_t>(image.bytes(range_of(at.begin + layout.vector_size * (std::string_view(module) != "user") + 4, 4)));
        image.put(end, placeholder);
        const auto result = judge(image, layout);
        CHECK(said(result) == std::string("module-checksum-missing@") + module);
        CHECK(result.boot.result == BootResult::SafeMode);
    }
}

TEST_CASE("the half-written target of an update is the update's story", "[modules]") {
    auto image = healthy_flash(layout);
    fill(image, 0x08070000, 0x30000);
    const auto interrupted = [](Facts& facts) {
        facts.ota.kind = OtaCase::CopyInterrupted;
        facts.ota.half_written_slot = "system-part2";
    };
    CHECK(said(judge(image, layout, interrupted)) == "");
    CHECK(said(judge(image, layout)) != "");
}

TEST_CASE("a capture that garbled bytes says nothing about modules", "[modules]") {
    auto image = healthy_flash(layout);
    fill(image, 0x08060000, 0x40000);
    const auto with = [](CaptureDefect defect) {
        return [defect](Facts& facts) {
            facts.untrustworthy_capture = true;
            facts.capture.push_back({.defect = defect, .where = {}, .detail = ""});
        };
    };
    CHECK(said(judge(image, layout, with(CaptureDefect::BytesLost))) == "");
    CHECK(said(judge(image, layout, with(CaptureDefect::Blank))) == "");
    CHECK(said(judge(image, layout, with(CaptureDefect::Truncated))) == "slot-empty@system-part2");
}

TEST_CASE("a capture whose bytes were all put where they belong says what it holds of modules", "[modules]") {
    auto image = healthy_flash(layout);
    fill(image, 0x08060000, 0x40000);
    const auto with = [](CaptureProblem problem) {
        return [problem](Facts& facts) {
            facts.untrustworthy_capture = true;
            facts.capture.push_back(problem);
        };
    };
    const CaptureProblem put_right[] = {{.defect = CaptureDefect::Shifted, .where = {}},
                                        {.defect = CaptureDefect::Byteswapped, .where = {}},
                                        {.defect = CaptureDefect::NotBinary, .where = {}, .is_listing = true}};
    for (const auto& problem : put_right) CHECK(said(judge(image, layout, with(problem))) == "slot-empty@system-part2");
    CHECK(said(judge(image, layout, with({.defect = CaptureDefect::Shifted, .where = {}, .is_inside = true}))) == "");
    CHECK(said(judge(image, layout, with({.defect = CaptureDefect::NotBinary, .where = {}}))) == "");
    // Where nothing in it is whole, nothing proves that its bytes were put right.
    for (const auto& slot : layout.slots)
        if (slot.linked_at == slot.at.begin) fill(image, slot.at.begin + 0x400, 0x100);
    for (const auto& problem : put_right) CHECK(said(judge(image, layout, with(problem))) == "");
}

TEST_CASE("what is missing at the end of a file may be missing in its middle, where nothing stands behind", "[modules]") {
    const auto cut_off = [](Facts& facts) {
        facts.untrustworthy_capture = true;
        facts.capture.push_back({.defect = CaptureDefect::Truncated, .where = {0x080C0000, 0x08100000}});
    };
    auto image = healthy_flash(layout);
    fill(image, 0x08060000, 0x40000);
    const auto before_application = judge(image, layout, cut_off);
    REQUIRE(before_application.findings.size() == 1);
    CHECK(before_application.findings[0].confidence == Confidence::Certain);
    fill(image, 0x080A0000, 0x60000);
    const auto at_the_end = judge(image, layout, cut_off);
    REQUIRE_FALSE(at_the_end.findings.empty());
    for (const auto& finding : at_the_end.findings) CHECK(finding.confidence == Confidence::Likely);
}

TEST_CASE("a file that ends inside a module gives no finding about it", "[modules]") {
    const auto whole = healthy_flash(layout);
    for (Address cut = 0x08000100; cut < 0x08100000; cut += 0x6700) {
        Image image(layout.flash);
        image.put(0x08000000, whole.bytes({0x08000000, cut}));
        INFO("ends at " << cut);
        CHECK(said(judge(image, layout)) == "");
    }
}
