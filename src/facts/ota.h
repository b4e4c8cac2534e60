#pragma once
// Updates: the five slots of the configuration table, the OTA flag, the OTA area, and how far a copy got. Format: docs/formats/ota.md.
#include "facts/dct.h"
#include "facts/modules.h"
#include "facts/monolithic_update.h"
#include "facts/table_access.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

struct OtaSlot {
    int number = 0;              ///< 0 (factory) .. 4
    Range at;                    ///< 20 bytes in the DCT copy
    Field<std::uint16_t> magic;  ///< 0xABCD pending, 0x0FAC factory, 0xFFFF or 0 not pending
    Field<std::uint8_t> source_device, destination_device;
    Field<std::uint32_t> source, destination, length;
    Field<std::uint8_t> flags, function;
    enum class State { Unused, ClearedZero, ClearedHistory /* FFFF + descriptor of the last job */, Pending, Factory, Odd } state = State::Unused;
};

/// How the bytes of a copy's destination compare with its source, sector by sector.
enum class CopySector {
    Done,        ///< the new module's bytes
    InProgress,  ///< the new module's bytes, then erased
    Erased,
    Old,   ///< something else
    Mixed  ///< the new module's, but for a few bytes
};

struct CopyProgress {
    std::string slot;                 ///< destination slot name
    Range destination;                ///< L + 4 bytes
    std::vector<CopySector> sectors;  ///< the destination's flash sectors that hold bytes of the module, in order
    std::uint32_t copied = 0;         ///< bytes that are the new module's, from the start
    std::uint32_t total = 0;          ///< L + 4
    Address boundary = 0;             ///< first address that is not the new module's
    Range erased;                     ///< the erased run behind the boundary; empty where old content follows at once
};

/// Cases of facts section 5.1.
enum class OtaCase {
    None,                       ///< (0) or nothing at all
    Receiving,                  ///< (a), (a0)
    ReceivedRejected,           ///< (a')
    Pending,                    ///< (b)
    PendingUnreachable,         ///< (b')
    CopyInterrupted,            ///< (c1) .. (c4)
    ClearedNotCopied,           ///< (c5)
    CopiedNotCleared,           ///< (d)
    BootloaderCopyInterrupted,  ///< (f)
    DfuWriteInterrupted         ///< (g)
};

/// How the installed bootloader copies and when it clears the slot (flash_mal.c of the tags named in docs/formats/ota.md).
enum class CopyCode {
    Unknown,
    EraseAllThenCopy,   ///< <= 6: all sectors erased first; slot zeroed after the copy
    SectorBySector,     ///< 7 - 11: slot zeroed after the copy
    ClearedBeforeCopy,  ///< 100 - 1002: the slot is cleared before anything is copied
    ClearedAfterCopy    ///< >= 1003
};
CopyCode copy_code(std::optional<std::uint16_t> bootloader_version);

/// What the bootloader's check before the copy (FLASH_CheckCopyMemory) says of a pending slot, by the checks that its flags ask for; anything but None: the
/// slot is cleared and nothing is copied.
enum class CopyRefusal { None, Range, Length, Platform, Destination, Function, Checksum };

struct OtaFacts {
    std::vector<OtaSlot> slots;                      ///< of the selected copy
    std::vector<OtaSlot> history;                    ///< of the other copy
    bool table_is_new = false;                       ///< no slots, because the firmware would write a default table first
    std::optional<int> cleared_in_place;             ///< slot that a bootloader up to 11 zeroed in a table with checksum, which is all that breaks it
    std::optional<Field<std::uint8_t>> behind_flag;  ///< the byte behind ota_update_flag
    std::optional<Field<std::uint8_t>> update_flag;  ///< ota_update_flag of the selected copy
    OtaCase kind = OtaCase::None;
    std::string case_letter;                   ///< "c3", "" if none
    std::optional<CopyProgress> progress;      ///< for (c*), (f), (g)
    std::string from_release, to_release;      ///< "" where unknown
    std::uint32_t received = 0, expected = 0;  ///< (a): bytes that arrived (without holes), bytes in all; expected 0: not known
    std::vector<Range> holes;                  ///< (a): erased runs inside the received part
    std::optional<int> pending_slot;           ///< first slot that the bootloader would work on
    std::optional<int> harmful_slot;           ///< the same, where nothing refuses a copy that destroys the bootloader, the table or installed firmware
    std::optional<Module> source_elsewhere;    ///< for pending_slot: the whole image that is copied, where it does not lie in the OTA area
    std::vector<int> stale_slots;              ///< pending slots whose image is no longer in the OTA area
    CopyRefusal refusal = CopyRefusal::None;   ///< for pending_slot
    std::optional<int> descriptor_slot;        ///< slot that describes the job of `progress` or of the pending image
    bool descriptor_only_in_history = false;   ///< found in the superseded copy alone
    enum class Resumes { NotApplicable, Yes, No, AfterRepair, MakesItWorse, Harms, Unknown } resumes = Resumes::NotApplicable;
    CopyCode code = CopyCode::Unknown;
    TableAccess access = TableAccess::Unknown;  ///< how this bootloader reaches the slots
    bool area_erased = false;                   ///< first sector of the OTA area
    Range image;                                ///< where the image (received part for (a)) lies in the OTA area; empty: none
    std::string image_slot;                     ///< slot the image is made for; "" if it has no place on this device
    bool image_for_other_platform = false;      ///< a whole image whose platform_id is not this device's
    std::string half_written_slot;              ///< see identify_system()
    std::optional<MonolithicUpdate> by_flag;    ///< firmware in one piece: updates go by the system flags, and the slots above do not exist
};

OtaFacts read_ota(const Image&, const Layout&, const std::vector<Module>&, const Dct&, std::optional<std::uint16_t> bootloader_version);

}  // namespace photopsy
