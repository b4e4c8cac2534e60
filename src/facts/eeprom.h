#pragma once
// Emulated EEPROM: two pages, log of records. Format: docs/formats/eeprom.md. Contents are the owner's: only counts leave this room.
#include "flash/image.h"
#include "flash/layout.h"

#include <optional>
#include <vector>

namespace photopsy {

enum class EepromPageState { NotInFile, Erased, Copy, Active, Inactive, Corrupt };

struct EepromPage {
    int number = 0;
    Range at;
    Field<std::uint32_t> status;
    EepromPageState state = EepromPageState::NotInFile;
    std::uint32_t records = 0;           ///< valid ones the firmware reads
    std::uint32_t unreachable = 0;       ///< valid records behind the first invalid one
    std::optional<Range> first_invalid;  ///< first record that is neither valid nor empty, or an empty one followed by valid ones
    std::uint32_t index_out_of_range = 0;
    std::optional<Range> first_index_out_of_range;
    bool body_erased = false;   ///< nothing behind the page header
    bool ends_in_hole = false;  ///< first_invalid is an empty record with valid ones behind it: a write of several bytes was cut off
};

/// Which code will read the pages: it decides what becomes of them.
enum class EepromCode { Unknown, Until049 /* ST's: two statuses, 16 KiB of each page */, Since050 };

/// What the next start of the installed firmware does with what is stored.
enum class EepromAtStart {
    Unknown,        ///< the file or the version does not tell
    NothingStored,  ///< no page was ever used
    Kept,           ///< a page is active and stays
    SwapFinished,   ///< up to 0.4.9: a swap that was cut off is carried on; nothing is lost
    Formatted       ///< both pages are erased
};

struct Eeprom {
    EepromCode code = EepromCode::Unknown;
    EepromAtStart at_start = EepromAtStart::Unknown;
    /// Set where an update that waits brings the other code before the next start, which `code` and `at_start` are told of: what the installed one would do.
    std::optional<EepromAtStart> without_update;
    bool holds_values() const;  ///< any page holds a valid record, reachable or not
    std::vector<EepromPage> pages;
    std::optional<int> active;  ///< page number the firmware reads; nothing where it reads none, or the file does not tell
    std::uint32_t cells_in_use = 0;
    enum class State { NotChecked, NeverUsed, Normal, SwapInterrupted, BothActive, WillBeFormatted, Corrupt } state = State::NotChecked;
};

/// `system_version`: module_version of the installed system; nothing where it is not known (then only what holds for either code is said).
Eeprom read_eeprom(const Image&, const Layout&, std::optional<std::uint16_t> system_version = {});

/// What a system of this module_version does at its start with pages that were read for whatever other.
EepromAtStart eeprom_at_start_of(const Eeprom&, std::uint16_t system_version);
/// There are values, the code that was judged keeps them, and a system of this version would erase them.
bool would_lose_eeprom(const Eeprom&, std::uint16_t system_version);

/// The values of the 2048 cells as the valid records of one page tell them, in the order of the cells; FF where none does. Records behind a broken one
/// count as well: the firmware does not read them, but their values are there. The owner's data, and perhaps his keys: for handshake/ and mend/ only.
enum class EepromRecord { Newest, Oldest };  ///< which record of a cell counts
std::vector<std::uint8_t> eeprom_values(ByteView page, EepromRecord);

}  // namespace photopsy
