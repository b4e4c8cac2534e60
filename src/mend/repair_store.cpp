#include "mend/repair_store.h"

#include "base/digest.h"
#include "facts/dcd_format.h"

#include <algorithm>

namespace photopsy {

namespace store_format = dcd_format;

namespace {

using SealedCopy = std::vector<std::uint8_t>;

void set_word(SealedCopy& copy, std::uint32_t at, std::uint32_t value) {
    for (std::uint32_t i = 0; i < 4; ++i) copy[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

void seal(SealedCopy& copy, std::uint32_t value) {
    set_word(copy, 0, store_format::watermark_value);
    set_word(copy, store_format::seal, value);
}

void set_checksum(SealedCopy& copy) {
    set_word(copy, store_format::stored_crc, crc32(ByteView(copy).subspan(store_format::header_size, store_format::stored_crc - store_format::header_size)));
}

/// Of the first footer only counter, size and watermark are known; the rest is what lay on the stack, and nothing reads it.
void set_first_footer(SealedCopy& copy) {
    constexpr std::uint32_t size_at = 0x3FF6;
    std::fill(copy.begin() + store_format::footer, copy.begin() + store_format::stored_crc, std::uint8_t{0});
    copy[size_at] = 4;
    set_word(copy, store_format::footer_watermark, store_format::watermark_value);
}

SealedCopy blank_copy(TableWriter writer) {
    SealedCopy copy(store_format::copy_size, 0xFF);
    if (writer != TableWriter::D1) {
        set_first_footer(copy);
        set_checksum(copy);
    }
    seal(copy, store_format::seal_valid);
    return copy;
}

SealedCopy copy_in(const Image& image, Range at) {
    const auto bytes = image.bytes(at);
    return {bytes.begin(), bytes.end()};
}

/// Footer and checksum as the generation renews them; code up to 0.6.4 carries both along unchanged.
void renew_footer(SealedCopy& next, TableWriter writer) {
    if (writer == TableWriter::D1) return;
    const bool marked = little_endian<std::uint32_t>(ByteView(next).subspan(store_format::footer_watermark)) == store_format::watermark_value;
    auto& flags = next[store_format::footer_flags];
    if (writer == TableWriter::D3 && !marked)
        set_first_footer(next);
    else
        flags = static_cast<std::uint8_t>((flags & ~store_format::counter_mask) | ((flags + 1) & store_format::counter_mask));
    set_checksum(next);
}

}  // namespace

std::optional<TableWriter> dcd_writer(const Facts& facts) {
    const auto& dcd = facts.dct.dcd;
    if (!dcd || dcd->migrated_from != 0) return {};
    constexpr TableWriter writers[] = {TableWriter::D1, TableWriter::D2, TableWriter::D3};
    return writers[static_cast<std::size_t>(dcd->bootloader)];
}

int dcd_base(ByteView copy1, ByteView copy2, TableWriter writer) {
    const auto generation = static_cast<DcdGeneration>(static_cast<int>(writer) - static_cast<int>(TableWriter::D1));
    return select_dcd(read_dcd_head(copy1), read_dcd_head(copy2), generation);
}

Image with_dcd_written(const Image& image, const Layout& layout, TableWriter writer, std::uint32_t offset, ByteView bytes) {
    const auto& copies = layout.dct.copies;
    const int found = dcd_base(image.bytes(copies[0]), image.bytes(copies[1]), writer);
    const int base = found != 0 ? found : writer == TableWriter::D1 ? 1 : 2;
    SealedCopy old = found != 0 ? copy_in(image, table_copy(layout, base)) : blank_copy(writer);
    SealedCopy next = old;
    std::copy(bytes.begin(), bytes.end(), next.begin() + layout.dct.application_offset + offset);
    renew_footer(next, writer);
    seal(next, store_format::seal_valid);
    seal(old, writer == TableWriter::D1 ? store_format::seal_retired : store_format::seal_superseded);
    Image written = image;
    written.put(table_copy(layout, 3 - base).begin, next);
    written.put(table_copy(layout, base).begin, old);
    return written;
}

bool system_reads_written(const Image& written, const Layout& layout, const Facts& before, TableWriter writer) {
    const auto one = written.bytes(layout.dct.copies[0]), two = written.bytes(layout.dct.copies[1]);
    return select_dcd(read_dcd_head(one), read_dcd_head(two), before.dct.dcd->system) == dcd_base(one, two, writer);
}

}  // namespace photopsy
