#include "mend/repair_table.h"

#include "facts/dcd_format.h"
#include "facts/dct_format.h"
#include "mend/repair_store.h"

#include <algorithm>

namespace photopsy {

namespace format = dct_format;

namespace {

constexpr std::uint16_t first_by_system = 100, last_g0 = 2, last_g1 = 3, last_g2 = 4;

using Copy = std::vector<std::uint8_t>;

Copy copy_of(const Image& image, Range at) {
    const auto bytes = image.bytes(at);
    return {bytes.begin(), bytes.end()};
}

void put_word(Copy& copy, std::uint32_t at, std::uint32_t value) {
    for (std::uint32_t i = 0; i < 4; ++i) copy[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

bool only_clears_bits(ByteView from, ByteView to) {
    for (std::size_t i = 0; i < to.size(); ++i)
        if ((from[i] & to[i]) != to[i]) return false;
    return true;
}

/// Copy 1 as the code makes it where neither copy is valid: nothing of an application in it.
Copy default_copy(TableWriter code) {
    Copy copy(format::copy_size, 0xFF);
    std::fill_n(copy.begin(), format::header_size, std::uint8_t{0});
    copy[format::is_current] = 1;
    put_word(copy, format::magic, format::magic_number);
    if (code < TableWriter::G4) {
        copy[format::is_current + 1] = 1;
        return copy;
    }
    constexpr std::uint32_t places = 8, place_size = 36, application_bytes = 34, programmed_mark = 52, third_application = 2;
    copy[programmed_mark] = 1;
    for (std::uint32_t i = 0; i < places; ++i) {
        copy[format::apps_locations + place_size * i] = third_application;
        put_word(copy, format::apps_locations + place_size * i + 4, application_bytes * i);
    }
    put_word(copy, format::version_struct, format::version_magic_number);
    for (std::uint32_t at = format::version_struct + 4; at < format::copy_size; at += 4) put_word(copy, at, 0);
    copy[format::initial_write] = copy[format::sequence] = 1;
    return copy;
}

/// What the code makes of two copies that are not valid, before it writes. The older codes erase copy 1 alone: the second stays what it was.
Image with_default_copy(const Image& image, const Layout& layout, TableWriter code) {
    Image made = image;
    made.put(layout.dct.copies[0].begin, default_copy(code));
    if (code >= TableWriter::G4) made.put(layout.dct.copies[1].begin, Copy(format::copy_size, 0xFF));
    return made;
}

/// The copy that the code starts from.
Copy base_copy(const Image& image, const Layout& layout, TableWriter code, int base) {
    return base == 0 ? default_copy(code) : copy_of(image, table_copy(layout, base));
}

/// Copy `to` becomes the present one, `from` the one before it.
Image renewed_with_checksum(const Image& image, const Layout& layout, TableWriter code, int base, Copy next) {
    const int source = base == 0 ? 1 : base;
    const Range from = table_copy(layout, source), to = table_copy(layout, 3 - source);
    const Copy old = base_copy(image, layout, code, base);
    const bool numbered = little_endian<std::uint32_t>(ByteView(old).subspan(format::version_struct)) == format::version_magic_number;
    next[format::write_incomplete] = 0;
    next[format::is_current] = next[format::is_current + 1] = 1;
    put_word(next, format::version_struct, format::version_magic_number);
    put_word(next, format::version_struct + 4, 0x03700000);
    put_word(next, format::version_struct + 12, 0);
    next[format::sequence] = numbered ? static_cast<std::uint8_t>(old[format::sequence] + 1) : std::uint8_t{1};
    put_word(next, format::stored_crc, dct_crc(next));
    Copy before = old;
    before[format::is_current] = 0;
    before[format::initial_write] = 0;
    Image written = image;
    written.put(to.begin, next);
    written.put(from.begin, before);
    return written;
}

Image renewed_without_checksum(const Image& image, const Layout& layout, int base, Copy next) {
    const int source = base == 0 ? 1 : base;
    std::fill_n(next.begin(), format::write_incomplete + 1, std::uint8_t{0});
    next[format::is_current] = next[format::is_current + 1] = 1;
    put_word(next, format::header_size - 4, 0);
    Image written = image;
    written.put(table_copy(layout, 3 - source).begin, next);
    written.put(table_copy(layout, source).begin, Copy(format::copy_size, 0xFF));
    return written;
}

bool writes_in_place(TableWriter code) { return code == TableWriter::G2 || code == TableWriter::G3; }

}  // namespace

std::optional<TableWriter> table_code(const Facts& facts) {
    if (facts.layout->dct.store == StoreKind::Dcd) return dcd_writer(facts);
    if (facts.layout->dct.store != StoreKind::WicedTable) return {};
    const auto bootloader = facts.system.bootloader_version;
    if (!bootloader) return {};
    if (*bootloader >= first_by_system) {
        const auto* part2 = facts.system_part(2);
        if (facts.ota.access != TableAccess::BySystem || !part2) return {};
        return static_cast<TableWriter>(dct_generation(part2->version.value));
    }
    if (*bootloader <= last_g0) return TableWriter::G0;
    return *bootloader <= last_g1 ? TableWriter::G1 : *bootloader <= last_g2 ? TableWriter::G2 : TableWriter::G3;
}

int table_base(const Image& image, const Layout& layout, TableWriter code) {
    const auto one = image.bytes(layout.dct.copies[0]), two = image.bytes(layout.dct.copies[1]);
    if (one.empty() || two.empty()) return 0;
    return is_of_dcd(code) ? dcd_base(one, two, code) : select_dct(one, two, static_cast<DctGeneration>(code));
}

std::vector<std::uint8_t> application_data(const Image& image, const Layout& layout, int base) {
    const Copy copy = base == 0 ? Copy(format::copy_size, 0xFF) : copy_of(image, table_copy(layout, base));
    const auto end = layout.dct.store == StoreKind::Dcd ? dcd_format::footer : format::version_struct;
    return {copy.begin() + layout.dct.application_offset, copy.begin() + end};
}

Image with_table_written(const Image& image, const Layout& layout, TableWriter code, std::uint32_t offset, ByteView bytes) {
    if (is_of_dcd(code)) return with_dcd_written(image, layout, code, offset, bytes);
    const int base = table_base(image, layout, code);
    Copy next = base_copy(image, layout, code, base);
    const auto target = next.begin() + layout.dct.application_offset + offset;
    const ByteView there(&*target, bytes.size());
    if (writes_in_place(code) && only_clears_bits(there, bytes)) {
        Image written = base == 0 ? with_default_copy(image, layout, code) : image;
        written.put(table_copy(layout, base == 0 ? 1 : base).begin + layout.dct.application_offset + offset, bytes);
        return written;
    }
    std::copy(bytes.begin(), bytes.end(), target);
    return code >= TableWriter::G4 ? renewed_with_checksum(image, layout, code, base, std::move(next))
                                   : renewed_without_checksum(image, layout, base, std::move(next));
}

std::optional<Image> with_table_torn(const Image& image, const Layout& layout, TableWriter code, std::uint32_t offset, ByteView bytes) {
    const int base = table_base(image, layout, code);
    if (base == 0 && !is_of_dcd(code)) return with_default_copy(image, layout, code);
    if (!writes_in_place(code)) return {};
    const auto at = range_of(table_copy(layout, base).begin + layout.dct.application_offset + offset, static_cast<std::uint32_t>(bytes.size()));
    Copy mixed = copy_of(image, at);
    for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] = mixed[i] & bytes[i];
    if (std::equal(mixed.begin(), mixed.end(), bytes.begin())) return {};
    Image torn = image;
    torn.put(at.begin, mixed);
    return torn;
}

}  // namespace photopsy
