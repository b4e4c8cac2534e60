#pragma once
// Places of a flash where something of its own must stand. A repetition that put other bytes there is a fault of the reading; anywhere else
// an owner's log, table or picture may repeat as it likes.
#include "flash/suspicion.h"

namespace photopsy {

class FixedPlaces {
public:
    FixedPlaces(const Image& image, const Layout& layout) : image_(image), layout_(layout) {}

    /// True where the bytes of `run`, which equal those `lag` before them, stand where something else must: the header of a module, of a table copy or of an
    /// EEPROM page, the inside of a table copy, or the inside of a module whose checksum is wrong. An application's own data may repeat inside it, so there
    /// only what does not repeat within itself counts, as long as it lies as blocks of a transfer do. A copy of a module at the place of another is none.
    bool overwritten(Range run, std::uint32_t lag);
    /// True where the zeros of `run` stand in a module whose checksum is wrong, or where a header or key must stand.
    bool zeroed(Range run);
    /// Blocks of a transfer in a module with a wrong checksum that hold what DFU alternate setting 1 gives: the application data of a table copy.
    std::vector<Range> table_data_in_modules();
    /// The module that a slot's header says to begin there, its checksum included; empty where no header does.
    Range claimed_by(const ModuleSlot& slot);
    /// Slots of device keys that hold the beginning of a key: never taken for a mere repetition.
    std::vector<Range> key_slots() const;

private:
    struct PlacedModule {
        const ModuleSlot* slot;
        Range at;
        Address linked_at;
        bool whole;
    };
    const std::vector<PlacedModule>& modules();
    bool in_damaged_module(Range block);
    bool header_gone(Range run);
    bool table_gone(Range copy) const;
    bool table_overwritten(Range run, std::uint32_t lag) const;
    bool page_overwritten(Range run, std::uint32_t lag) const;
    bool module_overwritten(Range run, std::uint32_t lag);
    bool is_copy_of_another(const PlacedModule&, std::uint32_t lag) const;
    bool stands_in_whole_copy(const PlacedModule&, Range part);
    bool goes_on_beyond(Range run, std::uint32_t lag) const;

    const Image& image_;
    const Layout& layout_;
    std::optional<std::vector<PlacedModule>> modules_;
};

}  // namespace photopsy
