#pragma once
// The configuration table (DCT): two copies, six generations of code that wrote them. Format: docs/formats/dct.md.
#include "facts/dcd.h"
#include "facts/releases.h"
#include "flash/image.h"
#include "flash/layout.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

enum class DctCopyState {
    NotInFile,
    Erased,             ///< every byte FF
    NearlyErased,       ///< FF with a few stray 0 bits (interrupted erase)
    Current,            ///< the copy the installed firmware reads
    Superseded,         ///< G4/G5: byte 9 cleared, otherwise whole (the previous table)
    SupersededDamaged,  ///< byte 9 cleared and the CRC fails even with byte 9 restored
    OlderFormat,        ///< whole, written by G0-G3 before an upgrade
    Incomplete,         ///< a write that was interrupted (rows B and C)
    ValidTwin,          ///< also valid (rows D and F): the firmware picks the other
    Rejected,           ///< marked current, but its CRC fails and the firmware uses the other copy
    Unreadable          ///< no magic, not erased
};
std::string_view name_of(DctCopyState);  ///< "current", "superseded", "older format" ...

/// Where the bytes lie that break the CRC of a copy, as close as arithmetic tells.
struct DctDamage {
    enum class Proof {
        OneByte,     ///< undoing the change of this one byte makes the CRC right and agrees with the other copy
        Difference,  ///< putting back the other copy's bytes here makes the CRC right
        StoredCrc,   ///< only the stored checksum itself differs, in one byte
        Candidates,  ///< the copies differ here and the change that breaks the CRC may be among them
        None         ///< nothing to compare with: somewhere in the copy
    } proof = Proof::None;
    std::vector<Range> places;  ///< flash addresses, sorted; the whole copy for None
    unsigned flipped_bits = 0;  ///< for OneByte
};

/// Header, trailer and checksum of one copy.
struct DctCopy {
    int number = 0;  ///< 1 or 2
    Range at;
    DctCopyState state = DctCopyState::NotInFile;
    Field<std::uint32_t> full_size, used_size;
    Field<std::uint8_t> write_incomplete, is_current_dct, app_valid, mfg_info_programmed;
    Field<std::uint32_t> magic_number;
    // dct_version, 16 bytes at 0x3FF0; written by G4/G5 only
    Field<std::uint32_t> version_magic;
    Field<std::uint16_t> version_flags, version;
    Field<std::uint32_t> stored_crc;
    Field<std::uint8_t> initial_write, sequence;
    std::optional<std::uint32_t> computed_crc;             ///< as the firmware computes it; nothing where the copy is not wholly in the file
    std::optional<std::uint32_t> computed_crc_if_current;  ///< the same with byte 9 := 1 and 0x3FFC as stored (the superseded-sector trick)
    bool has_version_struct = false;                       ///< version_magic is right
    bool reinitialized_mark = false;                       ///< apps_locations mark of a G4/G5 re-initialisation (1.8)
    bool fresh_default = false;                  ///< just re-initialised and never written since (G4/G5: initial_write 1, crc 0; G0-G3: header, then FF)
    std::uint32_t zero_bits_outside_header = 0;  ///< number of 0 bits in an otherwise erased copy
    std::optional<DctDamage> damage;             ///< where the CRC is bad although it should hold (current, rejected, damaged superseded copy)
    std::uint32_t erased_from = 0;               ///< offset from which on the body is FF to the trailer (where an interrupted write stopped)

    bool magic_good() const { return magic_number.value == 0x4D435242; }
    bool crc_good() const { return has_version_struct && computed_crc && *computed_crc == stored_crc.value; }
};

/// One application field of a copy: where it is and whether it is set. The value is never held here.
struct DctFieldFact {
    const DctField* field = nullptr;
    Range at;
    enum class State { NotInFile, Unset /* all FF */, Zero, Set } state = State::NotInFile;
};

struct Dct {
    std::vector<DctCopy> copies;  ///< two, or none for a device without this format
    Range only_place;             ///< of a store that has no copies: where its fields lie; empty otherwise
    std::optional<int> selected;  ///< 1 or 2: the copy the installed firmware selects; nothing: it would re-initialise, or not in the file
    /// As long as a transfer, where the fields lie, and all zeros, which a read over USB that failed leaves as well, or around the device's key and erased
    /// between pages that are not; or all of the only place, where it reads FF throughout or as one page again and again, as a chip that does not answer, or
    /// not to its address, does.
    std::vector<Range> unread_pages;
    bool would_reinitialize = false;  ///< both unusable: the firmware writes defaults at its next read
    std::string selected_because;     ///< one sentence
    /// What each family of code selects (0 = re-initialise): G0-G3, G4, G5.
    std::array<int, 3> selection_by_family{};
    bool alternate_is_recent_write = false;  ///< row D/E: the other copy is one write old
    std::vector<DctFieldFact> fields;        ///< of the selected copy, in the layout's order
    bool copies_one_write_apart = false;     ///< both copies whole, and they differ in one place at most (or where one of them is erased)
    std::vector<Range> strays;               ///< whole copies at places where none belongs
    std::optional<DcdFacts> dcd;             ///< where the store is of that kind and both of its sectors are in the file
    bool from_dfu_upload = false;            ///< fields come from a DFU alt 1 upload: no headers seen

    /// The device keeps such a table, and the file does not hold what tells which of its copies counts: no field of it is known.
    bool is_unseen() const { return !copies.empty() && !selected && !would_reinitialize && !from_dfu_upload; }
    const DctCopy* copy(int number) const;
    const DctCopy* current() const { return selected ? copy(*selected) : nullptr; }
    /// True where a part of `at` lies in one of the unread_pages.
    bool may_be_unread(Range at) const {
        for (const auto& page : unread_pages)
            if (page.overlaps(at)) return true;
        return false;
    }
    /// By the sequence numbers the copy that is not in use is one write newer (their wrap at 256 counted in).
    bool other_is_newer() const;
    const DctCopy* other() const { return selected ? copy(3 - *selected) : nullptr; }
    /// Range of an application field in the selected copy (or in copy `number`). Empty range if there is none.
    Range field_at(const Layout&, std::string_view name) const;
    Range field_at(const Layout&, std::string_view name, int number) const;
    /// What lies at an address of one of the copies: "DCT copy 2, device private key". Title of the area where no field has it.
    std::string place_name(const Layout&, Range) const;
};

/// read_store() of facts/store.h for a table whose code is of this generation.
Dct read_dct(const Image&, const Layout&, DctGeneration);

/// The CRC-32 as the firmware's G4/G5 code computes it over one 16 KiB copy (chunked, dct 1.6). `sector` must be 0x4000 bytes.
std::uint32_t dct_crc(ByteView sector);
/// The same for the copy as it was before `is_current_dct` (byte 9) was cleared.
std::uint32_t dct_crc_with_current_mark(ByteView sector);
/// True where the copy is the default that a G0-G3 re-initialisation writes: header, then nothing. `sector` must be 0x4000 bytes.
bool is_old_default_table(ByteView sector);
/// Which copy a generation selects: 1, 2 or 0 (re-initialise). Both sectors must be 0x4000 bytes.
int select_dct(ByteView copy1, ByteView copy2, DctGeneration);

}  // namespace photopsy
