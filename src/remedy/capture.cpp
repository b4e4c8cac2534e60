// A dump that is no good copy of the flash: how to take it again, or to put the file right. Nothing is ever written to a device for it.
#include "remedy/ways.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

using List = std::vector<Remedy>;

Remedy keep_file() { return keep_dump("Even a bad copy may hold keys that exist nowhere else. Do not overwrite it."); }

Remedy capture_again(std::string explain) {
    return {.title = "Take the dump again, the whole flash at once",
            .explain = std::move(explain) + " photopsy reads the flash twice and compares.",
            .steps = {{.kind = StepKind::Capture, .file = {.kind = FileKind::NewDump}}},
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::ReadAgain};
}

/// The same without photopsy at the device. A single read proves nothing where the reading itself is in doubt, so it is done twice.
Remedy capture_by_dfu_util(const Situation& situation) {
    const RemedyFile once{.kind = FileKind::NewDump}, again{.kind = FileKind::SecondDump};
    const bool two_flashes = situation.seen.facts.has_external_flash;
    std::vector<RemedyStep> steps;
    for (const auto& file : {once, again}) {
        steps.push_back({.kind = StepKind::ReadFlash, .file = file});
        if (two_flashes) steps.push_back({.kind = StepKind::ReadSecondFlash, .file = file});
    }
    steps.push_back({.kind = StepKind::Compare, .file = again, .from = once});
    return {.title = "Take it with dfu-util",
            .explain = two_flashes ? "On a computer without photopsy. The two files of each flash must be equal."
                                   : "On a computer without photopsy. The two files must be equal.",
            .steps = std::move(steps),
            .warning = "Give the length: without it dfu-util stops early and still says that it is done.",
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::ReadAgain,
            .role = Remedy::Role::OtherWay};
}

std::string expected_size(const Situation& situation) {
    const auto& layout = *situation.seen.facts.layout;
    if (!layout.external || !situation.seen.facts.has_external_flash) return fmt::format("A whole dump has exactly {} bytes.", layout.flash.size());
    return fmt::format("A whole dump has exactly {} bytes, and that of the {} {}.", layout.flash.size(), layout.external->title, layout.external->at.size());
}

Remedy make_raw(std::string title, std::string explain) {
    return {.title = std::move(title),
            .explain = std::move(explain),
            .steps = {{.kind = StepKind::MakeRaw, .file = {.kind = FileKind::RawDump}, .from = {.kind = FileKind::Dump}}},
            .turn = Remedy::Turn::ReadAgain};
}

const CaptureProblem* problem_of(const Situation& situation, CaptureDefect defect) {
    for (const auto& problem : situation.seen.facts.capture)
        if (problem.defect == defect) return &problem;
    return nullptr;
}

List ways_of_part(const Situation& situation) { return {keep_file(), capture_again(expected_size(situation)), capture_by_dfu_util(situation)}; }

/// With dfu-util one must say which device it is, and how long its flash: where the file does not tell that, photopsy asks the device itself.
List ways_of_table(const Situation& situation) {
    const auto* problem = problem_of(situation, CaptureDefect::DctOnly);
    if (!problem || !problem->where.empty()) return ways_of_part(situation);
    return {keep_file(), capture_again("The device itself then says what it is.")};
}

List ways_of_blank(const Situation& situation) {
    const auto* problem = problem_of(situation, CaptureDefect::Blank);
    const bool of_second = problem && !problem->where.empty() && situation.seen.facts.layout->in_external(problem->where.begin);
    return {keep_file(),
            capture_again(of_second ? "If it reads the same again over DFU, the chip or its wiring is at fault."
                                    : "If the new dump is blank again and was read with a debug probe, the chip was erased: nothing can be recovered from it."),
            capture_by_dfu_util(situation)};
}

List ways_of_repeated(const Situation& situation) {
    return {keep_file(), capture_again("Use another cable, and a USB 2 port without a hub."), capture_by_dfu_util(situation)};
}

List ways_of_contradiction(const Situation& situation) {
    return {keep_file(), capture_again("If the file was sent or copied, fetch it once more first. " + expected_size(situation)),
            capture_by_dfu_util(situation)};
}

List ways_of_noisy(const Situation& situation) {
    return {keep_file(), capture_again("Use another cable and port; only two equal reads are worth judging."), capture_by_dfu_util(situation)};
}

