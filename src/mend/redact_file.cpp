// The copy in the shape of the file that the original came in, so that what is wrong with the file shows as before: cut, shifted, swapped, with gaps.
#include "flash/capture.h"
#include "flash/intel_hex.h"
#include "flash/placement.h"
#include "mend/redaction.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint8_t beside_flash = 'x';  ///< for bytes of the file that are none of the flash
constexpr std::uint64_t longest_beside = 64u << 20;

const CaptureProblem* problem_of(const Capture& capture, CaptureDefect defect, Range flash) {
    for (const auto& problem : capture.problems)
        if (problem.defect == defect && problem.where.begin >= flash.begin && problem.where.begin <= flash.end) return &problem;
    return nullptr;
}

std::vector<Range> parts_in(const Image& image, Range flash) {
    std::vector<Range> parts;
    for (auto present : image.present())
        if (flash.contains(present)) parts.push_back(present);
    return parts;
}

void append_bytes(SlotBytes& bytes, ByteView more) { bytes.insert(bytes.end(), more.begin(), more.end()); }
void append_filling(SlotBytes& bytes, std::uint64_t count) {
    bytes.resize(bytes.size() + static_cast<std::size_t>(std::min(count, longest_beside)), beside_flash);
}

/// Whatever the file held in front of and behind the flash. `size`: of the original file.
SlotBytes with_surroundings(const DumpRedaction& redaction, Range flash, SlotBytes content, std::uint64_t size) {
    const auto& capture = redaction.original.capture;
    SlotBytes bytes;
    const auto* shift = problem_of(capture, CaptureDefect::Shifted, flash);
    if (shift && shift->where.empty()) append_filling(bytes, shift->length);
    append_bytes(bytes, content);
    const bool longer = problem_of(capture, CaptureDefect::Oversized, flash) || capture.is_dct_upload;
    if (longer && size > bytes.size()) append_filling(bytes, size - bytes.size());
    return bytes;
}

/// Parts of the flash one behind the other, as a file in which bytes were lost holds them; between two parts stands what belongs to neither for certain.
SlotBytes joined(const DumpRedaction& redaction, const std::vector<Range>& parts) {
    SlotBytes bytes;
    for (const auto part : parts) {
        for (const auto& problem : redaction.original.capture.problems)
            if (problem.defect == CaptureDefect::BytesLost && problem.where.end == part.begin && problem.where.size() > problem.length)
                append_filling(bytes, problem.where.size() - problem.length);
        append_bytes(bytes, redaction.copy.view(part));
    }
    return bytes;
}

/// A read that gave earlier bytes again, or zeros: the parts that were taken out of the picture come back that way.
std::vector<SlotBytes> repeated(const DumpRedaction& redaction, Range flash, std::uint64_t size) {
    std::vector<SlotBytes> list;
    const auto& image = redaction.image();
    const Range whole = range_of(flash.begin, static_cast<std::uint32_t>(std::min<std::uint64_t>(size, flash.size())));
    const auto filled = [&](std::uint32_t lag) {
        SlotBytes bytes(whole.size(), 0);
        for (std::uint32_t i = 0; i < whole.size(); ++i) {
            const auto at = whole.begin + i;
            bytes[i] = image.has(range_of(at, 1)) ? redaction.copy.view(range_of(at, 1))[0] : lag == 0 || i < lag ? std::uint8_t{0} : bytes[i - lag];
        }
        return bytes;
    };
    for (const std::uint32_t lag : {0u, 0x400u, 0x800u, 0x1000u, 0x2000u, 0x4000u, 0x8000u, 0x10000u, 0x20000u}) list.push_back(filled(lag));
    return list;
}

std::vector<Piece> pieces_of(const DumpRedaction& redaction, const std::vector<Range>& parts) {
    std::vector<Piece> pieces;
    for (const auto part : parts) pieces.push_back({part.begin, redaction.copy.view(part)});
    return pieces;
}

