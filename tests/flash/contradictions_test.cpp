// A file that gives the same bytes twice, holds a second dump, or does not fit its own checksum: what agrees is good, what differs is a defect with a cause.
#include "flash/contradictions.h"

#include "flash/dump_files.h"
#include "flash/toy_flash.h"
#include "photopsy.h"

using namespace photopsy;
using namespace photopsy::test;
using Defect = CaptureDefect;

namespace {

Bytes changed(Bytes flash, std::initializer_list<std::size_t> places) {
    for (const auto at : places) flash[at] ^= 0x20;
    return flash;
}

/// The only problem of the file, which must be of this kind.
CaptureProblem only_problem(const Capture& capture, Defect defect) {
    INFO(said(capture));
    CHECK(defects(capture) == std::set{defect});
    return capture.problems.empty() ? CaptureProblem{} : capture.problems[0];
}

void check_contradicts(const char* what, const Bytes& file) {
    CAPTURE(what);
    auto capture = read(file);
    INFO(said(capture));
    CHECK(capture.has(Defect::Contradictory));
    CHECK(capture.untrustworthy());
    const auto analysis = analyze(std::move(capture), layout_for(file));
    CHECK(analysis.diagnosis.outcome == Outcome::BadCapture);
    CHECK(std::any_of(analysis.diagnosis.causes.begin(), analysis.diagnosis.causes.end(),
                      [](const NamedCause& named) { return named.cause->id == "capture-contradicts-itself"; }));
}

}  // namespace

TEST_CASE("bytes that are given twice agree, differ, or stand elsewhere", "[capture][contradictions]") {
    const Bytes four{1, 2, 3, 4}, other{1, 9, 3, 8};
    const Range flash{0x100, 0x110};
    const Piece once{0x104, four}, again{0x104, other}, across{0xFE, four}, behind{0xFFFFFFFE, four};
    CHECK(agreement_of(std::vector{once, behind}, flash).alike == 0);
    CHECK(agreement_of(std::vector{once, once}, flash).alike == 4);
    const auto seen = agreement_of(std::vector{across, once, again}, flash);
    CHECK(seen.elsewhere == 6);
    CHECK(seen.alike == 2);
    CHECK(seen.different == 2);
    CHECK(seen.where == Range{0x105, 0x108});
    Image image(flash);
    image.put(0x104, four);
    CHECK(agreement_with(image, std::vector{again, across}).different == 2);
    CHECK(agreement_with(image, std::vector{again, across}).elsewhere == 2);
}

TEST_CASE("Intel HEX that gives the same bytes twice: alike is a remark, differently a defect", "[capture][contradictions]") {
    const auto flash = toy_flash();
    const auto rows = hex_rows(flash, 0x08000000), other = hex_rows(changed(flash, {0x60000, 0x60123}), 0x08000000);
    const auto alike = read(bytes_of(rows + hex_rows(cut(flash, 0x60000, 0x61000), 0x08060000) + std::string(end_record)));
    CHECK(alike.problems.empty());
    CHECK(said(alike).find("gives 4096 bytes of the flash more than once, each time alike") != std::string::npos);
    check_in_place(alike, flash);

    const auto twice = bytes_of(rows + other + std::string(end_record));
    const auto problem = only_problem(read(twice), Defect::Contradictory);
    CHECK(problem.where == Range{0x08060000, 0x08060124});
    CHECK(problem.detail.find("2 of them differ, from") != std::string::npos);
    check_contradicts("whole twice", twice);
    check_contradicts("one row", bytes_of(rows + hex_rows(cut(changed(flash, {0x8001}), 0x8000, 0x8020), 0x08008000) + std::string(end_record)));
    check_contradicts("counted from 0", bytes_of(hex_rows(flash, 0) + hex_rows(cut(changed(flash, {1}), 0, 32), 0) + std::string(end_record)));
}

TEST_CASE("what stands behind the end record is compared with what stands before it", "[capture][contradictions]") {
    const auto flash = toy_flash();
    const auto text = intel_hex(flash, 0x08000000);
    CHECK(read(bytes_of(text + "\r\n\r\n \x1A")).problems.empty());
    CHECK(only_problem(read(bytes_of(text + text)), Defect::Oversized).detail.find("repeat what stands before it") != std::string::npos);
    CHECK(only_problem(read(bytes_of(text + "hello\n")), Defect::Oversized).detail.find("5 bytes follow the end record") != std::string::npos);
    check_contradicts("another read", bytes_of(text + intel_hex(changed(flash, {0x60000}), 0x08000000)));
    check_contradicts("a part of another read", bytes_of(text + hex_rows(cut(changed(flash, {0x60004}), 0x60000, 0x60040), 0x08060000)));
    const auto parts = read(bytes_of(intel_hex(cut(flash, 0, 0x80000), 0x08000000) + intel_hex(cut(flash, 0x80000, 0x100000), 0x08080000)));
    CHECK(defects(parts) == std::set{Defect::Oversized, Defect::Truncated});
    CHECK(said(parts).find("give bytes of the flash that stand nowhere before it and were not read") != std::string::npos);
}

