#include "flash/layout.h"

#include "flash/layout_check.h"
#include "flash/layout_kinds.h"
#include "flash/text_tree.h"

#include <fmt/format.h>

namespace photopsy {

using Need = TableReader::Need;

static constexpr std::uint64_t largest_flash = 16u << 20, highest = 0xFFFFFFFFu, most_rows = 4096;

/// `address` and `size` of a table as a range; an overflowing one is refused and empty.
static Range read_range(TableReader& from) {
    const auto begin = from.number("address", highest), size = from.number("size", largest_flash);
    if (begin + size <= highest) return {static_cast<Address>(begin), static_cast<Address>(begin + size)};
    from.refuse("size", "this range ends behind the last 32-bit address");
    return {};
}

static Range read_named_range(TableReader& from, std::string_view key) {
    const auto* table = from.table(key);
    if (!table) return {};
    TableReader reader(*table, from.name_of(key), from.problems());
    const auto range = read_range(reader);
    reader.finish();
    return range;
}

/// Calls `read(reader)` for each table of the list under `key`, and refuses what `read` left over.
template <class Read>
static void for_each_row(TableReader& from, std::string_view key, Need need, Read read) {
    const auto& rows = from.list(key, need);
    if (rows.size() > most_rows) return from.refuse(key, "this list is too long");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        TableReader row(rows[i], from.name_of(key, i + 1), from.problems());
        read(row);
        row.finish();
    }
}

static std::vector<Range> read_ranges(TableReader& from, std::string_view key, Need need) {
    std::vector<Range> ranges;
    for_each_row(from, key, need, [&](TableReader& row) { ranges.push_back(read_range(row)); });
    return ranges;
}

static void read_sectors(TableReader& from, Layout& layout) {
    for_each_row(from, "sectors", Need::Required, [&](TableReader& row) {
        auto at = read_range(row);
        const auto count = row.number("count", most_rows, Need::Optional, 1);
        const bool writable = row.flag("writable_by_dfu");
        if (at.empty() || layout.sectors.size() + count > most_rows)
            return row.refuse("size", "an erase unit has at least one byte, and a flash at most 4096 of them");
        if (at.begin + count * at.size() > highest) return row.refuse("count", "these sectors end behind the last 32-bit address");
        for (std::uint64_t i = 0; i < count; ++i, at = range_of(at.end, at.size()))
            layout.sectors.push_back({static_cast<int>(layout.sectors.size()), at, writable});
    });
}

static void read_slots(TableReader& from, Layout& layout) {
    for_each_row(from, "slots", Need::Required, [&](TableReader& row) {
        layout.slots.push_back({.name = row.text("name"),
                                .title = row.text("title"),
                                .at = read_range(row),
                                .linked_at = static_cast<Address>(row.number("linked_at", highest, Need::Optional)),
                                .function = static_cast<std::uint8_t>(row.number("function", 255, Need::Optional)),
                                .index = static_cast<std::uint8_t>(row.number("index", 255, Need::Optional)),
                                .required = row.flag("required"),
                                .file_name = row.text("file_name", Need::Optional),
                                .export_tables = row.texts("export_tables")});
    });
}

static SecretKind read_secret(TableReader& row) {
    const auto kind = row.text("secret", Need::Optional);
    if (kind == "secret") return SecretKind::Secret;
    if (kind == "personal") return SecretKind::Personal;
    if (!kind.empty()) row.refuse("secret", "this is \"secret\", \"personal\" or absent");
    return SecretKind::No;
}

static std::vector<DctField> read_fields(TableReader& from, std::string_view key) {
    std::vector<DctField> fields;
    for_each_row(from, key, Need::Required, [&](TableReader& row) {
        fields.push_back({.name = row.text("name"),
                          .title = row.text("title"),
                          .offset = static_cast<std::uint32_t>(row.number("offset", largest_flash)),
                          .size = static_cast<std::uint32_t>(row.number("size", largest_flash)),
                          .secret = read_secret(row),
                          .since = row.text("since", Need::Optional)});
    });
    return fields;
}

static void read_dct(TableReader& from, DctLayout& dct) {
    const auto* table = from.table("dct", Need::Optional);
    if (!table) return;
    TableReader reader(*table, "dct", from.problems());
    dct.store = read_store_kind(reader);
    dct.copies = read_ranges(reader, "copies", Need::Required);
    dct.application_offset = static_cast<std::uint32_t>(reader.number("application_offset", largest_flash));
    dct.system_fields = read_fields(reader, "system_fields");
    dct.fields = read_fields(reader, "fields");
    reader.finish();
}

