#pragma once
// Firmware modules: what the header, suffix and checksums of each slot say. No opinion about them.
// Format: docs/formats/module.md. Source: dynalib/inc/module_info.h@v2.3.1.
#include "base/digest.h"
#include "facts/block_identity.h"
#include "flash/image.h"
#include "flash/layout.h"
#include "flash/suspicion.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// module_function values (module_info.h@v2.3.1:85).
enum ModuleFunction : std::uint8_t {
    FunctionNone = 0,
    FunctionResource = 1,
    FunctionBootloader = 2,
    FunctionMonolithic = 3,
    FunctionSystemPart = 4,
    FunctionUserPart = 5
};

struct Dependency {
    Field<std::uint8_t> function, index;
    Field<std::uint16_t> version;  ///< lowest version that will do
    bool none() const { return function.value == FunctionNone; }
};

/// What lies in a slot, from the header alone.
enum class Presence {
    Absent,    ///< not in the file: nothing can be said
    Erased,    ///< every byte of the slot is 0xFF, but for single worn cells
    NoHeader,  ///< something else: no sane header (start, end, function)
    Present    ///< a header that names a range inside the flash, as long as the slot has room for
};

/// Result of the CRC-32 over [start, end).
enum class Integrity { NotChecked, Good, Bad, Placeholder /* 78 56 34 12: built without a CRC step */ };

/// The suffix and CRC of a module whose end is not where the slot's header says: what another file left behind.
struct Trailer {
    Address end = 0;            ///< of that module (its CRC stands there)
    std::uint16_t version = 0;  ///< only where known
    std::string known_as;       ///< "" if unknown
    std::vector<std::string> releases;
};

/// What can be seen of a module that is not whole. Filled only where its integrity is bad or its header is gone.
struct ModuleDamage {
    std::vector<Range> erased_runs, zero_runs;       ///< longer than any stock module has legally; exact to the byte; inside the module (or the slot)
    std::optional<BlockIdentity> blocks;             ///< which release the blocks belong to (explain_damage(), from the release block table)
    std::vector<Range> foreign_blocks;               ///< runs of 4 KiB blocks that hold foreign content (is_foreign())
    std::string foreign_release;                     ///< release those blocks belong to; "" unknown
    Range replaced;                                  ///< a stretch whose bytes are of another kind than a module's (text, noise among code); empty if none
    std::optional<std::uint16_t> built_as;           ///< the module is whole, but its header was changed and its checksum made anew: the version before
    std::optional<Trailer> other_trailer;            ///< another module ends inside this slot
    std::optional<Trailer> own_trailer;              ///< the header was hit: what the module's own last bytes say, where they stand
    bool spares_code = false;                        ///< nothing that runs or is read is hit: is_hit_where_nothing_runs()
    bool header_alone = false;                       ///< and nothing else: with the right header the checksum is right
    std::optional<Range> shifted_to;                 ///< the module that belongs here stands whole at this other place
    std::string content;                             ///< what lies where the header should be: "a PNG picture", "text" ...; "" unknown
    std::optional<WholeModule> of_other_device;      ///< a whole module of another device, linked for addresses that this one has not, lies here
    std::optional<Field<std::uint8_t>> flipped_bit;  ///< the one bit (0..7) that was flipped, and its byte, where the CRC proves it
};

struct Module {
    std::string slot;                  ///< contract's slot name
    const ModuleSlot* home = nullptr;  ///< the layout's place for a module of this kind; nullptr where it has none or nothing is there
    Range slot_at;
    int part = 0;  ///< the module index that the layout expects in this place, where it is one for a system part; else 0
    Presence presence = Presence::Absent;
    Address header_at = 0;
    bool header_in_file = false;      ///< the fields below were read (whatever they say)
    bool header_resembles = false;    ///< NoHeader, yet most fields are what this slot expects: a damaged header
    Field<std::uint32_t> start, end;  ///< module_start_address, module_end_address (exclusive; the CRC stands there) as linked
    Field<std::uint8_t> reserved, flags;
    Field<std::uint16_t> version, platform_id;
    Field<std::uint8_t> function, index;
    Dependency dependency, dependency2;
    Range at;                         ///< where the L bytes lie in this flash (slot base .. slot base + L); empty if no sane length
    Field<std::uint32_t> stored_crc;  ///< big-endian in flash
    std::uint32_t computed_crc = 0;
    Integrity integrity = Integrity::NotChecked;
    Field<std::uint16_t> suffix_size;
    std::optional<Field<std::uint16_t>> product_id, product_version;  ///< where the suffix has them (size >= 40)
    Range stored_sha256_at;
    Sha256 stored_sha256{};
    std::optional<bool> sha256_good;    ///< nothing where not checkable
    std::string known_as;               ///< name of the known file that length, CRC and SHA-256 as stored belong to, "" if unknown;
                                        ///< where integrity is bad: what it was before the damage
    std::vector<std::string> releases;  ///< Device OS releases of that file; may be empty for a known file
    ModuleDamage damage;

    bool present() const { return presence == Presence::Present; }
    bool good() const { return present() && integrity == Integrity::Good; }
    std::uint32_t length() const { return end.value - start.value; }  ///< L; only where present()
    /// The four validations Particle's own tools print (hal/src/stm32/ota_module.cpp@v2.3.1:65).
    std::optional<bool> integrity_ok() const;
    std::optional<bool> range_ok, platform_ok, dependencies_ok;
};

/// Reads every slot of the layout, in the layout's order, and judges dependencies among them. A function-3 module at a system or user slot is
/// reported as slot "monolithic"; slots that begin inside it are then left out. What lies in the factory slot is a module only if it is a whole
/// user part linked for the user slot: else it is the tail of a long OTA image or an old leftover.
std::vector<Module> read_modules(const Image&, const Layout&);

/// Reads one module whose first byte lies at slot.at.begin, finding the header as the firmware does (FM@v2.3.1:675). Total: any bytes give a
/// Module. Dependencies are not judged (see read_modules).
Module read_module(const Image&, const Layout&, const ModuleSlot&);

/// Whether the stored SHA-256 is that of [start, end - 34). Nothing where the module has none or is not wholly in the file. Costs one pass: the
/// firmware never checks it, so read_module() does it only where the CRC is bad.
std::optional<bool> check_sha256(const Image&, const Module&);

/// True where a dependency is met as the firmware sees it (OTAH@v2.3.1:161): by the version word of whatever stands at the slot of that
/// function and index, unchecked, so erased flash (0xFFFF) passes. Nothing where that word is not in the file.
std::optional<bool> dependency_met(const std::vector<Module>&, const Layout&, const Dependency&);

/// The slot where a function and index belong, or nullptr.
const ModuleSlot* slot_for(const Layout&, std::uint8_t function, std::uint8_t index);

/// The program of one piece (function 3) that lies where system part 1 begins and runs in place of the system; nullptr where there is none.
const Module* program_in_system_place(const std::vector<Module>&, const Layout&);

const Module* find_module(const std::vector<Module>&, std::string_view slot);
/// What lies in the place of the system part with this module index, be it one or not; nullptr where the device has no such part.
const Module* find_system_part(const std::vector<Module>&, int index);

/// Whether the installed system has a third part: the first one asks for it, as all from Device OS 0.6.0 on do; where a whole second part is older, it has
/// none, whatever a damaged first one asks for. True where the file does not tell.
bool has_third_part(const std::vector<Module>&);
/// The system parts' places of a layout, in its order.
bool is_system_part(const ModuleSlot&);

/// Not one of the stored images (received, factory, backup), which are run only after they were copied.
bool runs_in_place(const Module&);

}  // namespace photopsy
