#include "flash/other_file.h"

#include "base/counted.h"
#include "base/hex.h"
#include "base/runs.h"
#include "flash/anchors.h"
#include "flash/formats.h"
#include "flash/key_file.h"
#include "flash/marks.h"
#include "flash/suspicion.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// Below this a file is called too little to be a flash, from here on the bytes of something else.
constexpr std::size_t smallest_flash = 0x4000;

/// The part of the file that is not filled up before or behind with one value, 0xFF or 0.
Range content_of(ByteView file) {
    const auto is_fill = [](std::uint8_t byte) { return byte == 0xFF || byte == 0; };
    const auto begin = is_fill(file.front()) ? leading_run(file, file.front()) : 0;
    const auto rest = file.subspan(begin);
    const auto behind = !rest.empty() && is_fill(rest.back()) ? trailing_run(rest, rest.back()) : 0;
    return {static_cast<Address>(begin), static_cast<Address>(file.size() - behind)};
}

/// A program for a microcontroller of the Cortex-M kind: initial stack pointer in RAM, then odd addresses of handlers near each other.
std::string_view program_kind(ByteView content) {
    if (content.size() < 64) return "";
    const auto word = [&](std::size_t index) { return little_endian<std::uint32_t>(content.subspan(4 * index)); };
    const auto stack = word(0), reset = word(1);
    const auto near_reset = [&](std::uint32_t handler) { return (handler & 1) && handler >> 20 == reset >> 20; };
    if (stack % 4 || stack < 0x10000000 || stack >= 0x30000000 || !near_reset(reset) || !near_reset(word(2)) || !near_reset(word(3))) return "";
    return "the program of another microcontroller project, without the header that each Particle module has";
}

/// What the content is by itself: a known format, or the beginning of a program.
std::string kind_of_content(ByteView content) {
    auto kind = kind_of_foreign_file(content);
    return kind.empty() ? std::string(program_kind(content)) : kind;
}

std::string fill_word(ByteView file, Range content) {
    if (content.begin == 0 && content.end == file.size()) return "";
    const auto where = content.begin == 0 ? std::string() : fmt::format("from file offset 0x{:x} on; ", content.begin);
    return fmt::format(" ({}the rest of the {} bytes is filled up)", where, file.size());
}

void add(Capture& capture, const Layout& layout, CaptureDefect defect, std::size_t length, std::string detail) {
    capture.problems.push_back(
        {.defect = defect, .where = {layout.flash.begin, layout.flash.begin}, .file_offset = 0, .length = length, .detail = std::move(detail)});
}

/// The modules in the image by their headers, in the places where they lie.
struct PlacedModule {
    const ModuleSlot* slot;
    Range at;
};

std::vector<PlacedModule> placed_modules(const Image& image, const Layout& layout) {
    std::vector<PlacedModule> modules;
    for (const auto& slot : layout.slots) {
        if (slot.linked_at != slot.at.begin) continue;
        const auto first = image.bytes(range_of(slot.at.begin, 4));
        if (first.empty()) continue;
        const bool vectors = (little_endian<std::uint32_t>(first) & layout.vector_mask) == layout.vector_value;
        const auto header = image.bytes(range_of(slot.at.begin + (vectors ? layout.vector_size : 0), module_header_size));
        if (header.empty() || little_endian<std::uint32_t>(header) != slot.linked_at || header[14] != slot.function) continue;
        const auto end = little_endian<std::uint32_t>(header.subspan(4));
        if (end > slot.at.begin && end - slot.at.begin <= slot.at.size() - 4) modules.push_back({&slot, {slot.at.begin, end + 4}});
    }
    return modules;
}

/// What of `part` lies outside every module is erased, and no more than a last block that was filled up: a copied sector goes on to its end.
bool rest_is_filling(const Image& image, Range part, const std::vector<PlacedModule>& modules) {
    auto from = part.begin;
    while (from < part.end) {
        auto until = part.end;
        bool inside = false;
        for (const auto& module : modules) {
            if (module.at.contains(from))
                inside = true, until = std::min(part.end, module.at.end);
            else if (module.at.begin > from && !inside)
                until = std::min(until, module.at.begin);
        }
        if (!inside && (until - from >= 4096 || !image.erased({from, until}))) return false;
        from = until;
    }
    return true;
}

std::string list_of(const std::vector<PlacedModule>& modules) {
    std::string list;
    for (std::size_t i = 0; i < modules.size(); ++i) list += (i == 0 ? "" : i + 1 == modules.size() ? " and " : ", ") + modules[i].slot->title;
    return list;
}

std::string extent_of(const std::vector<Piece>& pieces) {
    const auto lowest = std::min_element(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.at < b.at; });
    std::uint64_t end = 0, bytes = 0;
    for (const auto& piece : pieces) {
        end = std::max(end, std::uint64_t{piece.at} + piece.bytes.size());
        bytes += piece.bytes.size();
    }
    return fmt::format("{} between {} and 0x{:08x}", counted(bytes, "byte"), hex_address(lowest->at), end);
}

/// All pieces from the flash's begin on, gaps erased.
Image flattened(std::vector<Piece> pieces, const Layout& layout) {
    Image image(layout.flash);
    for (auto& piece : pieces)
        if (piece.at < layout.flash.size()) piece.at += layout.flash.begin;
    image.put_all(pieces);
    return image;
}

}  // namespace

