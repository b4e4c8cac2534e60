#include "facts/dct_copies.h"

#include "facts/dct_damage.h"
#include "facts/dct_format.h"
#include "facts/erased.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace photopsy {
namespace format = dct_format;

/// apps_locations as a G4/G5 re-initialisation fills it: id 2, location 34 * i (docs/formats/dct.md, "Marks of a re-initialisation").
static bool has_reinitialized_mark(ByteView copy) {
    for (std::uint32_t i = 0; i < 8; ++i) {
        const auto entry = copy.subspan(format::apps_locations + 36 * i);
        if (entry[0] != 2 || little_endian<std::uint32_t>(entry.subspan(4)) != 34 * i) return false;
    }
    return true;
}

/// The system flags of code up to 0.6.4, which each start writes to the beginning of the application data (flash-modules-ota 8.2): nobody set them up.
static bool holds_only_system_flags(ByteView application) {
    constexpr std::uint32_t header = 0x1ADEACC0;
    constexpr std::size_t size = 32;
    return all_erased(application.subspan(size)) && (all_erased(application.first(size)) || little_endian<std::uint32_t>(application) == header);
}

bool is_old_default_table(ByteView copy) {
    return copy.size() == format::copy_size && little_endian<std::uint32_t>(copy.subspan(format::magic)) == format::magic_number &&
           copy[format::write_incomplete] == 0 && copy[format::is_current] == 1 &&
           all_erased(copy.subspan(format::header_size, format::application - format::header_size)) &&
           holds_only_system_flags(copy.subspan(format::application));
}

static std::uint32_t zero_bits(ByteView bytes) {
    std::uint32_t zeros = 0;
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
        std::uint64_t word = ~std::uint64_t{0};
        std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
        if (~word != 0) zeros += static_cast<std::uint32_t>(std::popcount(~word));  // most are erased
    }
    return zeros;
}

/// Offset behind the last written byte of the body (before network_config and version struct): where a write stopped.
static std::uint32_t written_until(ByteView copy) {
    return format::header_size + written_size(copy.subspan(format::header_size, format::version_struct - format::header_size));
}

static void read_fields(const Image& image, Address base, DctCopy& copy) {
    auto header = image.reader({base, base + 16});
    copy.full_size = header.read<std::uint32_t>();
    copy.used_size = header.read<std::uint32_t>();
    copy.write_incomplete = header.read<std::uint8_t>();
    copy.is_current_dct = header.read<std::uint8_t>();
    copy.app_valid = header.read<std::uint8_t>();
    copy.mfg_info_programmed = header.read<std::uint8_t>();
    copy.magic_number = header.read<std::uint32_t>();
    auto trailer = image.reader({base + format::version_struct, base + format::copy_size});
    copy.version_magic = trailer.read<std::uint32_t>();
    copy.version_flags = trailer.read<std::uint16_t>();
    copy.version = trailer.read<std::uint16_t>();
    copy.stored_crc = trailer.read<std::uint32_t>();
    copy.initial_write = trailer.read<std::uint8_t>();
    copy.sequence = trailer.read<std::uint8_t>();
    copy.has_version_struct = copy.version_magic.value == format::version_magic_number;
}

DctCopy read_dct_copy(const Image& image, Range at, int number) {
    DctCopy copy{.number = number, .at = at};
    read_fields(image, at.begin, copy);
    const auto bytes = image.bytes(at);
    if (bytes.size() != format::copy_size) return copy;
    copy.state = all_erased(bytes) ? DctCopyState::Erased : DctCopyState::Unreadable;
    copy.reinitialized_mark = has_reinitialized_mark(bytes);
    copy.zero_bits_outside_header = zero_bits(bytes.subspan(format::header_size));
    copy.erased_from = written_until(bytes);
    if (copy.has_version_struct) {
        copy.computed_crc = dct_crc(bytes);
        copy.computed_crc_if_current = dct_crc_with_current_mark(bytes);
    }
    copy.fresh_default =
        is_old_default_table(bytes) || (copy.magic_good() && copy.has_version_struct && copy.initial_write.value == 1 && copy.stored_crc.value == 0);
    return copy;
}

