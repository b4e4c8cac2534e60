#pragma once
// A repair over DFU, planned: the causes of an analysis, turned into the smallest set of writes in an order that is safe on this device's bootloader.
// Pure: no file, no device. Which bootloader lets one write what, and what a cut leaves: docs/repair.md.
#include "base/digest.h"
#include "facts/modules.h"
#include "facts/releases.h"
#include "photopsy.h"

#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// Words that an owner says before something sound is changed, or something is written that nobody vouches for.
namespace repair_consent {
inline constexpr std::string_view replace_sound_module = "replace-sound-module";
inline constexpr std::string_view new_key = "new-key";
inline constexpr std::string_view other_server = "other-server";
inline constexpr std::string_view bootloader = "bootloader";
inline constexpr std::string_view unknown_module = "unknown-module=";          ///< followed by the SHA-256 of the file
inline constexpr std::string_view unknown_bootloader = "unknown-bootloader=";  ///< followed by the SHA-256 of the installed one, its CRC included
}  // namespace repair_consent

/// A firmware module that was found in a file or in the dump, whole by its own checksums.
struct FirmwareModule {
    std::vector<std::uint8_t> bytes;  ///< from its first byte to behind its CRC
    Module header;                    ///< as it reads at the place it is linked for
    Sha256 sha256{};                  ///< of `bytes`
    std::string from;                 ///< the file as the user named it; "" for the dump itself
    Range in_dump;                    ///< where it lies in the dump; empty for a file
    bool of_release = false;          ///< it is a released file, byte for byte
};

/// The modules that `file` holds: a module alone, a dump, Intel HEX. Recognized by content, never by name; what is not whole is left out. `from` is only
/// kept. Modules for another platform than the layout's are left out as well.
std::vector<FirmwareModule> firmware_in_file(ByteView file, const Layout&, const std::string& from);
/// The whole modules of a dump, whatever part of the flash they lie in, linked for a place of this device.
std::vector<FirmwareModule> firmware_in_dump(const Image&, const Facts&);

/// What a plan is for. A bootloader is never written beside anything else.
enum class RepairPurpose : std::uint8_t {
    Cure,       ///< what DFU writes
    Bootloader  ///< the installed system copies a bootloader out of the OTA area: a cut in that copy leaves a device for a debugger
};
std::string_view name_of(RepairPurpose);  ///< "cure" "bootloader"

struct RepairWish {
    RepairPurpose purpose = RepairPurpose::Cure;
    std::vector<std::string> causes;       ///< only these; empty: all
    std::vector<std::string> consents;     ///< the words that were said
    std::vector<FirmwareModule> firmware;  ///< of the files that were given
    std::vector<std::uint8_t> new_key;     ///< secret: a private key in the firmware's own form, or empty
    KeyKind new_key_kind = KeyKind::RsaSlot;
    std::string new_key_fingerprint;  ///< SHA-256 of its public half, lower case hex
    std::string new_key_from;         ///< the file as it was named
};

enum class RepairOperation : std::uint8_t {
    Erase,         ///< one sector of a flash
    Program,       ///< words of a flash; nothing is erased
    WriteTable,    ///< one block of the application table, alternate setting 1
    ResetIntoDfu,  ///< by the owner: RESET with SETUP held, because the bootloader keeps pointers into the old system part
    StartSystem    ///< by the owner: an ordinary start, in which the system installs the bootloader; then into DFU mode again
};
std::string_view name_of(RepairOperation);  ///< "erase" "program" "write-table" "reset-into-dfu" "start-system"

/// Where the bytes of a step come from. Never the bytes; of a key never more than the fingerprint of its public half.
struct RepairSource {
    std::string kind;    ///< "file" "dump" "undone-bit" "recovered-key" "given-key" "published-server-key" "server-key-in-dump" "constant" "backup"; "" none
    std::string sha256;  ///< of a file or module, or of the public half of a key; lower case hex; "" where it has none
    std::string place;   ///< in words: "OTA area", "this slot"
};

struct RepairStep {
    RepairOperation operation = RepairOperation::Program;
    Range where;                 ///< flash addresses; WriteTable: offsets in the application table; StartSystem: the bootloader's place
    std::uint8_t alternate = 0;  ///< the alternate setting that it goes to
    /// SHA-256 of what is there before, lower case hex; "" for ResetIntoDfu. WriteTable: of all settings that the table holds, for a few bytes of a key could
    /// be told from their digest.
    std::string before;
    std::string after;
    std::string region;  ///< contract's word: "system-part2", "dct"
    std::string reason;  ///< "two words of system part 2 are wrong"
    std::vector<RepairSource> sources;
    std::uint32_t timeout_ms = 0;  ///< longest wait for one answer
    std::uint32_t typical_ms = 0;  ///< how long it takes
    /// What the next ordinary start does where the power fails in this step: boot/ asked about the flash of that moment.
    struct PowerFailure {
        std::string boot;  ///< contract's words of a start: "runs", "dfu" ...
        std::string explain, way_back;
    } if_power_fails;
    /// How this step is taken back.
    struct Undo {
        bool possible = true;
        std::string explain;
    } undo;
};

