// Which bytes of a configuration table say something about the table or the firmware, and nothing about its owner. Offsets and values: docs/formats/dct.md
// (platform/MCU/STM32F2xx/SPARK_Firmware_Driver/inc/dct.h@v2.3.1:77-235, services/inc/dcd.h@v0.7.0:98-213).
#include "base/digest.h"
#include "base/hex.h"
#include "facts/dct_format.h"
#include "facts/proved_public_parts.h"
#include "facts/public_fields.h"

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

namespace format = dct_format;

struct TableMarks {
    const Image& image;
    const Layout& layout;
    Range copy;
    PublicMap& map;

    ByteView bytes(std::uint32_t offset, std::uint32_t size) const { return image.bytes(range_of(copy.begin + offset, size)); }
    std::uint32_t word(std::uint32_t offset) const { return little_endian<std::uint32_t>(bytes(offset, 4)); }
    void mark(std::uint32_t offset, std::uint32_t size, PublicReason reason) const { map.mark(range_of(copy.begin + offset, size), reason); }
    void mark_if(bool holds, std::uint32_t offset, std::uint32_t size) const {
        if (holds && !bytes(offset, size).empty()) mark(offset, size, PublicReason::TableStructure);
    }
};

bool nearly_field(std::uint32_t value, std::uint32_t right) { return std::popcount(value ^ right) <= 4; }
bool is_size(std::uint32_t value) { return value <= format::copy_size || value == 0xFFFFFFFF; }

void mark_wiced_header(const TableMarks& table) {
    for (std::uint32_t at : {0u, 4u}) table.mark_if(is_size(table.word(at)), at, 4);
    for (auto at = format::write_incomplete; at < format::magic; ++at)
        if (const auto flag = table.bytes(at, 1); !flag.empty()) table.mark_if(flag[0] <= 1 || flag[0] == 0xFF, at, 1);
    table.mark_if(nearly_field(table.word(format::magic), format::magic_number), format::magic, 4);
    // Behind it zeros, or the marks of a re-initialisation: byte 52, and entry i of the locations with id 2 and 34 i behind it.
    for (std::uint32_t at = 16; at < format::header_size; ++at) {
        const auto byte = table.bytes(at, 1);
        if (byte.empty()) continue;
        const auto entry = (at - format::apps_locations) / 36, within = (at - format::apps_locations) % 36;
        const bool location =
            at >= format::apps_locations && at < 384 && ((within == 0 && byte[0] == 2) || (within == 4 && entry > 0 && byte[0] == 34 * entry));
        table.mark_if(location || (at == 52 && byte[0] == 1), at, 1);
    }
}

void mark_wiced_trailer(const TableMarks& table) {
    table.mark_if(nearly_field(table.word(format::version_struct), format::version_magic_number), format::version_struct, 4);
    const auto rest = table.bytes(format::version_struct, 16);
    if (rest.empty()) return;
    const auto half = [&](std::uint32_t at) { return little_endian<std::uint16_t>(rest.subspan(at, 2)); };
    table.mark_if(half(4) == 0 || half(4) == 0xFFFF, format::version_struct + 4, 2);
    table.mark_if(half(6) <= 0x370 || half(6) == 0xFFFF, format::version, 2);
    table.mark_if(rest[12] <= 1 || rest[12] == 0xFF, format::initial_write, 1);
    table.mark_if(true, format::sequence, 1);
    table.mark_if(half(14) == 0 || half(14) == 0xFFFF, format::sequence + 1, 2);
}

constexpr std::uint32_t dcd_watermark = 0x1E1C279A, dcd_footer = 0x3FE0;
constexpr std::array<std::uint32_t, 4> dcd_seals = {0xFFFFFFFF, 0xEDA15E00, 0x69A00C00, 0};

void mark_dcd_structure(const TableMarks& table) {
    table.mark_if(nearly_field(table.word(0), dcd_watermark), 0, 4);
    table.mark_if(std::any_of(dcd_seals.begin(), dcd_seals.end(), [&](std::uint32_t seal) { return nearly_field(table.word(4), seal); }), 4, 4);
    const auto older = table.bytes(8, 2);  // a table of the older kind, which is converted, is told by these
    table.mark_if(!older.empty() && older[0] == 0 && older[1] == 1, 8, 2);
    const auto footer = table.bytes(dcd_footer, 32);
    if (footer.empty()) return;
    table.mark_if((footer[16] | 3u) == 0xFF || footer[16] <= 3, dcd_footer + 16, 1);  // the counter
    table.mark_if(little_endian<std::uint16_t>(footer.subspan(22)) == 4, dcd_footer + 22, 2);
    table.mark_if(nearly_field(little_endian<std::uint32_t>(footer.subspan(24)), dcd_watermark), dcd_footer + 24, 4);
}

/// One of the published keys of this device, at the front of the field.
void mark_server_key(const TableMarks& table, Range field) {
    constexpr std::array<std::uint32_t, 2> key_sizes = {294, 91};  // RSA-2048, EC P-256
    for (const auto size : key_sizes) {
        const auto key = table.image.bytes(range_of(field.begin, std::min(size, field.size())));
        if (key.size() != size) continue;
        const auto hash = hex(sha256(key));
        const auto& known = table.layout.server_keys;
        if (std::any_of(known.begin(), known.end(), [&](const PublishedServerKey& each) { return each.sha256 == hash; }))
            table.map.mark(range_of(field.begin, size), PublicReason::ServerKey);
    }
}

void mark_field(const TableMarks& table, const DctField& field, std::uint32_t base) {
    const auto at = range_of(table.copy.begin + base + field.offset, field.size);
    const auto bytes = table.image.bytes(at);
    if (bytes.empty()) return;
    if (field.name.find("server_public_key") != field.name.npos) mark_server_key(table, at);
    for (const auto part : public_parts_of(field.name, bytes, table.layout))
        table.map.mark({at.begin + part.begin, at.begin + part.end}, PublicReason::TableField);
    if (all_erased(bytes) || all_equal(bytes, 0)) table.map.mark(at, PublicReason::Blank);
}

}  // namespace

void mark_tables(const Image& image, const Layout& layout, const Dct& dct, PublicMap& map) {
    if (layout.dct.store == StoreKind::None) return;
    const bool wiced = layout.dct.store == StoreKind::WicedTable;
    for (auto copy : layout.dct.copies) {
        const TableMarks table{image, layout, copy, map};
        if (wiced) {
            mark_wiced_header(table);
            mark_wiced_trailer(table);
        } else
            mark_dcd_structure(table);
        for (const auto& field : layout.dct.fields) mark_field(table, field, layout.dct.application_offset);
        for (const auto& field : layout.dct.system_fields) mark_field(table, field, 0);
    }
    for (auto stray : dct.strays)
        if (wiced) mark_wiced_header({image, layout, stray, map});
}

}  // namespace photopsy