static void read_usb(TableReader& from, UsbIdentity& usb) {
    const auto* table = from.table("usb");
    if (!table) return;
    TableReader reader(*table, "usb", from.problems());
    usb.vendor = static_cast<std::uint16_t>(reader.number("vendor", 0xFFFF));
    usb.dfu_product = static_cast<std::uint16_t>(reader.number("dfu_product", 0xFFFF));
    usb.serial_product = static_cast<std::uint16_t>(reader.number("serial_product", 0xFFFF, Need::Optional));
    usb.memory_map = reader.text("memory_map");
    usb.transfer_size = static_cast<std::uint32_t>(reader.number("transfer_size", 0xFFFF, Need::Optional, 4096));
    usb.placeholder_serial = reader.text("placeholder_serial", Need::Optional);
    for_each_row(reader, "alternates", Need::Optional, [&](TableReader& row) { usb.alternates.push_back(read_alternate(row)); });
    if (usb.transfer_size == 0) reader.refuse("transfer_size", "a transfer holds at least one byte");
    reader.finish();
}

static void read_bootloaders(TableReader& from, Layout& layout) {
    for_each_row(from, "bootloader", Need::Optional, [&](TableReader& row) {
        layout.bootloaders.push_back({.from = static_cast<std::uint16_t>(row.number("from", 0xFFFF)),
                                      .releases = row.text("releases"),
                                      .serial_is_device_id = row.flag("serial_is_device_id"),
                                      .winusb = row.flag("winusb"),
                                      .bcd_device = static_cast<std::uint16_t>(row.number("bcd_device", 0xFFFF)),
                                      .poll_ms = static_cast<std::uint16_t>(row.number("poll_ms", 0xFFFF, Need::Optional))});
        const auto count = layout.bootloaders.size();
        if (count > 1 && layout.bootloaders[count - 2].from >= layout.bootloaders[count - 1].from)
            row.refuse("from", "the generations stand in ascending order");
    });
}

static void read_server_keys(TableReader& from, Layout& layout) {
    for_each_row(from, "server_key", Need::Optional, [&](TableReader& row) {
        layout.server_keys.push_back(
            {.name = row.text("name"), .algorithm = row.text("algorithm"), .sha256 = row.text("sha256"), .host = row.text("host", Need::Optional)});
        const auto& sha256 = layout.server_keys.back().sha256;
        if (sha256.size() != 64 || sha256.find_first_not_of("0123456789abcdef") != std::string::npos)
            row.refuse("sha256", "this is no SHA-256 (64 lower-case hexadecimal digits)");
    });
}

static void read_vectors(TableReader& from, Layout& layout) {
    const auto* table = from.table("vectors", Need::Optional);
    if (!table) return;
    TableReader reader(*table, "vectors", from.problems());
    layout.vector_mask = static_cast<std::uint32_t>(reader.number("mask", highest));
    layout.vector_value = static_cast<std::uint32_t>(reader.number("value", highest));
    layout.vector_size = static_cast<std::uint32_t>(reader.number("size", 4096));
    if (layout.vector_size % 4) reader.refuse("size", "a vector table is made of 4-byte words");
    reader.finish();
}

static void read_external(TableReader& from, Layout& layout) {
    const auto* table = from.table("external", Need::Optional);
    if (!table) return;
    TableReader reader(*table, "external", from.problems());
    ExternalFlash external{.title = reader.text("title"), .at = read_range(reader)};
    external.erase_unit = static_cast<std::uint32_t>(reader.number("erase_unit", largest_flash, Need::Optional, 0x1000));
    for_each_row(reader, "regions", Need::Required, [&](TableReader& row) {
        external.regions.push_back({row.text("name"), row.text("title"), read_range(row)});
    });
    reader.finish();
    layout.external = std::move(external);
}

static Layout read_layout(TableReader& file) {
    Layout layout;
    layout.name = file.text("name");
    layout.title = file.text("title");
    layout.platform_id = static_cast<std::uint16_t>(file.number("platform_id", 0xFFFF));
    file.number("order", 999, Need::Optional);  // of the built-in ones: read when photopsy is built
    layout.flash = read_named_range(file, "flash");
    read_vectors(file, layout);
    layout.limits = file.text("limits", Need::Optional);
    if (auto button = file.text("button", Need::Optional); !button.empty()) layout.button = std::move(button);
    read_sectors(file, layout);
    for_each_row(file, "regions", Need::Required, [&](TableReader& row) { layout.regions.push_back({row.text("name"), row.text("title"), read_range(row)}); });
    read_slots(file, layout);
    read_dct(file, layout.dct);
    for_each_row(file, "keys", Need::Optional, [&](TableReader& row) { layout.keys.push_back(read_key_set(row)); });
    layout.boot = read_boot_kind(file);
    layout.system_slots = file.texts("system_slots");
    read_external(file, layout);
    layout.eeprom_pages = read_ranges(file, "eeprom_pages", Need::Optional);
    read_usb(file, layout.usb);
    read_bootloaders(file, layout);
    read_server_keys(file, layout);
    file.finish();
    return layout;
}

Result<Layout> parse_layout(std::string_view text, std::string_view name_for_errors) {
    const auto tree = parse_text_tree(text, name_for_errors);
    if (!tree) return tree.error();
    TableReader::Problems problems{.name_for_errors = std::string(name_for_errors), .first = {}};
    TableReader file(*tree, "", problems);
    auto layout = read_layout(file);
    if (problems.none()) check_layout(layout, *tree, problems);
    if (!problems.none()) return Error{problems.first};
    return layout;
}

}  // namespace photopsy
