// What went wrong when the dump was taken.
#include "diagnosis/cause.h"
#include "diagnosis/titles.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace photopsy {

namespace {

const CaptureProblem* problem_of(const Observations& seen, CaptureDefect defect) {
    for (const auto& problem : seen.facts.capture)
        if (problem.defect == defect) return &problem;
    return nullptr;
}

/// The chain begins with what was seen; the same sentences as the findings.
void begin(const Observations& seen, CaptureDefect defect, Story& story) {
    for (const auto& problem : seen.facts.capture) {
        if (problem.defect != defect) continue;
        auto says = problem.detail + ".";
        if (!says.empty() && says[0] >= 'a' && says[0] <= 'z') says[0] = static_cast<char>(says[0] - 'a' + 'A');
        story.chain.push_back({.says = std::move(says)});
        if (story.chain.size() == 3) break;
    }
}

void infer(Story& story, std::string says) { story.chain.push_back({.says = std::move(says), .seen = false}); }

/// What is known about a file that ends here.
std::string why_this_length(std::uint64_t size) {
    switch (size) {
        case 49152:
            return "49152 bytes are what dfu-util gives for -s 0x08000000 without a length: it stops at the end of the first memory segment, behind the "
                   "configuration table.";
        case 917504:
            return "917504 bytes are what dfu-util gives for -s 0x08020000 without a length: from there to the end of the flash.";
        case 16384:
            return "16384 bytes are what dfu-util gives without any address: one segment, from wherever the bootloader's pointer stood.";
        case 131072:
            return "131072 bytes are one large sector, or the whole flash of a smaller device.";
        default:
            return "The transfer was cut off, the disk was full, or only a part was asked for.";
    }
}

bool is_of_second_flash(const Observations& seen, const CaptureProblem& problem) {
    return seen.facts.layout && !problem.where.empty() && seen.facts.layout->in_external(problem.where.begin);
}

void tell_truncated(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::Truncated, story);
    if (problem_of(seen, CaptureDefect::Truncated)->modules_only) {
        story.title = title_of_firmware_alone;
        return infer(story, "Such a file is made to be written to a device. It says nothing of any one device: keys and settings are not in it.");
    }
    infer(story, why_this_length(problem_of(seen, CaptureDefect::Truncated)->file_offset));
    const bool placed = !problem_of(seen, CaptureDefect::Truncated)->where.empty();
    infer(story, placed ? "What is missing was not judged; what is there was." : "Where its bytes belong is not known, so that nothing in it was judged.");
}

/// A second flash that no firmware uses reads blank, and that is all right. Which device has one of this size is in the layouts.
void infer_unused_flash(const CaptureProblem& problem, Story& story) {
    for (const auto name : builtin_layout_names()) {
        const auto& device = *builtin_layout(name);
        const auto* alternate = device.usb.alternate(UsbAlternate::Holds::ExternalFlash);
        if (!device.external || !alternate || device.external->at.size() != problem.length) continue;
        infer(story,
              fmt::format("A {} has a second flash of exactly this size, alternate setting {} of DFU{}. If that was read, blank {}; the internal flash is "
                          "alternate setting 0.",
                          device.title, alternate->number, device.dct.store == StoreKind::SerialFlash ? "" : ", which no released firmware uses",
                          device.dct.store == StoreKind::SerialFlash ? "means that its keys are gone (give both files: --external)" : "is normal"));
    }
}

void tell_blank(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::Blank, story);
    const auto* problem = problem_of(seen, CaptureDefect::Blank);
    if (is_of_second_flash(seen, *problem))
        return infer(story, "The chip did not answer when it was read, or the program that read it got nothing: what the flash holds is unknown.");
    if (problem->length == 16384) {
        infer(story, "The file came from DFU alternate setting 1. That the table itself is empty does not follow: alternate setting 0 shows it as it is.");
    } else if (problem->length == 612) {
        story.title = "The file is blank, as an erased key slot reads";
        infer(
            story,
            "If the slot of the device's key was read, it is erased, and this is no failed read: the device has no key there. A dump of the whole flash tells "
            "what became of it.");
    } else {
        infer(story,
              "A device whose bootloader answers over DFU has at least that bootloader in its flash, so this is not what the flash holds: the read failed, the "
              "protection of the chip answered, or the file was never filled.");
    }
    infer_unused_flash(*problem, story);
}