/// True where what is written in the body looks like the beginning of a rewrite: whole values, or what `current` has there too. Wear and
/// broken-off erases leave single bits here and there.
static bool looks_written(ByteView copy, ByteView current) {
    constexpr std::uint32_t value_length = 8;
    std::uint32_t written = 0, same = 0, run = 0, longest = 0;
    for (auto i = format::header_size; i < format::version_struct; ++i) {
        run = copy[i] == 0xFF ? 0 : run + 1;
        longest = std::max(longest, run);
        if (copy[i] == 0xFF) continue;
        ++written;
        if (current.size() == copy.size() && copy[i] == current[i]) ++same;
    }
    return longest >= value_length || (written > 0 && same * 4 >= written * 3);
}

/// The first words of a header as every writer programs them, one after the other, the magic number not (wholly) among them; erased behind it.
static bool header_not_finished(ByteView header) {
    constexpr std::uint32_t erased = 0xFFFFFFFF, word = 4;
    const auto at = [&](std::uint32_t offset) { return little_endian<std::uint32_t>(header.subspan(offset)); };
    if (!is_erased(header.subspan(format::magic + word)) || (at(format::magic) & format::magic_number) != format::magic_number) return false;
    const bool marks = header[format::write_incomplete] <= 1 && header[format::is_current] <= 1;
    const bool second_begun = at(word) != erased, marks_begun = at(format::write_incomplete) != erased, magic_begun = at(format::magic) != erased;
    if (magic_begun && !marks_begun) return false;
    return (at(0) == 0 && (at(word) == 0 || !second_begun) && (!marks_begun || (second_begun && marks))) || is_erased(header.first(format::magic + word));
}

static DctCopyState state_without_magic(ByteView bytes, ByteView current, std::uint32_t zero_bits_in_body) {
    const bool header_erased = header_not_finished(bytes.first(format::header_size));
    if (header_erased && looks_written(bytes, current)) return DctCopyState::Incomplete;
    const auto zero_bits_in_header = zero_bits(bytes.first(format::header_size));
    if (zero_bits_in_header + zero_bits_in_body < format::copy_size * 8 / 100) return DctCopyState::NearlyErased;
    return header_erased ? DctCopyState::Incomplete : DctCopyState::Unreadable;
}

/// A table is of the newer format only with a version that this code knows.
static bool version_counts(const DctCopy& copy) {
    constexpr std::uint16_t newest = 0x370;
    return copy.has_version_struct && copy.version.value >= 1 && copy.version.value <= newest;
}

/// What the copy that was not selected is. `bytes` are its own, `current` those of the selected one (empty if there is none).
static DctCopyState state_beside(const DctCopy& copy, ByteView bytes, ByteView current, DctGeneration generation) {
    if (!copy.magic_good()) return state_without_magic(bytes, current, copy.zero_bits_outside_header);
    if (copy.write_incomplete.value != 0) return DctCopyState::Incomplete;
    if (generation >= DctGeneration::G4 && copy.used_size.value > copy.full_size.value) return DctCopyState::Unreadable;
    const bool marked_current = copy.is_current_dct.value != 0;
    if (!copy.has_version_struct) {
        if (copy.erased_from == format::header_size && !copy.fresh_default) return DctCopyState::Incomplete;  // a half-erased leftover
        return marked_current ? DctCopyState::ValidTwin : DctCopyState::OlderFormat;
    }
    if (!marked_current) {
        const bool never_had_a_crc = copy.version.value == 0 && copy.stored_crc.value == 0;  // a default table, superseded by the first write
        return never_had_a_crc || copy.computed_crc_if_current == copy.stored_crc.value ? DctCopyState::Superseded : DctCopyState::SupersededDamaged;
    }
    if (copy.crc_good() || copy.fresh_default) return DctCopyState::ValidTwin;
    return generation >= DctGeneration::G4 ? DctCopyState::Rejected : DctCopyState::ValidTwin;
}

