#pragma once
// Firmware modules: what the header, suffix and checksums of each slot say. No opinion about them.
// Format: docs/formats/module.md. Source: dynalib/inc/module_info.h@v2.3.1.
#include "base/digest.h"
#include "flash/image.h"
#include "flash/layout.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// module_function values (module_info.h@v2.3.1:85).
enum ModuleFunction : std::uint8_t { FunctionNone = 0, FunctionResource = 1, FunctionBootloader = 2, FunctionMonolithic = 3, FunctionSystemPart = 4, FunctionUserPart = 5 };

struct Dependency {
    Field<std::uint8_t> function, index;
    Field<std::uint16_t> version;  ///< lowest version that will do
    bool none() const { return function.value == FunctionNone; }
};

/// What lies in a slot, from the header alone.
enum class Presence {
    Absent,       ///< not in the file: nothing can be said
    Erased,       ///< every byte of the slot is 0xFF
    NoHeader,     ///< something else: no sane header (start, end, function)
    Present       ///< a header that names a range inside the slot
};

/// Result of the CRC-32 over [start, end).
enum class Integrity { NotChecked, Good, Bad, Placeholder /* 78 56 34 12: built without a CRC step */ };

struct Module {
    std::string slot;               ///< contract's slot name
    Range slot_at;
    Presence presence = Presence::Absent;
    Address header_at = 0;
    Field<std::uint32_t> start, end;          ///< module_start_address, module_end_address (exclusive; the CRC stands there) as linked
    Field<std::uint8_t> reserved, flags;
    Field<std::uint16_t> version, platform_id;
    Field<std::uint8_t> function, index;
    Dependency dependency, dependency2;
    Range at;                                  ///< where the L bytes lie in this flash (slot base .. slot base + L); empty if no sane length
    Field<std::uint32_t> stored_crc;           ///< big-endian in flash
    std::uint32_t computed_crc = 0;
    Integrity integrity = Integrity::NotChecked;
    Field<std::uint16_t> suffix_size;
    std::optional<Field<std::uint16_t>> product_id, product_version;  ///< where the suffix has them (size >= 40)
    Range stored_sha256_at;
    Sha256 stored_sha256{};
    std::optional<bool> sha256_good;           ///< nothing where not checkable
    std::optional<Sha256> sha256_of_file;      ///< of the L + 4 bytes; only where integrity is Good
    std::string known_as;                      ///< name of the known file, "" if unknown
    std::vector<std::string> releases;         ///< Device OS releases it belongs to; may be empty for a known file

    bool present() const { return presence == Presence::Present; }
    bool good() const { return present() && integrity == Integrity::Good; }
    std::uint32_t length() const { return end.value - start.value; }  ///< L; only where present()
    /// The four validations Particle's own tools print (hal/src/stm32/ota_module.cpp@v2.3.1:65).
    std::optional<bool> integrity_ok() const;
    std::optional<bool> range_ok, platform_ok, dependencies_ok;
};

/// Reads every slot of the layout, in the layout's order. A function-3 module at a system slot is reported as slot "monolithic".
std::vector<Module> read_modules(const Image&, const Layout&);

/// Reads one module whose first byte lies at slot.at.begin. Total: any bytes give a Module.
Module read_module(const Image&, const Layout&, const ModuleSlot&);

const Module* find_module(const std::vector<Module>&, std::string_view slot);

}  // namespace photopsy