void tell_repeated(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::RepeatedBlocks, story);
    if (problem_of(seen, CaptureDefect::RepeatedBlocks)->holds_nothing) {
        story.title = "Blocks of the dump were not read";
        infer(story,
              "Reads failed on the way, and the program that took the dump put nothing in their places. Nothing on the way has a checksum, so it need not have "
              "noticed.");
        return infer(story, "What the flash holds there is not known: those blocks were left out, and nothing that stands in them was judged.");
    }
    infer(story,
          "A read over USB got stuck: the bootloader's buffer was sent again instead of the next block. Nothing on the way has a checksum, so dfu-util does "
          "not notice.");
    infer(story, "The first of the equal blocks was believed, the repetitions were left out.");
}

void tell_table_only(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::DctOnly, story);
    infer(story, "DFU alternate setting 1 (-a 1) gives the application data of the configuration table; alternate setting 0 (-a 0) gives the flash.");
    infer(story, "Keys and settings in the file were looked at; firmware, updates and the choice between the two copies cannot be.");
    if (problem_of(seen, CaptureDefect::DctOnly)->where.empty())
        infer(story, fmt::format("They were looked at as a {} keeps them: on another device other keys are in use.", seen.facts.layout->title));
}

void tell_shifted(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::Shifted, story);
    const auto* problem = problem_of(seen, CaptureDefect::Shifted);
    if (problem->is_inside) {
        story.title = "Bytes were put into the middle of the dump";
        return infer(story, "A transfer added bytes on the way, or the program that took the dump wrote something else between two blocks.");
    }
    if (problem->where.empty())
        infer(story, "A program wrote a header or a message before the dump.");
    else if (problem->length == 917504)
        infer(story, why_this_length(917504));
    else
        infer(story, "The dump was started at a later address.");
    infer(story, "The modules and the table name their own addresses, so that everything else was read where it belongs.");
}

void tell_oversized(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::Oversized, story);
    if (problem_of(seen, CaptureDefect::Oversized)->is_undone) {
        story.title = "A transfer added bytes to the dump file";
        return infer(story, problem_of(seen, CaptureDefect::Truncated) ? "The bytes that are left without them were read as the flash's from its begin on."
                                                                       : "With those bytes taken out exactly a whole flash is left, and that was judged.");
    }
    infer(story,
          "Two dumps were joined, more was asked for than the flash has, or a tool filled the file up. Behind the end of the flash the bootloader answers "
          "zeros without an error.");
}

void tell_contradictory(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::Contradictory, story);
    infer(story,
          "The file was changed or damaged after it was written, or two reads were joined in it. Two reads of one flash are equal unless the reading was "
          "disturbed "
          "or the device ran in between.");
    infer(story, "What was looked at was judged as far as it goes; where the file contradicts itself, the flash may hold something else.");
}

void tell_swapped(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::Byteswapped, story);
    infer(story, "A programmer or a conversion wrote words in the other byte order.");
}

void tell_bytes_lost(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::BytesLost, story);
    infer(story, "A transfer dropped bytes, or a program took some for control characters.");
    infer(story, "What stands on both sides was read where it belongs; between the two addresses nothing was judged.");
}

void tell_not_binary(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::NotBinary, story);
    if (problem_of(seen, CaptureDefect::NotBinary)->is_s_records) {
        story.title = "The file holds the bytes of a memory as text (S-records)";
        return infer(story, "A programmer or debugger wrote it. If it is a copy of the whole flash, all keys stand in it: it is as secret as the dump itself.");
    }
    if (!problem_of(seen, CaptureDefect::NotBinary)->is_listing)
        infer(story, "The wrong file was chosen, or the dump was opened and saved by a program for text or pictures.");
}