List ways_of_long_file(const Situation& situation) {
    const auto* problem = problem_of(situation, CaptureDefect::Oversized);
    if (problem && problem->is_undone)
        return {keep_file(), make_raw("Take out the bytes that were added",
                                      "Only if you need an exact image; the flash in it was judged. Do not cut the file: "
                                      "bytes were added all over it, and the end of the flash stands at its end.")};
    return {keep_file(), make_raw("Cut the file to the size of the flash", "Only if you need an exact image; the flash in it was judged.")};
}

List ways_of_swapped(const Situation& situation) {
    return {keep_file(), make_raw("Swap the bytes back", "Only if you need an exact image: photopsy judged the bytes in their right order."),
            capture_again("A dump over DFU has the right order."), capture_by_dfu_util(situation)};
}

List ways_of_lost_bytes(const Situation& situation) {
    return {keep_file(), capture_again("Copy the file in binary mode. " + expected_size(situation)), capture_by_dfu_util(situation)};
}

/// Nothing is wrong with the file: it is for other commands.
List ways_of_key_file(const CaptureProblem& problem) {
    Remedy look{.title = "Give the file to the key commands",
                .explain =
                    "They show what the key is and its public half, never a secret. To judge a device, give its dump; a public key of the cloud's record "
                    "or of a server helps there as --registered-public-key or --server-public-key.",
                .steps = {{.kind = StepKind::ShowKeys, .from = {.kind = FileKind::Dump}}},
                .turn = Remedy::Turn::ReadAgain};
    const bool with_password = problem.key_file == KeyFileKind::PrivateWithPassword;
    if (with_password || problem.key_file == KeyFileKind::Private) look.steps.push_back({.kind = StepKind::CheckKey, .from = {.kind = FileKind::Dump}});
    if (with_password) look.explain += " Take the password off first (openssl pkey does that); photopsy asks for none.";
    return {keep_dump("A private key may exist nowhere else."), look};
}

List ways_of_other_file(const Situation& situation) {
    const auto* problem = problem_of(situation, CaptureDefect::NotBinary);
    if (problem && problem->key_file != KeyFileKind::None) return ways_of_key_file(*problem);
    if (problem && problem->is_s_records)
        return {keep_file(),
                {.title = "Turn the text back into bytes",
                 .explain = "`objcopy -I srec -O binary --gap-fill 0xff IN OUT` does that; then analyze the result. " + expected_size(situation),
                 .turn = Remedy::Turn::ReadAgain},
                capture_again(expected_size(situation)),
                capture_by_dfu_util(situation)};
    if (problem && problem->is_listing)
        return {keep_file(), make_raw("Turn the listing back into bytes", "Then analyze the result."), capture_again(expected_size(situation)),
                capture_by_dfu_util(situation)};
    return {keep_file(), capture_again(expected_size(situation)), capture_by_dfu_util(situation)};
}

List ways_of_empty(const Situation& situation) { return {capture_again(expected_size(situation)), capture_by_dfu_util(situation)}; }

List ways_of_other_device(const Situation& situation) {
    const auto* problem = problem_of(situation, CaptureDefect::OtherPlatform);
    if (const auto& layout = *situation.seen.facts.layout; problem && !problem->where.empty() && layout.in_external(problem->where.begin))
        return {keep_file(), capture_again(fmt::format("Give the copy of this device's own {}. {}", layout.external->title, expected_size(situation))),
                capture_by_dfu_util(situation)};
    return {keep_file(),
            {.title = "See which devices photopsy knows",
             .explain = "Where --kind was given, leave it out: the device is then found out by what the file holds. What is none of these devices it cannot "
                        "judge; nothing should be written to the device on the word of this report.",
             .steps = {{.kind = StepKind::ListLayouts}, {.kind = StepKind::Analyze, .from = {.kind = FileKind::Dump}}},
             .turn = Remedy::Turn::ReadAgain}};
}

const RemedyRow rows[] = {
    {"capture-empty", ways_of_empty},
    {"capture-not-binary", ways_of_other_file},
    {"capture-blank", ways_of_blank},
    {"capture-noisy", ways_of_noisy},
    {"capture-other-platform", ways_of_other_device},
    {"capture-dct-only", ways_of_table},
    {"capture-byteswapped", ways_of_swapped},
    {"capture-shifted", ways_of_part},
    {"capture-bytes-lost", ways_of_lost_bytes},
    {"capture-truncated", ways_of_part},
    {"capture-repeated-blocks", ways_of_repeated},
    {"capture-oversized", ways_of_long_file},
    {"capture-contradicts-itself", ways_of_contradiction},
};

}  // namespace

std::span<const RemedyRow> capture_remedies() { return rows; }

}  // namespace photopsy
