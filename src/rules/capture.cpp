// Is the file a faithful copy of a whole flash? One rule for each way in which it is not. Formats and sizes: docs/formats/capture.md.
#include "base/sentence.h"
#include "rules/rule.h"

#include <algorithm>

namespace photopsy {

namespace {

template <CaptureDefect defect>
void report(const Observations& seen, Findings& found) {
    for (const auto& problem : seen.facts.capture)
        if (problem.defect == defect) found.add({"the file", problem.where}, as_sentence(problem.detail));
}

/// Foreign firmware is certain only where it names its platform; a file in which nothing was recognized is merely likely to be one.
void other_device(const Observations& seen, Findings& found) {
    for (const auto& problem : seen.facts.capture) {
        if (problem.defect != CaptureDefect::OtherPlatform) continue;
        auto& finding = found.add({"the file", problem.where}, as_sentence(problem.detail));
        if (problem.where.empty()) finding.confidence = Confidence::Likely;
    }
}

constexpr std::string_view page = "docs/formats/capture.md";

constexpr Rule rules[] = {
    {"file-empty", Severity::Fatal, "The file is empty", "Nothing was captured, so nothing can be said of the device.", page, report<CaptureDefect::Empty>},
    {"file-not-binary", Severity::Fatal, "The file is no flash dump", "What is in the file is not, or not directly, the content of a flash.", page,
     report<CaptureDefect::NotBinary>},
    {"file-blank", Severity::Fatal, "Every byte of the file is the same", "A working device never reads like this.", page, report<CaptureDefect::Blank>},
    {"file-of-other-device", Severity::Problem, "The file comes from another kind of device",
     "Addresses, keys and rules of another device would be judged wrongly.", page, other_device},
    {"file-table-only", Severity::Fatal, "The file holds only the configuration table", "Keys and settings can be looked at, the firmware cannot.", page,
     report<CaptureDefect::DctOnly>},
    {"file-bytes-swapped", Severity::Fatal, "The bytes of the file are swapped", "Nothing would make sense as it stands; it was put back in order to be read.",
     page, report<CaptureDefect::Byteswapped>},
    {"file-begins-elsewhere", Severity::Fatal, "The flash does not stand in the file from its first byte on",
     "A part of the flash is missing, or something else stands before it or in it; all addresses were corrected.", page, report<CaptureDefect::Shifted>},
    {"file-ends-early", Severity::Fatal, "The file ends before the flash does", "What is missing cannot be judged.", page, report<CaptureDefect::Truncated>},
    {"file-bytes-lost", Severity::Fatal, "Bytes are missing in the middle of the file",
     "Everything behind the gap stands too early; around the gap nothing can be trusted.", page, report<CaptureDefect::BytesLost>},
    {"file-repeats-blocks", Severity::Fatal, "Parts of the file repeat what stands before them",
     "A read that got stuck gives the same block again: what the flash really holds there is unknown.", page, report<CaptureDefect::RepeatedBlocks>},
    {"file-contradicts-itself", Severity::Fatal, "The file contradicts itself", "Where it contradicts itself, nobody knows which bytes the flash held.", page,
     report<CaptureDefect::Contradictory>},
    {"file-noisy", Severity::Fatal, "Wrong bits all over the file", "Damage of a device is local; wrong bits everywhere speak for a disturbed reading.", page,
     report<CaptureDefect::Noisy>},
    {"file-too-long", Severity::Warning, "The file is longer than the flash", "The flash is whole and was judged; what follows it belongs to nothing.", page,
     report<CaptureDefect::Oversized>},
};

}  // namespace

std::span<const Rule> capture_rules() { return rules; }

}  // namespace photopsy