TEST_CASE("erased rows are filled only where the text came to its end", "[capture][contradictions]") {
    const auto flash = toy_flash();
    const auto rows = hex_rows(flash, 0x08000000, ErasedRows::LeftOut);
    CHECK(read(bytes_of(rows + std::string(end_record))).problems.empty());
    const auto cut_off = read(bytes_of(rows.substr(0, rows.rfind(':', rows.size() / 2))));
    CHECK(cut_off.has(Defect::Truncated));
    CHECK_FALSE(cut_off.image.has(cut_off.image.range()));
    CHECK(read(bytes_of(hex_rows(flash, 0x08000000))).problems.empty());
}

TEST_CASE("DfuSe elements and images that overlap are compared", "[capture][contradictions]") {
    const auto flash = toy_flash();
    const auto other = changed(flash, {0x70000});
    CHECK(read(dfuse({{0x08000000, flash}, {0x08060000, cut(flash, 0x60000, 0x80000)}})).problems.empty());
    check_contradicts("two elements", dfuse({{0x08000000, flash}, {0x08060000, cut(other, 0x60000, 0x80000)}}));
    const auto first = dfuse({{0x08000000, flash}}), second = dfuse({{0x08000000, other}});
    check_contradicts("two files, joined", first + second);
    check_contradicts("two bodies, one suffix", with_suffix(dfuse_body({{0x08000000, flash}}) + dfuse_body({{0x08000000, other}}), 0x1A));
    CHECK(defects(read(first + first)) == std::set{Defect::Oversized});
    const auto tail = with_suffix(dfuse_body({{0x08000000, flash}}) + Bytes(100, 7), 0x1A);
    CHECK(only_problem(read(tail), Defect::Oversized).detail.find("100 bytes follow the last target") != std::string::npos);
    const auto whole = dfuse_body({{0x08000000, flash}});
    CHECK(defects(read(cut(whole, 0, whole.size() - 1))) == std::set{Defect::Truncated});
}

TEST_CASE("a file that does not fit its own checksum is no dump to be believed", "[capture][contradictions]") {
    const auto flash = toy_flash();
    const auto raw = with_suffix(flash), elements = dfuse({{0x08000000, flash}});
    for (const auto& file : {raw, elements}) {
        CHECK(read(file).problems.empty());
        for (const std::size_t at : {std::size_t{400}, std::size_t{0xF0000}, file.size() - 4, file.size() - 1})
            check_contradicts("one byte", changed(file, {at}));
    }
    check_contradicts("no erased byte changed", changed(raw, {0xFFFF0}));
}

TEST_CASE("a second dump behind the flash: the same is a long file, another a contradiction", "[capture][contradictions]") {
    const auto flash = toy_flash();
    for (const auto& more : {flash, repeated(flash, 2), cut(flash, 0, 0x8000), Bytes(0x4000, 0xFF)}) {
        CHECK(defects(read(flash + more)) == std::set{Defect::Oversized});
    }
    const auto other = changed(flash, {0x60000, 0x25000});
    check_contradicts("another read", flash + other);
    check_contradicts("the beginning of another read", flash + cut(other, 0, 0x30000));
    check_contradicts("the third differs", flash + flash + other);
    check_contradicts("another device's", flash + toy_flash({.seed = 99}));
    check_contradicts("another device's, with suffixes", with_suffix(flash) + with_suffix(toy_flash({.seed = 99})));
    check_contradicts("without its start", flash + cut(toy_flash({.seed = 5}), 0x4000, 0x100000));
    CHECK(only_problem(read(flash + other), Defect::Contradictory).detail.find("two reads that do not agree; the first was looked at") != std::string::npos);
}

TEST_CASE("a listing that gives bytes again and others ends there", "[capture][contradictions]") {
    const auto flash = cut(toy_flash(), 0, 0x8000);
    const auto listing = [](const Bytes& bytes) {
        std::string text;
        for (std::size_t at = 0; at < bytes.size(); at += 16) {
            text += fmt::format("{:08x}:", at);
            for (std::size_t i = at; i < at + 16; ++i) text += fmt::format("{}{:02x}", i % 2 ? "" : " ", bytes[i]);
            text += "\n";
        }
        return text;
    };
    const auto once = listing(flash);
    CHECK_FALSE(read(bytes_of(once + once)).has(Defect::Contradictory));
    check_contradicts("twice", bytes_of(once + listing(changed(flash, {0x200}))));
}

TEST_CASE("many gaps are named one by one, the rest in one sentence", "[capture][contradictions]") {
    const auto flash = toy_flash();
    std::string text;
    for (std::size_t at = 0; at < flash.size(); at += 0x8000) text += hex_rows(cut(flash, at, at + 0x7000), static_cast<std::uint32_t>(0x08000000 + at));
    const auto capture = read(bytes_of(text + std::string(end_record)));
    CHECK(defects(capture) == std::set{Defect::Truncated});
    CHECK(capture.problems.size() == 17);
    CHECK(capture.problems.back().detail == "16 more gaps, 65536 bytes in all, are not named one by one");
}
