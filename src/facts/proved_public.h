#pragma once
// Law 11: public is what is proved public. A byte may be shown to a stranger, or stay in a copy for him, only where one of these reasons holds.
// What is left belongs to the owner, whatever it looks like.
#include "facts/dct.h"
#include "facts/modules.h"

#include <vector>

namespace photopsy {

enum class PublicReason : std::uint8_t {
    None,            ///< nothing proves it
    ReleasedModule,  ///< in a whole module whose SHA-256 is that of a released file
    ReleasedBlock,   ///< in a block of firmware that a release has byte for byte, but for a bit that a checksum proves to be flipped
    ModuleHeader,    ///< a field of a module header, with a value that such a field can have
    ModuleEnd,       ///< a field of a module's suffix or checksum: of a known form, or those of a released file
    Vectors,         ///< initial stack pointer and entries of a vector or export table that point into its module
    ImportStub,      ///< the fixed instructions by which one module calls another, and the address of a system part's table
    RadioRecord,     ///< size and place of the Wi-Fi firmware inside a system part
    UpdateFlag,      ///< a flag of the page by which firmware in one piece is updated, with a value that means something
    TableStructure,  ///< header or trailer of a configuration table, with a value of a known form; never its checksum
    TableField,      ///< a flag or number of the table with a value that the firmware writes
    ServerKey,       ///< a key that Particle published, at the place for it
    EepromRecord,    ///< a page's status; a record's status and number, never its value
    Blank            ///< eight or more erased or zero bytes in a row, with a worn cell here and there
};
std::string_view name_of(PublicReason);  ///< "released block" ...

/// Which bytes of a device's flashes are proved public, and by what. Addresses outside them are not public.
class PublicMap {
public:
    explicit PublicMap(const Image&);

    /// Gives `at` (cut to one flash) a reason where it has none yet.
    void mark(Range at, PublicReason);
    PublicReason why(Address) const;
    /// True where every byte of `at` is public; also for an empty range.
    bool covers(Range at) const;
    /// True where every byte of `at` is in released firmware.
    bool is_released(Range at) const;

private:
    /// A piece of a flash. Most have one reason for all of their bytes; the others one for each.
    struct Page {
        Range at;
        PublicReason all = PublicReason::None;
        std::vector<PublicReason> each = {};
    };
    struct Flash {
        Range at;
        std::vector<Page> pages;
    };
    const Flash* flash_with(Range at) const;
    static void mark(Page&, Range at, PublicReason);
    /// True where `holds` says so of the reason of every byte of `at`, which lies in one flash.
    template <class Holds>
    static bool every(const Flash&, Range at, Holds holds);

    std::vector<Flash> flashes_;  // one or two
};

/// The proved public bytes of an image. Total; few passes over the image. Bytes that the file does not hold are never public.
/// Sources of the forms: docs/formats/dct.md, docs/formats/module.md, docs/formats/eeprom.md.
PublicMap proved_public(const Image&, const Layout&, const std::vector<Module>&, const Dct&);

}  // namespace photopsy