static void locate(DctCopy& copy, ByteView bytes, ByteView reference) {
    const bool superseded = copy.state == DctCopyState::SupersededDamaged;
    const bool should_hold = superseded || copy.state == DctCopyState::Current || copy.state == DctCopyState::Rejected;
    const bool has_crc = copy.has_version_struct && !copy.fresh_default && copy.version.value != 0;
    if (!should_hold || !has_crc) return;
    // A copy that was superseded and is used all the same (the other one is lost) has its mark cleared on purpose.
    const bool mark_cleared = copy.is_current_dct.value == 0;
    const auto computed = mark_cleared ? copy.computed_crc_if_current : copy.computed_crc;
    if (computed && *computed != copy.stored_crc.value) copy.damage = locate_dct_damage(bytes, reference, copy.at.begin, mark_cleared);
}

void judge_dct_copies(const Image& image, Dct& dct, DctGeneration generation) {
    const auto current = dct.current() ? image.bytes(dct.current()->at) : ByteView{};
    for (auto& copy : dct.copies) {
        if (copy.state == DctCopyState::NotInFile || copy.state == DctCopyState::Erased) continue;
        copy.state = copy.number == dct.selected ? DctCopyState::Current : state_beside(copy, image.bytes(copy.at), current, generation);
    }
    for (auto& copy : dct.copies) {
        const auto bytes = image.bytes(copy.at);
        if (bytes.empty()) continue;
        const auto* twin = dct.copy(3 - copy.number);
        const bool comparable = twin && twin->magic_good() && twin->state != DctCopyState::Incomplete;
        locate(copy, bytes, comparable ? image.bytes(twin->at) : ByteView{});
    }
    const auto *selected = dct.current(), *other = dct.other();
    if (selected && other && other->magic_good()) dct.copies_one_write_apart = one_write_apart(image.bytes(selected->at), image.bytes(other->at));
    if (!selected || !other || !selected->has_version_struct || !other->has_version_struct) return;
    const bool readable = other->state == DctCopyState::Superseded || other->state == DctCopyState::ValidTwin;
    dct.alternate_is_recent_write = readable && static_cast<std::uint8_t>(selected->sequence.value - other->sequence.value) == 1;
}

bool newest_was_lost(const Dct& dct) {
    const auto *current = dct.current(), *other = dct.other();
    if (!current || !other || other->state == DctCopyState::NotInFile) return false;
    const bool superseded = version_counts(*current) && current->initial_write.value == 0 && current->is_current_dct.value == 0;
    if (!superseded || (other->magic_good() && other->is_current_dct.value == 0)) return false;
    return other->state != DctCopyState::Rejected || !version_counts(*other);  // else by its checksum, which G4 alone asks
}

std::vector<Range> find_stray_copies(const Image& image, const DctLayout& layout) {
    std::vector<Range> found;
    constexpr Address step = 0x1000;
    for (Address at = image.range().begin; at < image.range().end && image.range().end - at >= format::copy_size; at += step) {
        const auto place = range_of(at, format::copy_size);
        const bool belongs = std::any_of(layout.copies.begin(), layout.copies.end(), [&](Range copy) { return copy.overlaps(place); });
        const bool inside_found = !found.empty() && found.back().overlaps(place);
        if (belongs || inside_found || !image.has(place)) continue;
        const auto bytes = image.bytes(place);
        if (little_endian<std::uint32_t>(bytes.subspan(format::magic)) != format::magic_number) continue;
        if (bytes[format::write_incomplete] > 1 || bytes[format::is_current] > 1) continue;
        if (little_endian<std::uint32_t>(bytes.subspan(4)) > little_endian<std::uint32_t>(bytes)) continue;
        found.push_back(place);
    }
    return found;
}

}  // namespace photopsy
