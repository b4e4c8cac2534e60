#include "facts/dcd.h"

#include "base/digest.h"
#include "facts/dcd_format.h"
#include "facts/dct_damage.h"
#include "facts/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace photopsy {
namespace store_format = dcd_format;

namespace {

/// The constant is in every bootloader whose code knows it, and in no older one (measured on released binaries).
bool knows_superseded_seal(ByteView bootloader) {
    for (std::size_t at = 0; at + 4 <= bootloader.size(); at += 4)
        if (little_endian<std::uint32_t>(bootloader.subspan(at)) == store_format::seal_superseded) return true;
    return false;
}

/// By its version; version 200 went out with two generations, and one whose header is gone is told by its bytes: in both cases the system decides further.
DcdGeneration bootloader_generation(const StoreScene& scene, bool& known) {
    constexpr std::uint16_t of_two_generations = 200, last_of_second = 300;
    const auto system = scene.code.system;
    known = true;
    if (scene.code.bootloader_version == of_two_generations)
        return scene.code.system_version && *scene.code.system_version <= last_of_second && system == DcdGeneration::D2 ? DcdGeneration::D2 : DcdGeneration::D3;
    if (scene.code.bootloader_version) return scene.code.bootloader;
    const auto* slot = scene.layout.slot("bootloader");
    const auto bytes = slot ? scene.image.bytes(slot->at) : ByteView{};
    known = !bytes.empty() && !all_erased(bytes);
    if (!known) return system;
    if (!knows_superseded_seal(bytes)) return DcdGeneration::D1;
    return system == DcdGeneration::D1 ? DcdGeneration::D3 : system;
}

/// dcd_migrate_data() asks two bytes and nothing else (hal/src/electron/dcd_flash_impl.h@v0.7.0:29-62).
bool looks_like_wiced_table(ByteView sector) { return sector.size() == store_format::copy_size && sector[8] == 0 && sector[9] == 1; }

/// The sector that re-initialisation writes, and what its head is then.
struct Fresh {
    int copy;
    DcdHead head;
};
Fresh initialized_by(DcdGeneration generation) {
    if (generation == DcdGeneration::D1) return {1, {.watermark = true, .seal = DcdSeal::Valid, .counter = 3}};
    return {2, {.watermark = true, .seal = DcdSeal::Valid, .sum_good = true, .footer_watermark = true}};
}

/// The copy of the file that the system reads after the bootloader was there; 0 where that is one made anew.
int read_after_bootloader(const DcdFacts& dcd) {
    if (dcd.read_by_bootloader) return dcd.read_by_system;
    auto heads = dcd.heads;
    const auto fresh = initialized_by(dcd.bootloader);
    heads[static_cast<std::size_t>(fresh.copy - 1)] = fresh.head;
    const int chosen = select_dcd(heads[0], heads[1], dcd.system);
    return chosen == fresh.copy ? 0 : chosen;
}

bool sum_should_hold(const DcdFacts& dcd, int copy) {
    if (dcd.system == DcdGeneration::D1) return false;
    const auto &own = dcd.head(copy), &other = dcd.head(3 - copy);
    // Code up to 0.6.4 retires the other copy with 0 and carries an old footer along; the factory's image has none that fits.
    if (own.seal == DcdSeal::Valid && other.seal == DcdSeal::Retired) return false;
    return own.footer_watermark || (own.seal == DcdSeal::Valid && other.seal == DcdSeal::Superseded);
}

/// Code up to 0.6.4 carries an old footer along unchanged, and a table that it wrote may have been superseded by newer code since.
bool checksums_go_stale(const DcdFacts& dcd) { return dcd.system == DcdGeneration::D1 || dcd.bootloader == DcdGeneration::D1; }

DctCopyState state_without_header(ByteView sector) {
    constexpr std::uint32_t few_bits = store_format::copy_size * 8 / 100;
    std::uint32_t zeros = 0;
    for (const auto byte : sector) zeros += static_cast<std::uint32_t>(std::popcount(static_cast<std::uint8_t>(~byte)));
    if (all_erased(sector.first(store_format::header_size))) return DctCopyState::Incomplete;
    return zeros < few_bits ? DctCopyState::NearlyErased : DctCopyState::Unreadable;
}

DctCopyState state_of(const DcdFacts& dcd, const DctCopy& copy, ByteView sector, bool selected) {
    const auto& head = dcd.head(copy.number);
    if (all_erased(sector)) return DctCopyState::Erased;
    if (selected) return DctCopyState::Current;
    if (!head.watermark) return state_without_header(sector);
    switch (head.seal) {
        case DcdSeal::Open:
            return DctCopyState::Incomplete;
        case DcdSeal::Valid:
            return dcd.undone != DcdFacts::Undone::No || (sum_should_hold(dcd, copy.number) && !head.sum_good) ? DctCopyState::Rejected
                                                                                                               : DctCopyState::ValidTwin;
        case DcdSeal::Retired:
            return DctCopyState::Superseded;
        case DcdSeal::Superseded:
            return head.footer_watermark && !head.sum_good && !checksums_go_stale(dcd) ? DctCopyState::SupersededDamaged : DctCopyState::Superseded;
        case DcdSeal::Other:
            break;
    }
    return DctCopyState::Unreadable;
}

/// Stretches where both tables differ; those nearer than a few bytes are one.
std::vector<Range> differences_of(ByteView one, ByteView other, Address base) {
    constexpr std::uint32_t near = 16;
    std::vector<Range> found;
    for (std::uint32_t i = store_format::header_size; i < store_format::footer; ++i) {
        if (one[i] == other[i]) continue;
        if (!found.empty() && base + i - found.back().end < near)
            found.back().end = base + i + 1;
        else
            found.push_back(range_of(base + i, 1));
    }
    return found;
}

/// Why the newer copy, by its seal, is not the one in use.
DcdFacts::Undone undone_of(const DcdFacts& dcd, int selected) {
    if (dcd.system == DcdGeneration::D1) return DcdFacts::Undone::No;
    const auto &used = dcd.head(selected), &other = dcd.head(3 - selected);
    if (used.seal != DcdSeal::Superseded) return DcdFacts::Undone::No;
    if (other.seal != DcdSeal::Valid) return DcdFacts::Undone::MarkLost;
    return other.sum_good ? DcdFacts::Undone::NoWatermark : DcdFacts::Undone::BadChecksum;
}

std::string only_valid(const DcdFacts& dcd, int selected) {
    const auto& other = dcd.head(3 - selected);
    if (dcd.system == DcdGeneration::D1)
        return dcd.tie ? "Both seals say valid, and this firmware then takes copy 2." : "It is the only copy whose seal says valid.";
    if (other.seal == DcdSeal::Superseded) return "Its seal says valid and its checksum is right; the other copy is marked as superseded.";
    if (other.seal != DcdSeal::Valid) return "It is the only copy whose seal says valid; its checksum is not asked then.";
    const bool own_good = dcd.head(selected).crc_good(dcd.system), other_good = other.crc_good(dcd.system);
    if (own_good && other_good) return "Both seals say valid and both checksums are right; its counter makes it the newer one.";
    return own_good ? "Both seals say valid, and only its checksum is right."
                    : "Both seals say valid and both checksums fail: this firmware then takes copy 2.";
}

std::string reason_of(const DcdFacts& dcd, int selected) {
    switch (dcd.undone) {
        case DcdFacts::Undone::BadChecksum:
            return "The newer copy fails its checksum: this firmware goes back to the superseded one.";
        case DcdFacts::Undone::NoWatermark:
            return "The newer copy has no watermark in its footer, and without it this firmware counts no checksum as right: it goes back to the superseded "
                   "one.";
        case DcdFacts::Undone::MarkLost:
            return "No copy is marked valid: this firmware then takes a superseded one.";
        case DcdFacts::Undone::No:
            break;
    }
    return only_valid(dcd, selected);
}

DctCopy copy_at(const Image& image, Range at, int number) {
    DctCopy copy{.number = number, .at = at};
    const auto bytes = image.bytes(at);
    if (bytes.size() != store_format::copy_size) return copy;
    const auto word = [&](std::uint32_t offset) { return image.reader(range_of(at.begin + offset, 4)).read<std::uint32_t>(); };
    copy.magic_number = word(0);
    copy.version_magic = word(store_format::footer_watermark);
    copy.stored_crc = word(store_format::stored_crc);
    copy.computed_crc = crc32(bytes.subspan(store_format::header_size, store_format::stored_crc - store_format::header_size));
    copy.has_version_struct = copy.version_magic.value == store_format::watermark_value;
    copy.sequence = image.reader(range_of(at.begin + store_format::footer_flags, 1)).read<std::uint8_t>();
    copy.sequence.value &= store_format::counter_mask;
    auto body = bytes.subspan(store_format::header_size, store_format::footer - store_format::header_size);
    copy.fresh_default = copy.magic_number.value == store_format::watermark_value && all_erased(body);
    while (!body.empty() && body.back() == 0xFF) body = body.first(body.size() - 1);
    copy.erased_from = store_format::header_size + static_cast<std::uint32_t>(body.size());
    return copy;
}

void judge_copies(const Image& image, Dct& dct) {
    auto& dcd = *dct.dcd;
    for (auto& copy : dct.copies) copy.state = state_of(dcd, copy, image.bytes(copy.at), copy.number == dct.selected);
    for (auto& copy : dct.copies) copy.has_version_struct = copy.has_version_struct && sum_should_hold(dcd, copy.number);
    if (!dct.selected) return;
    const auto used = image.bytes(dct.current()->at), other = image.bytes(dct.other()->at);
    const bool comparable = dct.other()->state != DctCopyState::Erased;
    if (comparable) dcd.differing = differences_of(used, other, dct.current()->at.begin);
    for (auto& copy : dct.copies) {
        const bool looked_at = copy.number == dct.selected || copy.state == DctCopyState::Rejected || copy.state == DctCopyState::SupersededDamaged;
        if (!looked_at || !sum_should_hold(dcd, copy.number) || dcd.head(copy.number).sum_good) continue;
        copy.damage = locate_dcd_damage(image.bytes(copy.at), copy.number == dct.selected ? (comparable ? other : ByteView{}) : used, copy.at.begin);
    }
}

/// One of the two sectors is not in the file: the one that is there counts where its own seal speaks for it.
void select_half(Dct& dct, const Image& image) {
    for (auto& copy : dct.copies) {
        const auto sector = image.bytes(copy.at);
        if (sector.size() != store_format::copy_size) continue;
        const auto head = read_dcd_head(sector);
        copy.state = all_erased(sector) ? DctCopyState::Erased : head.watermark ? DctCopyState::Superseded : DctCopyState::Unreadable;
        if (!head.valid()) continue;
        copy.state = DctCopyState::Current;
        dct.selected = copy.number;
        dct.selected_because = "Its seal says valid. The other copy is not in the file; only after a write that was cut off would the firmware take that one.";
    }
}

DcdFacts read_facts(const StoreScene& scene) {
    DcdFacts dcd{.system = scene.code.system};
    dcd.bootloader = bootloader_generation(scene, dcd.bootloader_known);
    const auto& at = scene.layout.dct.copies;
    dcd.heads = {read_dcd_head(scene.image.bytes(at[0])), read_dcd_head(scene.image.bytes(at[1]))};
    dcd.read_by_bootloader = select_dcd(dcd.heads[0], dcd.heads[1], dcd.bootloader);
    dcd.read_by_system = select_dcd(dcd.heads[0], dcd.heads[1], dcd.system);
    if (!dcd.read_by_bootloader)
        dcd.migrated_from = looks_like_wiced_table(scene.image.bytes(at[0])) ? 1 : looks_like_wiced_table(scene.image.bytes(at[1])) ? 2 : 0;
    dcd.tie = dcd.system == DcdGeneration::D1 && dcd.heads[0].valid() && dcd.heads[1].valid();
    return dcd;
}

void select_copy(Dct& dct) {
    auto& dcd = *dct.dcd;
    const int chosen = dcd.migrated_from ? 0 : read_after_bootloader(dcd);
    dct.would_reinitialize = !chosen && !dcd.migrated_from;
    if (dcd.migrated_from)
        dct.selected_because = fmt::format(
            "No copy is valid, and copy {} looks like a table of the older format to this firmware: it is converted at the next start.", dcd.migrated_from);
    else if (dcd.bootloader_destroys())
        dct.selected_because = "The system could read a superseded copy, but the bootloader is asked first, finds none and makes a blank table.";
    else
        dct.selected_because = "Neither copy carries a seal that this firmware takes for valid: it makes a blank table.";
    if (!chosen) return;
    dct.selected = chosen;
    dcd.undone = undone_of(dcd, chosen);
    dct.selected_because = reason_of(dcd, chosen);
}

}  // namespace

Dct read_dcd(const StoreScene& scene) {
    const auto& [image, layout, code] = scene;
    Dct dct;
    if (layout.dct.copies.size() != 2 || layout.dct.copies[0].size() != store_format::copy_size || layout.dct.copies[1].size() != store_format::copy_size)
        return dct;
    for (std::size_t i = 0; i < 2; ++i) dct.copies.push_back(copy_at(image, layout.dct.copies[i], static_cast<int>(i) + 1));
    const auto application = layout.dct.copies[0].begin + layout.dct.application_offset;
    dct.from_dfu_upload = !image.has(range_of(layout.dct.copies[0].begin, store_format::header_size)) && image.has(range_of(application, 64));
    if (!image.has(layout.dct.copies[0]) || !image.has(layout.dct.copies[1])) return select_half(dct, image), dct;
    dct.dcd = read_facts(scene);
    select_copy(dct);
    judge_copies(image, dct);
    return dct;
}

}  // namespace photopsy
