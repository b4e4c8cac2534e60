// The memory side of the emulated device: what its bootloader does when a request reaches the flash or the table.
#include "dfu/photon_device.h"

#include <algorithm>

namespace photopsy::test {
namespace {

struct EraseUnit {
    std::uint32_t begin, size;
};

/// The sectors that the bootloader will touch: everything from 0x08020000 on, 128 KiB each (DFU_MAL_IS_PROTECTED_AREA below that).
bool writable_sector(std::uint32_t address, EraseUnit& unit) {
    if (address < 0x08020000) return false;
    unit = {(address - 0x08000000) / 0x20000 * 0x20000, 0x20000};
    return true;
}

}  // namespace

Generation generation_in(const NorFlash& flash) {
    const auto version = bootloader_version(flash);
    return version >= 100 ? Generation::V0_7_0 : version >= 8 ? Generation::V0_6_1 : version >= 7 ? Generation::V0_4_9 : Generation::V0_4_4;
}

std::optional<DctCode> PhotonDevice::table_code() {
    if (bootloader_version(flash) < 100) return dct_code_for_dfu(flash);
    if (table_.renews) table_ = {.looked_up = true, .code = dct_code_for_dfu(flash), .stale = false, .renews = false};
    if (table_.stale) hung_ = true;
    return table_.stale ? std::nullopt : table_.code;
}

/// Up to bootloader 399 the pointers stay those of power-up; from 400 on a DNLOAD into a part looks them up anew, an ERASE does not
/// (usbd_flash_if.c@v2.3.1:170-175).
void PhotonDevice::part_changed(std::uint32_t address, PartChange change) {
    const auto version = bootloader_version(flash);
    if (version < 100 || address < 0x08020000 || address >= 0x080A0000) return;
    table_.stale = table_.code.has_value() || table_.renews;
    table_.renews = version >= 400 && change == PartChange::Programmed;
    if (table_.renews) table_.stale = false;
}

bool PhotonDevice::is_dct(std::uint32_t address) const { return generation == Generation::V0_4_4 ? !in_flash(address) : alternate_ == 1; }

bool PhotonDevice::addressable(std::uint32_t address) const {
    const bool dct = address < 0x4000;
    if (generation == Generation::V0_4_4) return in_flash(address) || dct;
    return alternate_ == 0 ? in_flash(address) : dct;
}

void PhotonDevice::read(std::uint32_t address, std::uint8_t* out, std::uint32_t length) {
    const auto code = addressable(address) && is_dct(address) ? table_code() : std::nullopt;
    if (!addressable(address) || (is_dct(address) && !code)) {
        if (generation == Generation::V0_7_0)
            std::fill_n(out, length, std::uint8_t{0});
        else
            std::copy_n(buffer_.begin(), length, out);  // whatever the transfer buffer held
        return;
    }
    const std::uint32_t offset = is_dct(address) ? current_dct(flash, *code) + dct_application + address : address - base;
    for (std::uint32_t i = 0; i < length; ++i) out[i] = offset + i < flash.bytes.size() ? flash.bytes[offset + i] : std::uint8_t{0xFF};
}

bool PhotonDevice::erase(std::uint32_t address) {
    EraseUnit unit{};
    if (!addressable(address)) return false;
    if (is_dct(address)) return true;  // DCT_If_Erase does nothing
    if (!writable_sector(address, unit)) return false;
    last_milliseconds_ = erase_milliseconds;
    flash.erase(unit.begin, unit.size);
    part_changed(address, PartChange::Erased);
    return true;
}

bool PhotonDevice::write(std::uint32_t address, std::uint32_t length) {
    if (!addressable(address)) return false;
    if (is_dct(address)) {
        const auto code = table_code();
        return code && write_dct(flash, *code, address, ByteView(buffer_).first(length));
    }
    if (address < 0x08020000) return false;
    const std::uint32_t padded = (length + 3) & ~3u;  // words are programmed; the rest of the last one is FF
    std::fill(buffer_.begin() + length, buffer_.begin() + padded, std::uint8_t{0xFF});
    const bool right = flash.program(address - base, ByteView(buffer_).first(padded));
    part_changed(address, PartChange::Programmed);
    return right || generation == Generation::V0_4_9;  // the released bootloader 7 looks at errors only, not at what came out
}

/// The factory image is linked for the application's place.
void PhotonDevice::restore_factory_application() {
    constexpr std::uint32_t factory = 0xE0000, application = 0xA0000, sector = 0x20000;
    NorFlash moved;
    std::copy_n(flash.bytes.begin() + factory, sector, moved.bytes.begin() + application);
    if (!is_sound_module(moved, application)) return;
    flash.erase(application, sector);
    (void)flash.program(application, ByteView(moved.bytes).subspan(application, sector));
}

void PhotonDevice::ordinary_start() {
    constexpr std::uint32_t part1 = 0x20000, part2 = 0x60000, device_key = 34;
    power_cycle();
    dark_ = true;
    const auto code = dct_code_for_dfu(flash);
    if (code) (void)current_dct(flash, *code);
    if (!has_header(flash, part1)) return restore_factory_application();
    if (!code || !is_sound_module(flash, part1) || !is_sound_module(flash, part2)) return;
    if (flash.bytes[current_dct(flash, *code) + dct_application + device_key] != 0xFF) return;
    std::vector<std::uint8_t> key(612, 0x5A);
    key[0] = 0x30;
    (void)write_dct(flash, *code, device_key, key);
}

}  // namespace photopsy::test