struct RepairPlan {
    RepairPurpose purpose = RepairPurpose::Cure;
    std::string dump_name, dump_sha256;  ///< of the file that was analyzed
    std::uint64_t dump_size = 0;
    struct Device {
        std::string layout;
        std::uint16_t platform_id = 0;
        std::string serial;        ///< where the capture told an id; else ""
        std::string flash_sha256;  ///< of the whole flash but its EEPROM pages, which the firmware may write at any time
        std::uint16_t bootloader_version = 0;
        std::string table_code;  ///< name of the TableWriter when the plan begins; "" where nothing writes it
        bool table_reachable = false;
        bool table_looked_up_anew = false;  ///< bootloaders from 400 on: no reset is needed behind a write to a system part
    } device;
    std::vector<std::string> only_causes;  ///< what was asked for; empty: everything
    std::vector<std::string> cures;        ///< causes that are gone afterwards
    struct Left {
        std::string cause, why, instead;  ///< instead: what helps; "" if nothing is needed
    };
    std::vector<Left> leaves;  ///< causes that need no write over DFU
    std::vector<Left> cannot;  ///< causes that cannot be repaired here, or not with what was given
    struct File {
        std::string slot, release, sha256;  ///< sha256 of the module
        std::string from;                   ///< the file as it was named
    };
    std::vector<File> files;  ///< that must be there when the plan is carried out
    std::string key_file;     ///< the same of a new device key; "" where none is written
    /// The public key on record, as it was given: SubjectPublicKeyInfo, DER, lower case hex. It is no secret, and a plan that is made again needs it. ""
    /// where none was given.
    std::string registered_key;
    struct Missing {
        std::string cause, slot, release;
        std::string file, sha256;  ///< as it is published, and its digest in lower case hex; "" where that is not known
        std::string published_in;  ///< "particle-cli@2.8.0" (a package of npm), "device-os" (its releases on GitHub); "" where that is not known
    };
    std::vector<Missing> missing;  ///< firmware that would let more be repaired
    struct Consent {
        std::string word, loses;
        bool given = false;
    };
    std::vector<Consent> consents;
    std::vector<RepairStep> steps;
    struct Expect {
        std::string outcome;
        std::vector<std::string> causes;
    } expect;
};

/// How a flash is judged for this plan: with the key on record that it was made with, or with none.
AnalyzeOptions judging_of(const RepairPlan&);

/// True where a plan is to be read and not to be carried out: the installed bootloader is no released file, and the word for it was not said.
bool is_advice_only(const RepairPlan&);

/// The code that carries out a request for the table: six generations of the WICED kind, three of the DCD kind (facts/releases.h).
enum class TableWriter : std::uint8_t { G0, G1, G2, G3, G4, G5, D1, D2, D3 };
std::string_view name_of(TableWriter);  ///< "g0" ... "g5", "d1" ... "d3"

/// A plan and what only memory may hold.
struct Repair {
    RepairPlan plan;
    std::vector<std::vector<std::uint8_t>> contents;  ///< of each step, in its order; secret
    std::vector<TableWriter> codes;                   ///< of each step: the code that writes the table; means something for WriteTable only
    Image original{Range{}};                          ///< the flash that the plan was made for
    Image target{Range{}};                            ///< the flash as it is to be; the table as this room's own model writes it
    std::string backup_sha256;                        ///< backup_digest() of the flash whose backup is kept before anything is written
};

/// Total: any analysis gives a plan; one that is no ground for writing gives a plan without steps and the reasons. For a bootloader: the image into the OTA
/// area, the flag that asks the system to install it, one start (OTAH@v2.3.1:350-397, system/src/main.cpp@v2.3.1:788-796); refused where the installed system
/// would not do it.
Repair plan_repair(const Analysis&, const RepairWish&);

/// Back to the flash of `backup`: the modules' places that differ in `present`, and what `done` would write to the table. Both are of one device.
Repair plan_undo(const RepairPlan& done, const Analysis& backup, const Analysis& present);

/// What a start between a cut and the resumed repair has put into places that the repair does not touch (the factory's application, a waiting update): back to
/// what the backup holds there. No step where nothing changed. `present`: the device behind the repair.
Repair plan_restoration(const Repair& done, const Analysis& present);

/// Sectors of both flashes that DFU erases and programs, as far as they touch `at`; ascending.
std::vector<Range> writable_sectors(const Layout&, Range at);

/// Cells take a value only where they are erased: an STM32F1 refuses any other half word (PM0075, 2.3.3), an SST25 asks for erased bytes. Each sector is then
/// erased before it is programmed, also where a cut has left it half done; but one of the SST25 is not where only erased bytes of it change.
bool takes_erased_cells_only(const Layout&);

/// SHA-256 of all that a capture reads for a backup: the flash, and behind it the second one where the device keeps its keys there and the image holds it.
std::string backup_digest(const Image&, const Layout&);

/// SHA-256 of the flash without its EEPROM pages; where the keys lie in a second flash, with that one, but for the user's data.
std::string flash_digest(const Image&, const Layout&);

}  // namespace photopsy
