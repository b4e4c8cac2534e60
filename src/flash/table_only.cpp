// Files that hold nothing but the configuration table: one copy, both copies, or what DFU alternate setting 1 gives of the current one.
#include "base/counted.h"
#include "base/hex.h"
#include "flash/marks.h"
#include "flash/placement.h"
#include "flash/table_upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <vector>

namespace photopsy {

static void add(Capture& capture, Range where, std::size_t length, std::string detail) {
    capture.problems.push_back({.defect = CaptureDefect::DctOnly, .where = where, .file_offset = 0, .length = length, .detail = std::move(detail)});
}

static bool is_table_at(ByteView file, std::size_t offset, const Layout& layout) {
    Anchor anchor;
    return read_anchor(file, offset, layout, anchor) && anchor.kind == Anchor::Kind::Table;
}

/// Of a device with another kind of store: judged as this one's, keys and settings would be looked for where they are not.
static bool note_other_table(ByteView file, const Layout& layout, Capture& capture) {
    const auto* device = device_of_upload(file);
    if (!device || device->dct.store == layout.dct.store) return false;
    const auto at = range_of(layout.dct.copies.front().begin, 1);
    capture.problems.push_back({.defect = CaptureDefect::OtherPlatform,
                                .where = at,
                                .file_offset = 0,
                                .length = file.size(),
                                .detail = fmt::format("the file holds the application data of the table of a {}, not of a {}", device->title, layout.title)});
    return true;
}

/// "a Particle Photon or of a Particle Electron": the devices whose tables it may come from, one of each kind of store.
static std::string possible_devices(ByteView file) {
    std::string list;
    std::vector<StoreKind> named;
    for (const auto name : builtin_layout_names()) {
        const auto& device = *builtin_layout(name);
        if (std::find(named.begin(), named.end(), device.dct.store) != named.end() || !is_table_upload(file, device)) continue;
        named.push_back(device.dct.store);
        list += fmt::format("{}a {}", list.empty() ? "" : " or of ", device.title);
    }
    return list;
}

/// What is left of a copy whose header is erased or damaged: most of its mark, the trailer of code from 0.7.0 on (pdct.h@v0.7.0:676), or its data.
static bool holds_table_remains(ByteView copy, const Layout& layout) {
    constexpr std::uint32_t brcm = 0x4D435242, trailer = 0xDC0200CD;
    constexpr int most_wrong_bits = 3;
    if (layout.dct.store != StoreKind::WicedTable) return !all_erased(copy);
    const auto nearly = [&](std::size_t at, std::uint32_t mark) {
        return std::popcount(little_endian<std::uint32_t>(copy.subspan(at)) ^ mark) <= most_wrong_bits;
    };
    return nearly(12, brcm) || nearly(copy.size() - 16, trailer) || holds_own_data(copy, 0, layout);
}

static bool place_application_data(ByteView given, const Layout& layout, Capture& capture) {
    if (note_other_table(given, layout, capture)) return true;
    if (!is_table_upload(given, layout)) return false;
    const auto file = without_filling(given, layout);
    const auto& dct = layout.dct;
    const auto copy = dct.copies.front();
    const auto room = copy.size() - dct.application_offset;
    const auto length = std::min<std::size_t>(file.size(), room);
    const auto at = range_of(copy.begin + dct.application_offset, static_cast<std::uint32_t>(length));
    capture.image.put(at.begin, file.first(length));
    capture.is_dct_upload = true;
    auto detail = fmt::format(
        "the file holds {} bytes of application data as DFU alternate setting 1 gives them: keys and settings of the copy in use, without its header", length);
    if (file.size() > length)
        detail += fmt::format("; the last {} from the next flash sector and {} left out",
                              file.size() - length == 1 ? "byte comes" : fmt::format("{} bytes come", file.size() - length),
                              file.size() - length == 1 ? "was" : "were");
    if (given.size() > file.size())
        detail += fmt::format("; {} of filling behind them {} left out", counted(given.size() - file.size(), "byte"),
                              given.size() - file.size() == 1 ? "was" : "were");
    const bool told = device_of_upload(given) != nullptr;
    if (!told) detail += fmt::format("; whether it is of {}, it does not tell", possible_devices(given));
    add(capture, told ? at : Range{layout.flash.begin, layout.flash.begin}, given.size(), std::move(detail));
    return true;
}

void note_one_copy(ByteView file, std::size_t offset, const Layout& layout, Capture& capture) {
    const auto copy = layout.dct.copies.front();
    const auto bytes = file.subspan(offset, std::min<std::size_t>(copy.size(), file.size() - offset));
    capture.image.put(copy.begin, bytes);
    const auto left_out = file.size() - bytes.size();
    add(capture, copy, file.size(),
        left_out == 0
            ? fmt::format("the file holds one copy of the configuration table ({} bytes) and nothing else; which of the two it is cannot be told", bytes.size())
            : fmt::format("one copy of the configuration table stands at file offset 0x{:x} ({} bytes), and nothing else says where the file belongs: which "
                          "of the two copies it is cannot be told, and the other {} bytes were left out",
                          offset, bytes.size(), left_out));
}

bool place_table_only(ByteView file, const Layout& layout, Capture& capture) {
    if (layout.dct.copies.size() != 2) return false;
    const auto first = layout.dct.copies[0], second = layout.dct.copies[1];
    const std::size_t size = first.size();
    const bool leading = is_table_at(file, 0, layout), following = is_table_at(file, size, layout);
    const bool page_follows = !following && eeprom_pages_at(file, second.begin - layout.flash.begin, layout) > 0;
    const bool both = following || (!page_follows && file.size() == 2 * size && holds_table_remains(file.subspan(size), layout));
    const bool begins_with_bootloader = file.size() >= 4 && (little_endian<std::uint32_t>(file) & layout.vector_mask) == layout.vector_value;
    if (file.size() == 2 * size && (leading ? both : following && !begins_with_bootloader) && first.end == second.begin) {
        capture.image.put(first.begin, file);
        add(capture, {first.begin, second.end}, file.size(),
            fmt::format("the file holds the two copies of the configuration table ({} bytes from {}) and nothing else", file.size(), hex_address(first.begin)));
        return true;
    }
    if (file.size() == 2 * size && leading && page_follows) {
        capture.image.put(second.begin, file);
        add(capture, range_of(second.begin, static_cast<std::uint32_t>(file.size())), file.size(),
            fmt::format("the file holds the second copy of the configuration table and the EEPROM page behind it ({} bytes from {}) and nothing else",
                        file.size(), hex_address(second.begin)));
        return true;
    }
    if ((file.size() == size || file.size() == 2 * size) && leading) {
        note_one_copy(file, 0, layout, capture);
        return true;
    }
    return place_application_data(file, layout, capture);
}

}  // namespace photopsy
