#pragma once
// Updates: the five slots of the configuration table, the OTA flag, the OTA area, and how far a copy got. Format: docs/formats/ota.md.
#include "facts/dct.h"
#include "facts/modules.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

struct OtaSlot {
    int number = 0;                       ///< 0 (factory) .. 4
    Range at;                             ///< 20 bytes in the DCT copy
    Field<std::uint16_t> magic;           ///< 0xABCD pending, 0x0FAC factory, 0xFFFF or 0 not pending
    Field<std::uint8_t> source_device, destination_device;
    Field<std::uint32_t> source, destination, length;
    Field<std::uint8_t> flags, function;
    enum class State { Unused, ClearedZero, ClearedHistory /* FFFF + descriptor of the last job */, Pending, Factory, Odd } state = State::Unused;
};

/// How the bytes of a copy's destination compare with its source, sector by sector.
enum class CopySector { Done, InProgress, Erased, Old, Mixed };

struct CopyProgress {
    std::string slot;                     ///< destination slot name
    Range destination;                    ///< L + 4 bytes
    std::vector<CopySector> sectors;
    std::uint32_t copied = 0;             ///< bytes that are the new module's, from the start
    std::uint32_t total = 0;              ///< L + 4
    Address boundary = 0;                 ///< first address that is not the new module's
};

/// Cases of facts section 5.1.
enum class OtaCase {
    None,              ///< (0) or nothing at all
    Receiving,         ///< (a), (a0)
    ReceivedRejected,  ///< (a')
    Pending,           ///< (b)
    PendingUnreachable,///< (b')
    CopyInterrupted,   ///< (c1) .. (c4)
    ClearedNotCopied,  ///< (c5)
    CopiedNotCleared,  ///< (d)
    BootloaderCopyInterrupted, ///< (f)
    DfuWriteInterrupted        ///< (g)
};

struct OtaFacts {
    std::vector<OtaSlot> slots;           ///< of the selected copy
    std::vector<OtaSlot> history;         ///< of the other copy
    std::optional<Field<std::uint8_t>> update_flag;  ///< ota_update_flag of the selected copy
    OtaCase kind = OtaCase::None;
    std::string case_letter;              ///< "c3", "" if none
    std::optional<CopyProgress> progress; ///< for (c*), (f), (g)
    std::string from_release, to_release; ///< "" where unknown
    std::uint32_t received = 0, expected = 0;  ///< (a): bytes
    std::vector<Range> holes;             ///< (a): erased runs inside the received part
    std::optional<int> pending_slot;
    enum class Resumes { NotApplicable, Yes, No, AfterRepair, MakesItWorse } resumes = Resumes::NotApplicable;
    bool area_erased = false;
    std::string half_written_slot;        ///< see identify_system()
};

OtaFacts read_ota(const Image&, const Layout&, const std::vector<Module>&, const Dct&, std::optional<std::uint16_t> bootloader_version);

}  // namespace photopsy
