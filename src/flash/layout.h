#pragma once
// What should be where on one kind of device. Comes from layouts/*.toml, never from code.
#include "base/bytes.h"
#include "base/result.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// An erase unit of the flash.
struct Sector {
    int number = 0;
    Range at;
    bool writable_by_dfu = false;  ///< 'g' in the DFU memory map and at or above the bootloader's own write limit
    bool operator==(const Sector&) const = default;
};

/// A named part of the flash, as people speak of it ("DCT copy 1", "EEPROM page 2"). Regions tile the flash.
struct LayoutRegion {
    std::string name;
    std::string title;
    Range at;
    bool operator==(const LayoutRegion&) const = default;
};

/// module_info_t in front of each module, behind the vector table if it has one (module_info.h@v2.3.1:50).
inline constexpr std::uint32_t module_header_size = 24;

/// A place where a module may lie. Slots may overlap (ota and factory do).
struct ModuleSlot {
    std::string name;   ///< contract's `slot`: bootloader, system-part1, system-part2, user, ota, factory, monolithic
    std::string title;  ///< "system part 1"
    Range at;
    Address linked_at = 0;      ///< module_start_address expected here; 0: any (ota)
    std::uint8_t function = 0;  ///< module_function expected; 0: any
    std::uint8_t index = 0;
    bool required = false;                   ///< an erased slot keeps the device from running
    std::string file_name;                   ///< how a file for it is named in commands: "system-part1.bin"
    std::vector<std::string> export_tables;  ///< names of the tables behind the module's header, in their order
    bool operator==(const ModuleSlot&) const = default;
};

// Where devices differ in kind, not in number. Each word is one row of one table in the room that answers its question (docs/architecture.md).
enum class StoreKind { None, WicedTable, Dcd, SerialFlash };     ///< "wiced-table" "dcd" "serial-flash": how the configuration is kept
enum class KeyKind { RsaSlot, EcSlot };                          ///< "rsa-slot" "ec-slot": how the firmware reads a device key
enum class Transport { Tcp, Dtls };                              ///< "tcp" "dtls": how it talks to the cloud
enum class BootKind { None, TwoParts, ThreeParts, Monolithic };  ///< "two-parts" "three-parts" "monolithic": how the firmware starts
std::string_view name_of(StoreKind);                             ///< the word in the layout; "" for None
std::string_view name_of(KeyKind);
std::string_view name_of(Transport);
std::string_view name_of(BootKind);

enum class SecretKind { No, Personal, Secret };  ///< Personal: identifies owner or unit (shortened); Secret: never shown

/// A field of the application DCT; `offset` counts from the start of the application data (= DFU alt 1 offset).
struct DctField {
    std::string name;  ///< as in dct.h: device_private_key, claim_code ...
    std::string title;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    SecretKind secret = SecretKind::No;
    std::string since;  ///< first Device OS release with the field, "" = always
    bool operator==(const DctField&) const = default;
};

/// The configuration store. Two copies of one table in the internal flash, or (serial-flash) one place in the external flash.
struct DctLayout {
    StoreKind store = StoreKind::None;
    std::vector<Range> copies;             ///< addresses of the internal flash; of the external one for serial-flash
    std::uint32_t application_offset = 0;  ///< of the application data in the sector
    std::vector<DctField> system_fields;   ///< offsets count from the sector start (Wi-Fi, credentials, header ...)
    std::vector<DctField> fields;          ///< application data

    const DctField* field(std::string_view name) const;
    bool operator==(const DctLayout&) const = default;
};

/// One set of keys and address, by the names of its fields in the store. A device may have several; a byte of the store says which one counts.
struct KeySet {
    KeyKind kind = KeyKind::RsaSlot;
    Transport transport = Transport::Tcp;
    std::string device_key, server_key, server_address;
    bool made_by_device = true;  ///< the firmware makes a device key where byte 0 of the slot is FF; else it uses the slot as it is
    std::string public_cache;    ///< where the firmware keeps the public half of the device key; "": nowhere
    enum class When { Always, FieldErased, FieldSet } when = When::Always;
    std::string when_field;  ///< the field whose first byte decides: FF is erased, all else is set
    bool operator==(const KeySet&) const = default;
};

struct PublishedServerKey {
    std::string name;       ///< "Particle cloud (TCP)"
    std::string algorithm;  ///< "rsa-2048", "ec-p256"
    std::string sha256;     ///< of the DER, lower case hex
    std::string host;       ///< the address that belongs to it: "device.spark.io"
    bool operator==(const PublishedServerKey&) const = default;
};

