#pragma once
// A device while its life is being played: its flash, and where people's names for places are.
#include "support/sample/chip.h"
#include "support/sample/keys.h"
#include "support/sample/module.h"
#include "support/sample/recipe.h"
#include "support/sample/stream.h"
#include "support/sample/table.h"

#include <vector>

namespace photopsy::sample {

struct Device {
    Device(const Layout& of, std::uint64_t its_seed)
        : layout(of), chip(of.flash, of.external ? of.external->at : Range{}), table(chip, layout), seed(its_seed) {}

    const Layout& layout;
    Chip chip;
    Table table;
    std::uint64_t seed;

    /// From the headers that lie in the flash now; 0xFFFF where there is none.
    std::uint16_t system_version() const { return layout.system_part(2) ? version_in(layout.system_part(2)->name) : std::uint16_t{0xFFFF}; }
    std::uint16_t bootloader_version() const { return version_in("bootloader"); }
    std::uint16_t version_in(std::string_view slot) const;
    bool has_dcd() const { return layout.dct.store == StoreKind::Dcd; }
    Writer writer() const { return has_dcd() ? dcd_writer_of_system(system_version()) : writer_of(system_version()); }
    /// Of the bootloader's own writes: that of the system, but for devices whose bootloader brings its own code.
    Writer bootloader_writer() const { return has_dcd() ? dcd_writer_of_bootloader(bootloader_version()) : writer(); }

    /// Offset of a DCT field from the sector start, application or system field. Nothing for an unknown name.
    std::optional<std::uint32_t> field_offset(std::string_view name) const;
    std::uint32_t field_size(std::string_view name) const;
    /// The address that `text` names: "0x08004000", "system-part2+0x40", "dct1.claim_code", "dct.device_private_key+9" (dct: the copy in
    /// use), "eeprom2". Complains to the order and gives the start of the flash where it names nothing.
    Address place(const Order&, std::string_view key) const;
};

/// The bytes an order writes: text, hex, fill, random, key, server, domain or ip. Complains where there is none or more than one MiB.
std::vector<std::uint8_t> value_of(const Device&, const Order&);
/// The module that an order describes (module, release, version, length, ...).
ModuleSpec module_of(const Device&, const Order&);

// One act each of a chapter; complaints go to the order.
void live(Device&, const Order&);
/// The acts of a device with firmware in one piece. False where it has no such act: then the common ones count.
bool live_monolithic(Device&, const Order&);
/// Twelve bytes as the chip has them.
std::vector<std::uint8_t> device_id_of(Stream&);
/// The act "provision" of a device with a DCD and EC keys.
void provision_with_ec_keys(Device&, const Order&);
void live_update(Device&, const Order&);  ///< receive, queue, apply
void damage(Device&, const Order&);
/// `file` starts as the whole flash.
void file_act(const Device&, const Order&, std::vector<std::uint8_t>& file);
/// zip, gzip, xz, zstd or 7z, without a clock in it. Complains about other names.
std::vector<std::uint8_t> packed(const Order&, std::vector<std::uint8_t> file);
/// Intel HEX text and DfuSe containers of an image that starts at `base`.
std::vector<std::uint8_t> intel_hex(ByteView file, Address base);
std::vector<std::uint8_t> dfuse(ByteView file, Address base, std::uint32_t block, std::uint16_t vendor, std::uint16_t product);
/// The 16 bytes that the DFU tools put behind a file, with their checksum.
void add_dfu_suffix(std::vector<std::uint8_t>& file, std::uint16_t vendor, std::uint16_t product, std::uint16_t format);

}  // namespace photopsy::sample
