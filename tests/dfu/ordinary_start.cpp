// What an emulated device does when nobody holds its button: the bootloader reads the table, carries out the waiting copies, restores the factory's
// application where the first part has no header; the firmware protects its own sectors and makes a device key where there is none.
// Sources: docs/formats/boot.md, docs/formats/ota.md; hal/src/stm32f2xx/core_hal_stm32f2xx.c@v0.6.0:342-345 (write protection).
#include "dfu/dcd_writer.h"
#include "dfu/photon_device.h"

#include <algorithm>

namespace photopsy::test {
namespace {

constexpr std::uint32_t flash_base = 0x08000000, sector_size = 0x20000, slots_at = 2852, slot_size = 20, slots = 5;
constexpr std::uint16_t pending = 0xABCD, first_without_protection = 1500;

/// Places of one kind of device, as offsets into its flash; 0: it has none.
struct Places {
    std::uint32_t first, system, third, application, factory;
};
constexpr Places photon_places{0x20000, 0x60000, 0, 0xA0000, 0xE0000}, electron_places{0x20000, 0x40000, 0x60000, 0x80000, 0xA0000};

const Places& places_of(PhotonDevice::TableKind kind) { return kind == PhotonDevice::TableKind::Dcd ? electron_places : photon_places; }

/// A header lies behind a vector table, where there is one.
std::uint32_t header_of(const NorFlash& flash, std::uint32_t at) { return (flash.word(at) & 0x2FF10000) == 0x20000000 ? at + 0x184 : at; }

std::uint16_t module_version(const NorFlash& flash, std::uint32_t at) {
    return has_header(flash, at) ? static_cast<std::uint16_t>(flash.word(header_of(flash, at) + 8) >> 16) : std::uint16_t{0xFFFF};
}

std::uint32_t module_platform(const NorFlash& flash, std::uint32_t at) { return flash.word(header_of(flash, at) + 12) & 0xFFFF; }

/// `length` bytes from `from`, as they would stand at `to`, are a whole module.
bool is_module_for(const NorFlash& flash, std::uint32_t from, std::uint32_t length, std::uint32_t to) {
    if (from > flash.bytes.size() || length > flash.bytes.size() - from || to > flash.bytes.size() || length > flash.bytes.size() - to) return false;
    NorFlash moved;
    std::copy_n(flash.bytes.begin() + from, length, moved.bytes.begin() + to);
    return is_sound_module(moved, to);
}

}  // namespace

void PhotonDevice::copy_module(std::uint32_t from, std::uint32_t length, std::uint32_t to) {
    const std::vector<std::uint8_t> image(flash.bytes.begin() + from, flash.bytes.begin() + from + length);
    for (std::uint32_t sector = to / sector_size * sector_size; sector < to + length; sector += sector_size) {
        flash.write_protected.erase(sector);
        flash.erase(sector, sector_size);
    }
    (void)flash.program(to, image);
}

/// Slot 0 is the factory's and waits for a button. Bootloaders 100 to 1002 clear a slot before they copy, the others behind it.
void PhotonDevice::carry_out_slots() {
    const auto version = bootloader_version(flash);
    const std::vector<std::uint8_t> cleared = version < 100 ? std::vector<std::uint8_t>(slot_size, 0) : std::vector<std::uint8_t>{0xFF, 0xFF};
    const bool clears_first = version >= 100 && version <= 1002;
    for (std::uint32_t i = 1; i < slots; ++i) {
        const auto at = table_data() + slots_at + i * slot_size;
        if ((flash.word(at) & 0xFFFF) != pending) continue;
        const auto from = flash.word(at + 4) - flash_base, to = flash.word(at + 8) - flash_base, length = flash.word(at + 12);
        const bool whole = is_module_for(flash, from, length, to);
        if (clears_first) (void)write_table(slots_at + i * slot_size, cleared);
        if (whole) copy_module(from, length, to);
        if (!clears_first) (void)write_table(slots_at + i * slot_size, cleared);
    }
}

std::uint32_t PhotonDevice::table_data() {
    if (table_kind == TableKind::Dcd) return current_dcd(flash);
    return current_dct(flash, *dct_code_for_dfu(flash)) + dct_application;
}

void PhotonDevice::protect_as_firmware_does() {
    const auto& at = places_of(table_kind);
    if (table_kind == TableKind::None) return;
    const auto system = module_version(flash, at.system), version = system != 0xFFFF ? system : module_version(flash, at.first);
    if (version >= first_without_protection && version != 0xFFFF) return;
    for (std::uint32_t sector = at.first; sector < at.application; sector += sector_size) flash.write_protected.insert(sector);
}

/// A key begins with 30; what follows matters to nobody here.
void PhotonDevice::make_missing_key() {
    constexpr std::uint32_t transport = 2977, ec_key = 3106, rsa_key = 34, ec_size = 192, rsa_size = 612;
    const bool ec = table_kind == TableKind::Dcd && flash.bytes[table_data() + transport] == 0xFF;
    if (flash.bytes[table_data() + (ec ? ec_key : rsa_key)] != 0xFF) return;
    std::vector<std::uint8_t> key(ec ? ec_size : rsa_size, 0x5A);
    key[0] = 0x30;
    (void)write_table(ec ? ec_key : rsa_key, key);
}

/// What the running system does about its flag, in safe mode too: it clears it, then takes what lies whole in the OTA area. A bootloader it copies itself,
/// again until the copy is right; anything else waits in a slot for the bootloader (OTAH@v2.3.1:265-300,350-397, system/src/main.cpp@v2.3.1:788-796).
bool PhotonDevice::apply_flagged_image() {
    constexpr std::uint32_t flag = 1753, area = 0xC0000, boot_sector = 0x4000;
    constexpr std::uint16_t first_that_knows_it = 1213;
    constexpr std::uint8_t asked = 0xA5, bootloader = 2;
    if (module_version(flash, places_of(table_kind).system) < first_that_knows_it || flash.bytes[table_data() + flag] != asked) return false;
    (void)write_table(flag, std::vector<std::uint8_t>{0xFF});
    const std::uint32_t head = header_of(flash, area), to = flash.word(head) - flash_base;
    const std::uint32_t length = flash.word(head + 4) - flash.word(head) + 4;
    if (!is_module_for(flash, area, length, to) || module_platform(flash, area) != module_platform(flash, places_of(table_kind).system)) return false;
    if (flash.bytes[head + 14] == bootloader && to == 0) {
        const std::vector<std::uint8_t> image(flash.bytes.begin() + area, flash.bytes.begin() + area + length);
        do flash.erase(0, boot_sector);
        while (!flash.program(0, image));
        return true;
    }
    std::vector<std::uint8_t> slot(slot_size, 0xFF);
    const std::uint32_t words[] = {pending, flash_base + area, flash_base + to, length, 0xFFFF000Eu | std::uint32_t{flash.bytes[head + 14]} << 8};
    for (std::uint32_t i = 0; i < slot_size; ++i) slot[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
    return write_table(slots_at + slot_size, slot);
}

void PhotonDevice::ordinary_start() {
    const auto cut = flash.cut_at;
    power_cycle();
    flash.cut_at = cut;
    dark_ = true;
    try {
        start_once();
    } catch (const PowerLost&) {
        dark_ = true;
    }
}

void PhotonDevice::start_once() {
    const auto& at = places_of(table_kind);
    table_ = {.looked_up = true, .code = table_kind == TableKind::Wiced ? dct_code_for_dfu(flash) : std::nullopt, .stale = false, .renews = false};
    const bool reads_table = table_kind == TableKind::Dcd || table_.code;
    if (reads_table) carry_out_slots();
    if (!has_header(flash, at.first)) {
        if (is_module_for(flash, at.factory, sector_size, at.application)) copy_module(at.factory, sector_size, at.application);
        return;
    }
    const bool runs = is_sound_module(flash, at.first) && is_sound_module(flash, at.system) && (at.third == 0 || is_sound_module(flash, at.third));
    if (!reads_table || !runs) return;
    protect_as_firmware_does();
    if (apply_flagged_image()) return start_once();
    make_missing_key();
}

}  // namespace photopsy::test