/// What DFU reads and writes under one alternate setting.
struct UsbAlternate {
    int number = 0;
    enum class Holds { InternalFlash, Store, ExternalFlash } holds = Holds::InternalFlash;  ///< "internal-flash" "store" "external-flash"
    std::string memory_map;                                                                 ///< its DfuSe string
    bool operator==(const UsbAlternate&) const = default;
};

/// The file as a person would write it for dfu-util and particle-cli, and what the bootloader says of itself.
struct UsbIdentity {
    std::uint16_t vendor = 0, dfu_product = 0, serial_product = 0;
    std::string memory_map;  ///< DfuSe string of alternate setting 0
    std::uint32_t transfer_size = 4096;
    std::string placeholder_serial;        ///< "00000000010c": no id
    std::vector<UsbAlternate> alternates;  ///< the others, ascending

    const UsbAlternate* alternate(UsbAlternate::Holds) const;  ///< nullptr where the device has none
    bool operator==(const UsbIdentity&) const = default;
};

/// A second flash beside the internal one, in its own addresses, which count from 0.
struct ExternalFlash {
    std::string title;  ///< "serial flash"
    Range at;
    std::uint32_t erase_unit = 0x1000;
    std::vector<LayoutRegion> regions;  ///< tile it
    bool operator==(const ExternalFlash&) const = default;
};

/// What a bootloader of version >= `from` says on USB (facts of the bootloader's generations).
struct BootloaderGeneration {
    std::uint16_t from = 0;
    std::string releases;
    bool serial_is_device_id = false;
    bool winusb = false;  ///< Windows needs no Zadig
    std::uint16_t bcd_device = 0;
    std::uint16_t poll_ms = 0;
    bool operator==(const BootloaderGeneration&) const = default;
};

struct Layout {
    std::string name;   ///< "photon"
    std::string title;  ///< "Particle Photon"
    std::uint16_t platform_id = 0;
    std::string button = "SETUP";  ///< what is written beside the button that, held at RESET, leads into DFU mode
    Range flash;
    std::uint32_t vector_mask = 0x2FF10000, vector_value = 0x20000000;  ///< first word & mask == value: a vector table precedes the header
    std::uint32_t vector_size = 0x184;
    std::vector<Sector> sectors;
    std::vector<LayoutRegion> regions;
    std::vector<ModuleSlot> slots;
    DctLayout dct;
    std::vector<KeySet> keys;               ///< the first one that counts is in use
    BootKind boot = BootKind::None;         ///< how it starts; None: not examined
    std::vector<std::string> system_slots;  ///< slots whose version is the system's, the most trustworthy first
    std::optional<ExternalFlash> external;
    std::vector<Range> eeprom_pages;
    UsbIdentity usb;
    std::vector<BootloaderGeneration> bootloaders;
    std::vector<PublishedServerKey> server_keys;
    std::string limits;  ///< one sentence for the report where something lies outside the dump

    const ModuleSlot* slot(std::string_view name) const;
    /// The place of the system part with this module index (its file's name may bear another number), or nullptr.
    const ModuleSlot* system_part(int index) const;
    const LayoutRegion* region_at(Address) const;
    const Sector* sector_at(Address) const;
    bool in_external(Address) const;  ///< the address belongs to the external flash
    bool operator==(const Layout&) const = default;
};

/// Parses the text of a layout file (TOML; format: docs/layouts.md). Unknown keys, sectors or regions that do not tile the flash,
/// slots outside it and numbers out of range are refused with one sentence that names the file, the line and the key.
/// `name_for_errors` is what the sentence calls the file.
Result<Layout> parse_layout(std::string_view text, std::string_view name_for_errors);

/// The layouts embedded at build time (all of layouts/*.toml), by the `order` that each gives. They were parsed when photopsy was built; each is made from its
/// table (flash/layout_table.h) at first use.
std::span<const std::string_view> builtin_layout_names();
/// The first of them: what an unknown dump is taken for.
const Layout& default_layout();
/// A built-in layout by name, or nullptr.
const Layout* builtin_layout(std::string_view name);
/// A built-in layout by platform_id, or nullptr.
const Layout* builtin_layout_for(std::uint16_t platform_id);
/// The text of a built-in layout file, for `photopsy layouts --show`.
std::string_view builtin_layout_text(std::string_view name);

}  // namespace photopsy