void tell_empty(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::Empty, story);
    infer(story,
          "The program that takes the dump creates the file first: it stopped before the first block, mostly because it was not allowed to open the device or "
          "the device was not in DFU mode.");
}

void tell_noisy(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::Noisy, story);
    infer(story,
          "A bad cable, hub or probe, or too low a supply while reading. The device itself may be healthy: other findings of this dump say nothing about it.");
}

void tell_other_platform(const Observations& seen, const Findings&, Story& story) {
    begin(seen, CaptureDefect::OtherPlatform, story);
    if (is_of_second_flash(seen, *problem_of(seen, CaptureDefect::OtherPlatform))) {
        story.title = "The file of the second flash is a copy of something else";
        return infer(story, "The wrong file was given beside the dump. Nothing of it was judged; what is said of the internal flash stands.");
    }
    // Without firmware that names its device it may be the flash of one, or anything else.
    if (problem_of(seen, CaptureDefect::OtherPlatform)->where.empty()) story.title = title_of_no_known_flash;
    infer(story, fmt::format("It was read as the flash of a {}, so nothing that follows is a verdict on the device.", seen.facts.layout->title));
}

const Cause causes[] = {
    {"capture-empty", "The dump file is empty", "The file holds no byte.", {"file-empty", "*"}, {}, tell_empty},
    {"capture-not-binary",
     "The file is not a flash dump",
     "The file is text, a picture, a key or a document, or a listing of bytes instead of the bytes.",
     {"file-not-binary"},
     {},
     tell_not_binary},
    {"capture-blank",
     "The dump is blank",
     "Every byte of the file is the same: the read failed or the chip was erased completely.",
     {"file-blank", "*"},
     {},
     tell_blank},
    {"capture-other-platform",
     "The dump comes from another kind of device",
     "The file holds the flash of another device, or of none that is known.",
     {"file-of-other-device", "*"},
     {},
     tell_other_platform},
    {"capture-noisy", "The dump was read with wrong bits everywhere", "Single bits are wrong all over the file.", {"file-noisy", "*"}, {}, tell_noisy},
    {"capture-contradicts-itself",
     "The dump file contradicts itself",
     "The file gives bytes of the flash twice and differently, holds a second dump that differs, or its own checksum is wrong.",
     {"file-contradicts-itself"},
     {},
     tell_contradictory},
    {"capture-dct-only",
     "Only the configuration table was captured",
     "The file holds the application data or the copies of the configuration table, not the flash.",
     {"file-table-only"},
     {},
     tell_table_only},
    {"capture-byteswapped",
     "The bytes of the dump are swapped",
     "Each 16- or 32-bit word stands in the other byte order.",
     {"file-bytes-swapped"},
     {},
     tell_swapped},
    {"capture-shifted",
     "The dump does not begin where the flash begins",
     "The file begins at a later flash address, or something stands before the flash in it or in its middle.",
     {"file-begins-elsewhere", "file-ends-early"},
     {},
     tell_shifted},
    {"capture-bytes-lost",
     "Bytes of the dump were lost in the middle",
     "What stands behind a point of the file belongs some bytes later.",
     {"file-bytes-lost", "file-ends-early"},
     {},
     tell_bytes_lost},
    {"capture-repeated-blocks",
     "The dump repeats blocks",
     "The same block, or one that holds nothing, stands in the file again and again.",
     {"file-repeats-blocks"},
     {},
     tell_repeated},
    {"capture-truncated",
     "The dump is cut short",
     "The file ends before the flash does, or leaves parts of it out.",
     {"file-ends-early"},
     {"file-begins-elsewhere", "file-bytes-lost"},
     tell_truncated},
    {"capture-oversized",
     "The dump file is too long",
     "More bytes than the flash has: two dumps, a filled-up file, a tail of another origin, or bytes that a transfer added.",
     {"file-too-long"},
     {},
     tell_oversized},
};

}  // namespace

std::span<const Cause> capture_causes() { return causes; }

bool is_of_file(const Cause& cause) {
    return std::any_of(std::begin(causes), std::end(causes), [&](const Cause& each) { return &each == &cause; });
}

}  // namespace photopsy