SlotBytes in_text_mode(const SlotBytes& content) {
    SlotBytes bytes;
    for (const auto byte : content) {
        if (byte == '\n') bytes.push_back('\r');
        bytes.push_back(byte);
    }
    return bytes;
}

/// One flash as a file. The likeliest shape first.
std::vector<SlotBytes> shapes_of(const DumpRedaction& redaction, Range flash, std::string_view format, std::uint64_t size) {
    const auto& capture = redaction.original.capture;
    const auto parts = parts_in(redaction.image(), flash);
    if (parts.empty()) return {};
    if (problem_of(capture, CaptureDefect::RepeatedBlocks, flash)) return repeated(redaction, flash, size);
    const bool addressed = !format.starts_with("raw");
    if (addressed && (parts.size() > 1 || parts.front().begin != flash.begin)) return {intel_hex_of(pieces_of(redaction, parts))};
    auto bytes = with_surroundings(redaction, flash, joined(redaction, parts), size);
    if (problem_of(capture, CaptureDefect::Byteswapped, flash))
        return {reordered(bytes, ByteOrder::Halfwords), reordered(bytes, ByteOrder::Words), reordered(bytes, ByteOrder::HalfwordsInWords)};
    const auto* oversized = problem_of(capture, CaptureDefect::Oversized, flash);
    if (oversized && oversized->file_offset == 0) return {bytes, in_text_mode(joined(redaction, parts))};
    return {std::move(bytes)};
}

bool has_lost_bytes(const Capture& capture, std::size_t gaps) {
    return static_cast<std::size_t>(std::count_if(capture.problems.begin(), capture.problems.end(),
                                                  [](const CaptureProblem& problem) { return problem.defect == CaptureDefect::BytesLost; })) >= gaps;
}

}  // namespace

std::string why_no_copy(const Analysis& original) {
    const auto& capture = original.capture;
    const std::string instead = "; capture the flash again (photopsy capture), or share a report, which holds no secrets (photopsy FILE --format markdown)";
    if (capture.has(CaptureDefect::Empty) || capture.has(CaptureDefect::Blank))
        return "this file holds nothing of a flash but emptiness: there is nothing to hide in it and nothing to learn from a copy" + instead;
    if (capture.has(CaptureDefect::NotBinary)) return "this file is no dump, so nobody can tell which of its bytes matter" + instead;
    if (capture.has(CaptureDefect::Contradictory))
        return "this file gives parts of the flash in two forms, or its own checksum says that it changed, and a copy could hold only one of them" + instead;
    if (capture.image.present().empty()) return "nothing in this file is known to be of a flash, so nobody can tell which of its bytes matter" + instead;
    if (std::any_of(capture.problems.begin(), capture.problems.end(), [](const CaptureProblem& problem) { return problem.is_inside; }))
        return "bytes in this file are none of the flash's, and a copy without them would be another file" + instead;
    const auto gaps = parts_in(capture.image, capture.image.range()).size();
    const bool raw = capture.format.starts_with("raw"), repeats = capture.has(CaptureDefect::RepeatedBlocks);
    if (raw && gaps > 1 && !repeats && !has_lost_bytes(capture, gaps - 1))
        return "this file does not hold one unbroken stretch of flash, so no shareable copy of it can be made" + instead;
    return "";
}

std::vector<RedactedDump> files_of(const DumpRedaction& redaction) {
    const auto& capture = redaction.original.capture;
    const auto& external = redaction.original.layout->external;
    const bool external_alone = capture.external && parts_in(redaction.image(), capture.image.range()).empty();
    std::vector<RedactedDump> list;
    std::vector<SlotBytes> second;
    if (capture.external && external) second = shapes_of(redaction, external->at, capture.external->format, capture.external->size);
    if (external_alone) {
        for (auto& bytes : second) list.push_back({.bytes = std::move(bytes)});
        return list;
    }
    for (auto& bytes : shapes_of(redaction, capture.image.range(), capture.format, capture.size))
        list.push_back({.bytes = std::move(bytes), .external = second.empty() ? SlotBytes() : second.front()});
    return list;
}

}  // namespace photopsy