bool note_other_addresses(const std::vector<Piece>& pieces, const Layout& layout, Capture& capture) {
    const auto flash = layout.flash;
    const auto in_flash = [&](const Piece& piece) {
        return piece.at < flash.size() || (piece.at < flash.end && std::uint64_t{piece.at} + piece.bytes.size() > flash.begin);
    };
    if (std::none_of(pieces.begin(), pieces.end(), in_flash)) {
        add(capture, layout, CaptureDefect::OtherPlatform, capture.size,
            fmt::format("nothing in the file lies in the flash of a {} ({} to {}): it holds {}", layout.title, hex_address(flash.begin), hex_address(flash.end),
                        extent_of(pieces)));
        return true;
    }
    const auto image = flattened(pieces, layout);
    const auto bytes = image.everything();
    if (is_other_wiced_device(bytes, find_anchors(bytes, layout), layout)) {
        note_other_wiced_device(bytes, layout, capture);
        return true;
    }
    if (is_marked(bytes, layout) || all_erased(bytes) || all_equal(bytes, 0)) return false;
    add(capture, layout, CaptureDefect::OtherPlatform, capture.size,
        fmt::format("the file holds {}, and among them no bootloader, no system part and no configuration table of a {}", extent_of(pieces), layout.title));
    return true;
}

void note_other_settings(std::uint64_t bytes, const Layout& layout, Capture& capture) {
    add(capture, layout, CaptureDefect::NotBinary, capture.size,
        fmt::format("nothing in the file is for the flash (DFU alternate setting 0): its {} {} for another setting", counted(bytes, "byte"),
                    bytes == 1 ? "is" : "are"));
}

bool is_marked(ByteView bytes, const Layout& layout) { return !find_anchors(bytes, layout).empty() || nearly_in_place(bytes, layout) > 0; }

void note_other_wiced_device(ByteView bytes, const Layout& layout, Capture& capture) {
    add(capture, layout, CaptureDefect::OtherPlatform, bytes.size(),
        fmt::format("a program stands where a {} has its bootloader or its system parts, and none of them has the header that each Particle module has; the "
                    "configuration table is of the kind that any device with Broadcom's WICED SDK has, and nothing of Particle's stands in it",
                    layout.title));
}

static void note_key_file(const KeyFileForm& form, const Layout& layout, Capture& capture) {
    add(capture, layout, CaptureDefect::NotBinary, capture.size,
        fmt::format("the file is {}, not the bytes of a flash; photopsy's key commands take it", form.kind));
    capture.problems.back().key_file = form.holds;
}

void note_other_file(ByteView bytes, const Layout& layout, Capture& capture) {
    if (const auto key = key_file_form(bytes); key.holds != KeyFileKind::None) {
        capture.format = "key";
        return note_key_file(key, layout, capture);
    }
    auto content = content_of(bytes);
    auto kind = kind_of_content(bytes.subspan(content.begin, content.size()));
    if (auto of_all = kind_of_foreign_file(bytes); !of_all.empty()) {  // its first byte may be a mark that reads as filling
        kind = std::move(of_all);
        content = {0, static_cast<Address>(bytes.size())};
    }
    if (capture.format == "raw") capture.format = "unknown";
    if (!kind.empty()) {
        const bool program = kind.starts_with("the program");
        add(capture, layout, program ? CaptureDefect::OtherPlatform : CaptureDefect::NotBinary, bytes.size(),
            fmt::format("the file is {}{}, not the bytes of a flash", kind, fill_word(bytes, content)));
        capture.problems.back().is_s_records = kind.starts_with("Motorola");
        return;
    }
    if (bytes.size() < smallest_flash)
        return add(capture, layout, CaptureDefect::NotBinary, bytes.size(),
                   fmt::format("nothing in {} looks like the flash of a {}",
                               bytes.size() == 1 ? "this single byte" : fmt::format("these {} bytes", bytes.size()), layout.title));
    add(capture, layout, CaptureDefect::OtherPlatform, bytes.size(),
        fmt::format("these {} bytes hold no bootloader, no system part and no configuration table of a {}", bytes.size(), layout.title));
}

void note_modules_only(const Layout& layout, Capture& capture) {
    const auto gap = [](const CaptureProblem& problem) { return problem.defect == CaptureDefect::Truncated; };
    const auto present = capture.image.present();
    if (present.empty() || !std::any_of(capture.problems.begin(), capture.problems.end(), gap)) return;
    const auto tables = [&](Range part) {
        return std::any_of(layout.dct.copies.begin(), layout.dct.copies.end(), [&](Range copy) { return copy.overlaps(part); });
    };
    const auto modules = placed_modules(capture.image, layout);
    if (modules.empty()) return;
    for (const auto part : present)
        if (tables(part) || !rest_is_filling(capture.image, part, modules)) return;
    std::erase_if(capture.problems, gap);
    const auto what = modules.size() == 1 ? "one firmware module" : fmt::format("{} firmware modules", modules.size());
    capture.problems.push_back(
        {.defect = CaptureDefect::Truncated,
         .where = layout.flash,
         .file_offset = 0,
         .length = capture.size,
         .detail = fmt::format("the file holds {} and nothing else of the flash ({}): an image for putting firmware on a device, not a dump of one", what,
                               list_of(modules)),
         .modules_only = true});
}

}  // namespace photopsy
