#include "facts/secrets.h"

#include "facts/dct_format.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace photopsy {

static constexpr std::uint32_t largest_public_field = 64;  // flags and numbers; a larger field may hold a key that was written to the wrong place
static constexpr std::uint32_t longest_key_text = 2048;    // a private key in PEM

/// Public places inside one DCT copy.
static bool public_in_dct(Range at, Range copy, const DctLayout& dct) {
    if (range_of(copy.begin, dct_format::header_size).contains(at)) return true;
    if (Range{copy.begin + dct_format::version_struct, copy.begin + dct_format::copy_size}.contains(at)) return true;
    const auto holds = [&](const DctField& field, std::uint32_t base) {
        if (field.secret != SecretKind::No || field.size > largest_public_field) return false;
        if (field.name.find("address") != std::string::npos) return false;  // a private server's host
        return range_of(copy.begin + base + field.offset, field.size).contains(at);
    };
    for (const auto& field : dct.fields)
        if (holds(field, dct.application_offset)) return true;
    return std::any_of(dct.system_fields.begin(), dct.system_fields.end(), [&](const DctField& field) { return holds(field, 0); });
}

/// Vector table and header of a module, wherever it starts with or without one.
static bool in_module_header(Range at, const ModuleSlot& slot, const Layout& layout) {
    return range_of(slot.at.begin, layout.vector_size + module_header_size).contains(at);
}

/// Slots that hold released firmware, the same on every device.
static bool holds_public_firmware(const ModuleSlot& slot) { return slot.name == "bootloader" || slot.name == "system-part1" || slot.name == "system-part2"; }

bool touches_secret(Range at, const Layout& layout, const Dct& dct) {
    if (at.empty()) return false;
    if (!layout.flash.contains(at)) return true;
    for (const auto& copy : layout.dct.copies)
        if (copy.overlaps(at)) return !public_in_dct(at, copy, layout.dct);
    for (const auto& copy : dct.copies)
        if (copy.at.overlaps(at)) return !public_in_dct(at, copy.at, layout.dct);
    for (const auto& page : layout.eeprom_pages)
        if (page.overlaps(at)) return true;
    for (const auto& slot : layout.slots)
        if (in_module_header(at, slot, layout)) return false;
    for (const auto& slot : layout.slots)
        if (layout.judged && holds_public_firmware(slot) && slot.at.contains(at)) return false;
    return true;
}

static bool starts_with(ByteView bytes, std::string_view text) {
    return bytes.size() >= text.size() &&
           std::equal(text.begin(), text.end(), bytes.begin(), [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

/// How many bytes from here on belong to a private key; 0 where none starts here.
static std::uint32_t private_key_length(ByteView bytes) {
    if (starts_with(bytes, "-----BEGIN")) return longest_key_text;
    // SEQUENCE { INTEGER 0|1 ...: PKCS#1, PKCS#8 and SEC1 private keys all begin so.
    if (bytes.size() < 8 || bytes[0] != 0x30) return 0;
    const std::size_t length_octets = bytes[1] < 0x80 ? 0 : bytes[1] & 0x7Fu;
    if (length_octets > 2) return 0;
    const auto version = bytes.subspan(2 + length_octets);
    if (version[0] != 0x02 || version[1] != 0x01 || version[2] > 1) return 0;
    if (length_octets == 0) return 2u + bytes[1];
    return length_octets == 1 ? 3u + bytes[2] : 4u + big_endian<std::uint16_t>(bytes.subspan(2));
}

/// A private key, in DER or PEM, that begins before or inside `at` and reaches into it.
static bool in_stray_key(Range at, const Image& image) {
    const Address from = at.begin - std::min(at.begin - image.range().begin, longest_key_text);
    for (Address start = from; start < at.end; ++start) {
        const auto length = private_key_length(image.leading({start, std::min(start + 16, image.range().end)}));
        if (length && range_of(start, length).overlaps(at)) return true;
    }
    return false;
}

/// A configuration table at a multiple of 1 KiB where none belongs: its magic "BRCM" stands at offset 12.
static bool in_stray_dct(Range at, const Image& image) {
    static constexpr std::uint32_t step = 0x400;
    for (std::uint32_t back = 0; back <= dct_format::copy_size; back += step) {
        const Address near = at.begin / step * step;
        if (near < image.range().begin + back) break;
        if (starts_with(image.leading(range_of(near - back + 12, 8)), std::string_view("BRCM", 4))) return true;
    }
    return false;
}

bool shows_secret(Range at, const Image& image, const Layout& layout, const Dct& dct) {
    if (at.empty()) return false;
    if (!image.has(at) || touches_secret(at, layout, dct)) return true;
    for (const auto& copy : layout.dct.copies)
        if (copy.overlaps(at)) return in_stray_key(at, image);
    return in_stray_key(at, image) || in_stray_dct(at, image);
}

}  // namespace photopsy
