// How far did a copy from the OTA area get? Compared sector by sector, because bootloaders from 7 on erase and program one
// destination sector after the other (flash_mal.c@v0.4.9:306-420) and up to 6 erase all of them first (@v0.4.0:214-310).
#include "facts/erased.h"
#include "facts/ota_parts.h"

#include <algorithm>

namespace photopsy::ota {

/// More differing bytes than this are another module, fewer are damage to this one.
static constexpr std::size_t damaged_bytes = 16;

static std::size_t without_erased_tail(ByteView bytes) { return std::min<std::size_t>((written_size(bytes) + 3) / 4 * 4, bytes.size()); }

/// True where two views of one size are the same but for a few bytes.
static bool nearly_equal(ByteView a, ByteView b) {
    std::size_t different = 0;
    for (auto at = common_prefix(a, b); at < a.size() && different <= damaged_bytes; ++at) different += a[at] != b[at];
    return different <= damaged_bytes;
}

/// One sector: `wanted` is the module's part for it, `rest` the whole remainder of the sector in flash. `copied`: bytes of `wanted` that are there.
static CopySector judge_sector(ByteView wanted, ByteView rest, std::size_t& copied) {
    copied = wanted.size();
    if (common_prefix(wanted, rest) == wanted.size()) return CopySector::Done;
    // Words that are FF in the module too cannot be told from words not yet written.
    const auto written = without_erased_tail(rest);
    copied = 0;
    if (written == 0) return CopySector::Erased;
    const auto exact = common_prefix(wanted, rest) / 4 * 4;  // programmed by words; a worn cell may stand close behind
    if (exact > 0 && exact < without_erased_tail(wanted) && is_erased(rest.subspan(exact))) {
        copied = exact;
        return CopySector::InProgress;
    }
    const bool ends_early = written < without_erased_tail(wanted);
    const auto compared = ends_early ? written : wanted.size();
    if (!nearly_equal(wanted.first(compared), rest.first(compared))) return CopySector::Old;
    copied = compared;
    return ends_early ? CopySector::InProgress : CopySector::Mixed;
}

std::optional<CopyProgress> compare_copy(const Image& image, const Layout& layout, const ModuleSlot& destination, ByteView source) {
    const auto size = static_cast<std::uint32_t>(source.size());
    CopyProgress progress{.slot = destination.name, .destination = range_of(destination.at.begin, size), .total = size};
    if (size < 8 || size > destination.at.size() || !image.has(progress.destination)) return {};
    bool prefix = true;
    for (const auto& sector : layout.sectors) {
        const auto part = intersection(sector.at, progress.destination);
        const auto rest = intersection(sector.at, Range{part.begin, destination.at.end});
        if (part.empty() || !image.has(rest)) continue;
        std::size_t copied = 0;
        const auto wanted = source.subspan(part.begin - progress.destination.begin, part.size());
        const auto state = judge_sector(wanted, image.bytes(rest), copied);
        progress.sectors.push_back(state);
        if (prefix) progress.copied += static_cast<std::uint32_t>(copied);
        if (prefix && (state == CopySector::InProgress || state == CopySector::Erased)) progress.erased = {part.begin + static_cast<Address>(copied), rest.end};
        prefix = prefix && (state == CopySector::Done || state == CopySector::Mixed);
    }
    progress.boundary = progress.destination.begin + progress.copied;
    if (progress.erased.empty()) progress.erased = {progress.boundary, progress.boundary};
    return progress;
}

bool complete(const CopyProgress& progress) {
    return std::all_of(progress.sectors.begin(), progress.sectors.end(), [](CopySector state) { return state == CopySector::Done; });
}

static bool untouched(const CopyProgress& progress) {
    return std::all_of(progress.sectors.begin(), progress.sectors.end(), [](CopySector state) { return state == CopySector::Old; });
}

bool looks_interrupted(const CopyProgress& progress) {
    const auto written = [](CopySector state) { return state == CopySector::Done || state == CopySector::Mixed; };
    if (progress.sectors.empty() || untouched(progress)) return false;
    auto at = std::find_if_not(progress.sectors.begin(), progress.sectors.end(), written);
    if (at == progress.sectors.end()) return false;
    if (*at == CopySector::Old && at == progress.sectors.begin()) return false;  // the first sector is erased first
    if (*at == CopySector::InProgress) ++at;
    return std::all_of(at, progress.sectors.end(), [](CopySector state) { return state == CopySector::Old || state == CopySector::Erased; });
}

}  // namespace photopsy::ota
