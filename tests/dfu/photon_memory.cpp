// The memory side of the emulated device: what its bootloader does when a request reaches the flash, the table or the flash beside it.
#include "dfu/dcd_writer.h"
#include "dfu/photon_device.h"

#include <algorithm>

namespace photopsy::test {
namespace {

struct EraseUnit {
    std::uint32_t begin, size;
};

/// 128 KiB each where a bootloader writes at all, pages of 1 KiB in a Core.
EraseUnit sector_around(std::uint32_t address, std::uint32_t size) { return {(address - 0x08000000) / size * size, size}; }

}  // namespace

Generation generation_in(const NorFlash& flash) {
    const auto version = bootloader_version(flash);
    return version >= 100 ? Generation::V0_7_0 : version >= 8 ? Generation::V0_6_1 : version >= 7 ? Generation::V0_4_9 : Generation::V0_4_4;
}

std::optional<DctCode> PhotonDevice::table_code() {
    if (table_kind != TableKind::Wiced) return std::nullopt;
    if (bootloader_version(flash) < 100) return dct_code_for_dfu(flash);
    if (table_.renews) table_ = {.looked_up = true, .code = dct_code_for_dfu(flash), .stale = false, .renews = false};
    if (table_.stale) hung_ = true;
    return table_.stale ? std::nullopt : table_.code;
}

/// Up to bootloader 399 the pointers stay those of power-up; from 400 on a DNLOAD into a part looks them up anew, an ERASE does not
/// (usbd_flash_if.c@v2.3.1:170-175).
void PhotonDevice::part_changed(std::uint32_t address, PartChange change) {
    const auto version = bootloader_version(flash);
    if (table_kind != TableKind::Wiced || version < 100 || address < 0x08020000 || address >= 0x080A0000) return;
    table_.stale = table_.code.has_value() || table_.renews;
    table_.renews = version >= 400 && change == PartChange::Programmed;
    if (table_.renews) table_.stale = false;
}

bool PhotonDevice::is_dct(std::uint32_t address) const {
    if (in_second() || table_kind == TableKind::None) return false;
    return generation == Generation::V0_4_4 ? !in_flash(address) : alternate_ == 1;
}

bool PhotonDevice::addressable(std::uint32_t address) const {
    if (in_second()) return address < second->flash.bytes.size();
    if (table_kind == TableKind::None) return in_flash(address);
    const bool dct = address < 0x4000;
    if (generation == Generation::V0_4_4) return in_flash(address) || dct;
    return alternate_ == 0 ? in_flash(address) : dct;
}

void PhotonDevice::read(std::uint32_t address, std::uint8_t* out, std::uint32_t length) {
    const bool refused = !addressable(address) || (is_dct(address) && table_kind == TableKind::Wiced && !table_code());
    if (refused) {
        if (generation == Generation::V0_7_0)
            std::fill_n(out, length, std::uint8_t{0});
        else
            std::copy_n(buffer_.begin(), length, out);  // whatever the transfer buffer held
        return;
    }
    const auto& bytes = in_second() ? second->flash.bytes : flash.bytes;
    const std::uint32_t offset = offset_of(address);
    for (std::uint32_t i = 0; i < length; ++i) out[i] = offset + i < bytes.size() ? bytes[offset + i] : std::uint8_t{0xFF};
}

/// Where the byte at this address of the chosen alternate setting lies in its flash. Reading a table that has no valid copy makes one.
std::uint32_t PhotonDevice::offset_of(std::uint32_t address) {
    if (in_second()) return address;
    if (!is_dct(address)) return address - base;
    return table_kind == TableKind::Dcd ? current_dcd(flash) + address : current_dct(flash, *table_code()) + dct_application + address;
}

bool PhotonDevice::erase(std::uint32_t address) {
    if (!addressable(address)) return false;
    if (in_second()) {
        second->flash.erase(address / second->erase_unit * second->erase_unit, second->erase_unit);
        return true;
    }
    if (is_dct(address)) return true;  // DCT_If_Erase does nothing
    if (address < first_writable()) return false;
    const EraseUnit unit = sector_around(address, table_kind == TableKind::None ? 0x400 : 0x20000);
    last_milliseconds_ = erase_milliseconds;
    if (flash.write_protected.erase(unit.begin) != 0) flash.rewrite_option_bytes();
    flash.erase(unit.begin, unit.size);
    part_changed(address, PartChange::Erased);
    return true;
}

bool PhotonDevice::write_table(std::uint32_t offset, ByteView data) {
    if (table_kind == TableKind::Dcd) return write_dcd(flash, offset, data);
    const auto code = table_code();
    return code && write_dct(flash, *code, offset, data);
}

bool PhotonDevice::write(std::uint32_t address, std::uint32_t length) {
    if (!addressable(address)) return false;
    if (in_second()) return second->flash.program(address, ByteView(buffer_).first(length), NorFlash::Unit::Byte);
    if (is_dct(address)) return write_table(address, ByteView(buffer_).first(length));
    if (address < first_writable()) return false;
    const std::uint32_t padded = (length + 3) & ~3u;  // words are programmed; the rest of the last one is FF
    std::fill(buffer_.begin() + length, buffer_.begin() + padded, std::uint8_t{0xFF});
    // An erase takes the protection off (usbd_flash_if.c@v2.3.1:110-113), programming does not: the controller refuses each word.
    if (flash.write_protected.count(sector_around(address, 0x20000).begin) != 0) return generation == Generation::V0_4_4;
    const auto unit = table_kind == TableKind::None ? NorFlash::Unit::HalfWord : NorFlash::Unit::Word;
    const bool right = flash.program(address - base, ByteView(buffer_).first(padded), unit);
    part_changed(address, PartChange::Programmed);
    return right || generation == Generation::V0_4_9;  // the released bootloader 7 looks at errors only, not at what came out
}

}  // namespace photopsy::test
