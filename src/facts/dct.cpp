#include "facts/dct.h"

#include "facts/dct_copies.h"
#include "facts/dct_format.h"
#include "facts/store.h"

#include <fmt/format.h>

namespace photopsy {
namespace format = dct_format;

std::string_view name_of(DctCopyState state) {
    switch (state) {
        case DctCopyState::NotInFile:
            return "not in the file";
        case DctCopyState::Erased:
            return "erased";
        case DctCopyState::NearlyErased:
            return "nearly erased";
        case DctCopyState::Current:
            return "current";
        case DctCopyState::Superseded:
            return "superseded";
        case DctCopyState::SupersededDamaged:
            return "superseded, damaged";
        case DctCopyState::OlderFormat:
            return "older format";
        case DctCopyState::Incomplete:
            return "incomplete";
        case DctCopyState::ValidTwin:
            return "also valid";
        case DctCopyState::Rejected:
            return "rejected";
        case DctCopyState::Unreadable:
            return "unreadable";
    }
    return "";
}

const DctCopy* Dct::copy(int number) const {
    for (const auto& each : copies)
        if (each.number == number) return &each;
    return nullptr;
}

bool Dct::other_is_newer() const {
    const auto *used = current(), *unused = other();
    if (!used || !unused || !used->has_version_struct || !unused->has_version_struct) return false;
    return static_cast<std::uint8_t>(unused->sequence.value - used->sequence.value) == 1;
}

static Range field_in(Range copy, const Layout& layout, std::string_view name) {
    const auto* field = layout.dct.field(name);
    if (!field) return {};
    bool in_application = false;
    for (const auto& each : layout.dct.fields) in_application = in_application || &each == field;
    const auto offset = field->offset + (in_application ? layout.dct.application_offset : 0);
    if (offset > copy.size() || field->size > copy.size() - offset) return {};
    return range_of(copy.begin + offset, field->size);
}

Range Dct::field_at(const Layout& layout, std::string_view name, int number) const {
    const auto* where = copy(number);
    return where ? field_in(where->at, layout, name) : Range{};
}

Range Dct::field_at(const Layout& layout, std::string_view name) const {
    if (!only_place.empty()) return field_in(only_place, layout, name);
    if (selected) return field_at(layout, name, *selected);
    return from_dfu_upload ? field_at(layout, name, 1) : Range{};
}

std::string Dct::place_name(const Layout& layout, Range at) const {
    for (const auto& each : copies) {
        if (!each.at.contains(at.begin)) continue;
        const auto name = fmt::format("DCT copy {}", each.number);
        for (const auto* table : {&layout.dct.fields, &layout.dct.system_fields})
            for (const auto& field : *table)
                if (field_at(layout, field.name, each.number).contains(at)) return fmt::format("{}, {}", name, field.title);
        return name;
    }
    const auto* region = layout.region_at(at.begin);
    return region ? region->title : std::string();
}

/// Why the firmware takes the copy it takes, in the words of its own code.
static std::string reason(const Dct& dct, DctGeneration generation) {
    const int other_number = 3 - *dct.selected;
    const auto &chosen = *dct.current(), &other = *dct.other();
    if (generation < DctGeneration::G4) {
        if (*dct.selected == 1 && other.magic_good() && other.is_current_dct.value == 1 && other.write_incomplete.value == 0)
            return "Both copies are valid to this firmware; it then takes the first.";
        return "It is the only copy with a complete header that is marked current.";
    }
    if (!other.magic_good() || other.write_incomplete.value != 0 || (generation >= DctGeneration::G4 && other.used_size.value > other.full_size.value))
        return fmt::format("Copy {} has no complete header.", other_number);
    if (chosen.has_version_struct && !other.has_version_struct) return "It is in the newer format, the other in the older one.";
    if (chosen.crc_good() && other.crc_good()) return "Both checksums are right; it has the higher sequence number.";
    if (chosen.crc_good())
        return other.is_current_dct.value == 0 ? "Its checksum is right, and the other copy is marked as superseded."
                                               : "Its checksum is right, the other copy's is not.";
    if (chosen.fresh_default) return "It is a default table that was just written.";
    if (generation == DctGeneration::G4) return "Both checksums fail, and this firmware then takes the first copy, even an outdated one.";
    if (chosen.is_current_dct.value == 0 && other.is_current_dct.value == 0)
        return "Both checksums fail and neither copy is marked current: this firmware then takes the second.";
    return "Both checksums fail, and this firmware then takes the copy that is marked current.";
}

static void select(const Image& image, const DctLayout& layout, DctGeneration generation, Dct& dct) {
    const auto one = image.bytes(layout.copies[0]), two = image.bytes(layout.copies[1]);
    if (one.size() == format::copy_size && two.size() == format::copy_size) {
        dct.selection_by_family = {select_dct(one, two, DctGeneration::G3), select_dct(one, two, DctGeneration::G4), select_dct(one, two, DctGeneration::G5)};
        const int chosen = select_dct(one, two, generation);
        dct.would_reinitialize = chosen == 0;
        dct.selected_because = "Neither copy has a complete header with the right magic number: the firmware would write defaults over them.";
        if (chosen) dct.selected = chosen;
        if (chosen) dct.selected_because = reason(dct, generation);
        return;
    }
    // Half of the pair is not in the file: the one that is there counts where its own mark and checksum speak for it.
    for (const auto& copy : dct.copies) {
        if (copy.state == DctCopyState::NotInFile || !copy.magic_good() || copy.write_incomplete.value != 0 || copy.is_current_dct.value != 1) continue;
        if (copy.has_version_struct && !copy.crc_good()) continue;
        dct.selected = copy.number;
        dct.selected_because =
            "It is marked current and sound. The other copy is not in the file; only after a write that was cut off would the firmware take that one.";
    }
}

Dct read_wiced_table(const StoreScene& scene) {
    const auto& [image, layout, code] = scene;
    Dct dct;
    if (layout.dct.copies.size() != 2) return dct;
    for (const auto at : layout.dct.copies)
        if (at.size() != format::copy_size) return dct;
    for (std::size_t i = 0; i < 2; ++i) dct.copies.push_back(read_dct_copy(image, layout.dct.copies[i], static_cast<int>(i) + 1));
    select(image, layout.dct, code.table, dct);
    judge_dct_copies(image, dct, code.table);
    dct.strays = find_stray_copies(image, layout.dct);
    const auto application = layout.dct.copies[0].begin + layout.dct.application_offset;
    dct.from_dfu_upload = !image.has(range_of(layout.dct.copies[0].begin, 16)) && image.has(range_of(application, 64));
    return dct;
}

}  // namespace photopsy
