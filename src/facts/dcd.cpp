// The Electron's configuration store: the same two sectors, another format (services/inc/dcd.h@v0.7.0:98-431). Only what can be told without
// its keys: which sector its code reads, and whether the checksum holds.
#include "base/digest.h"
#include "facts/dct_format.h"
#include "facts/store.h"

namespace photopsy {

static constexpr std::uint32_t watermark = 0x1E1C279A, seal_init = 0xFFFFFFFF, seal_valid = 0xEDA15E00, seal_invalid = 0x69A00C00;
static constexpr std::uint32_t footer_watermark_at = 0x3FF8, crc_at = 0x3FFC;

namespace {
struct StoreSector {
    bool present = false, good_watermark = false, has_footer = false, crc_good = false;
    std::uint32_t seal = 0;
    unsigned counter = 0;
};
}  // namespace

static StoreSector read_sector(ByteView bytes, DctCopy& copy) {
    StoreSector sector;
    if (bytes.size() != dct_format::copy_size) return sector;
    sector.present = true;
    sector.good_watermark = little_endian<std::uint32_t>(bytes) == watermark;
    sector.seal = little_endian<std::uint32_t>(bytes.subspan(4));
    sector.has_footer = little_endian<std::uint32_t>(bytes.subspan(footer_watermark_at)) == watermark;
    sector.counter = bytes[0x3FE0 + 16] & 3u;
    copy.stored_crc = {.value = little_endian<std::uint32_t>(bytes.subspan(crc_at)), .at = range_of(copy.at.begin + crc_at, 4)};
    copy.computed_crc = crc32(bytes.subspan(8, crc_at - 8));
    copy.has_version_struct = sector.has_footer;
    sector.crc_good = sector.has_footer && *copy.computed_crc == copy.stored_crc.value;
    return sector;
}

/// dcd.h@v0.7.0:350-420.
static int choose(const StoreSector& one, const StoreSector& two) {
    const auto readable = [](const StoreSector& sector) {
        return sector.present && sector.good_watermark && (sector.seal == seal_valid || sector.seal == seal_invalid);
    };
    if (!readable(one) && !readable(two)) return 0;
    if (!readable(one) || !readable(two)) return readable(one) ? 1 : 2;
    if (one.seal != two.seal) {
        const auto& primary = one.seal == seal_valid ? one : two;
        const int number = one.seal == seal_valid ? 1 : 2;
        return primary.crc_good || !primary.has_footer ? number : 3 - number;
    }
    if (one.crc_good != two.crc_good) return one.crc_good ? 1 : 2;
    return ((one.counter + 1) & 3u) == two.counter ? 2 : 1;
}

static DctCopyState state_of(const StoreSector& sector, ByteView bytes, bool selected) {
    if (!sector.present) return DctCopyState::NotInFile;
    if (all_erased(bytes)) return DctCopyState::Erased;
    if (!sector.good_watermark) return DctCopyState::Unreadable;
    if (selected) return DctCopyState::Current;
    if (sector.seal == seal_init) return DctCopyState::Incomplete;
    if (sector.seal == seal_valid) return DctCopyState::ValidTwin;
    if (sector.seal == seal_invalid) return sector.crc_good ? DctCopyState::Superseded : DctCopyState::SupersededDamaged;
    return sector.seal == 0 ? DctCopyState::OlderFormat : DctCopyState::Unreadable;
}

Dct read_dcd(const StoreScene& scene) {
    const auto& [image, layout, code] = scene;
    Dct dct;
    if (layout.dct.copies.size() != 2 || layout.dct.copies[0].size() != dct_format::copy_size) return dct;
    StoreSector sectors[2];
    for (std::size_t i = 0; i < 2; ++i) {
        DctCopy copy{.number = static_cast<int>(i) + 1, .at = layout.dct.copies[i]};
        sectors[i] = read_sector(image.bytes(copy.at), copy);
        dct.copies.push_back(copy);
    }
    if (!sectors[0].present || !sectors[1].present) {
        for (auto& copy : dct.copies) copy.state = state_of(sectors[copy.number - 1], image.bytes(copy.at), false);
        return dct;
    }
    const int chosen = choose(sectors[0], sectors[1]);
    if (chosen) dct.selected = chosen;
    for (auto& copy : dct.copies) copy.state = state_of(sectors[copy.number - 1], image.bytes(copy.at), copy.number == chosen);
    dct.selected_because = chosen ? "Its seal and checksum select it." : "Neither sector carries a valid seal.";
    return dct;
}

}  // namespace photopsy
