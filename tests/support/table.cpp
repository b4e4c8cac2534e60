#include "support/table.h"

#include <algorithm>

namespace photopsy::test {

static void put(Bytes& copy, std::size_t offset, const Bytes& bytes) {
    std::copy(bytes.begin(), bytes.end(), copy.begin() + static_cast<std::ptrdiff_t>(offset));
}

static void put_word(Bytes& copy, std::size_t offset, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) copy[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

static void put_header(Bytes& copy, std::uint8_t incomplete, std::uint8_t current) {
    std::fill_n(copy.begin(), 388, std::uint8_t{0});
    put(copy, 8, {incomplete, current, 1, 0, 'B', 'R', 'C', 'M'});
}

static constexpr std::uint32_t application = 0x1D7C;

TablePair factory_table() {
    TablePair pair;
    put_header(pair[1], 0, 1);
    Bytes text(294);
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::uint8_t>(i * 37 + 11);
    put(pair[1], application, {0xC0});
    put(pair[1], application + 1858, {'2', '0', '1', '5', 0, 0, 0, 0});
    put(pair[1], application + 2082, text);
    return pair;
}

static std::uint8_t next_sequence(const Bytes& old) {
    return little_endian<std::uint32_t>(ByteView(old).subspan(0x3FF0)) == 0xDC0200CD ? static_cast<std::uint8_t>(old[0x3FFD] + 1) : 1;
}

void write_new(TablePair& pair, int from, std::uint32_t application_offset, const Bytes& bytes, int steps) {
    auto &old = pair[from], &made = pair[3 - from];
    if (steps >= 1) std::fill(made.begin(), made.end(), std::uint8_t{0xFF});
    if (steps >= 2) {
        std::copy(old.begin() + 388, old.begin() + 0x3FF0, made.begin() + 388);
        put(made, application + application_offset, bytes);
    }
    if (steps >= 3) {
        std::copy_n(old.begin(), 388, made.begin());
        made[8] = made[9] = 1;
    }
    if (steps >= 4) {
        put(made, 0x3FF0, {0xCD, 0, 2, 0xDC, 0, 0, 0x70, 3, 0, 0, 0, 0, 0, next_sequence(old), 0, 0});
        put_word(made, 0x3FF8, dct_crc(made));
    }
    if (steps >= 5) made[8] = 0;
    if (steps >= 6) old[9] = 0;
    if (steps >= 7) old[0x3FFC] = 0;
}

void write_old(TablePair& pair, int from, std::uint32_t application_offset, const Bytes& bytes, int steps) {
    auto &old = pair[from], &made = pair[3 - from];
    if (steps >= 1) std::fill(made.begin(), made.end(), std::uint8_t{0xFF});
    if (steps >= 2) {
        std::copy(old.begin() + 388, old.end(), made.begin() + 388);
        put(made, application + application_offset, bytes);
    }
    if (steps >= 3) put_header(made, 0, 1);
    if (steps >= 4) std::fill(old.begin(), old.end(), std::uint8_t{0xFF});
}

TablePair reinitialized_table() {
    TablePair pair;
    put_header(pair[1], 0, 1);
    pair[1][10] = 0;
    pair[1][52] = 1;
    for (std::uint32_t i = 0; i < 8; ++i) {
        pair[1][96 + 36 * i] = 2;
        put_word(pair[1], 100 + 36 * i, 34 * i);
    }
    put(pair[1], 0x3FF0, {0xCD, 0, 2, 0xDC, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0});
    return pair;
}

static Layout made_layout() {
    Layout layout;
    layout.name = "photon";
    layout.title = "Particle Photon";
    layout.platform_id = 6;
    layout.flash = range_of(0x08000000, 0x100000);
    layout.regions = {{"bootloader", "bootloader", {0x08000000, 0x08004000}}, {"dct1", "DCT copy 1", {0x08004000, 0x08008000}},
                      {"dct2", "DCT copy 2", {0x08008000, 0x0800C000}},       {"eeprom1", "EEPROM page 1", {0x0800C000, 0x08010000}},
                      {"eeprom2", "EEPROM page 2", {0x08010000, 0x08020000}}, {"rest", "the rest", {0x08020000, 0x08100000}}};
    layout.dct.store = StoreKind::WicedTable;
    layout.dct.copies = {{0x08004000, 0x08008000}, {0x08008000, 0x0800C000}};
    layout.dct.application_offset = application;
    layout.dct.system_fields = {{"wifi", "Wi-Fi configuration", 0x1A30, 606, SecretKind::Secret, ""}};
    const auto field = [](std::string name, std::string title, std::uint32_t offset, std::uint32_t size) {
        return DctField{std::move(name), std::move(title), offset, size, SecretKind::Secret, ""};
    };
    layout.dct.fields = {field("system_flags", "system flags", 0, 32),
                         field("device_private_key", "device private key", 34, 1216),
                         field("device_public_key", "device public key", 1250, 384),
                         field("ip_config", "static IP configuration", 1634, 24),
                         field("claim_code", "claim code", 1762, 63),
                         field("claimed", "claimed flag", 1825, 1),
                         field("version_string", "version string", 1858, 32),
                         field("server_public_key", "server public key", 2082, 384),
                         field("server_address", "server address", 2466, 128),
                         field("flash_modules", "pending copies", 2852, 100),
                         field("device_id", "device id", 3618, 12)};
    layout.eeprom_pages = {{0x0800C000, 0x08010000}, {0x08010000, 0x08020000}};
    return layout;
}

std::size_t visit_vendor_tables(std::string_view name, const std::function<void(const std::string&, const TablePair&)>& visit) {
    std::size_t seen = 0;
    for (const auto& [path, bytes] : shared_archive("facts/dct-vectors.tar.zst")) {
        if (path.find(name) == std::string::npos || bytes.size() != 0x8000) continue;
        TablePair pair;
        pair[1].assign(bytes.begin(), bytes.begin() + 0x4000);
        pair[2].assign(bytes.begin() + 0x4000, bytes.end());
        visit(path, pair);
        ++seen;
    }
    return seen;
}

const Layout& table_layout() {
    static const Layout layout = made_layout();
    return layout;
}

Image table_image(const TablePair& pair) {
    Image image(Bytes(0x100000, 0xFF), 0x08000000);
    image.put(0x08004000, pair[1]);
    image.put(0x08008000, pair[2]);
    return image;
}

Dct read_table(const TablePair& pair, DctGeneration generation) { return read_dct(table_image(pair), table_layout(), generation); }

}  // namespace photopsy::test
