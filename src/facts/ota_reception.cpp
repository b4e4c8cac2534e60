// (a), (a0), (a'): what lies in the OTA area when no whole image does. Chunks are programmed where they belong, and nothing else in flash
// marks progress (flash_mal.c@v2.3.1:915-963), so the erased end and the erased holes are the only evidence.
#include "base/runs.h"
#include "facts/block_table.h"
#include "facts/code.h"
#include "facts/erased.h"
#include "facts/ota_parts.h"

#include <algorithm>

namespace photopsy::ota {

static std::uint32_t round_up(std::uint32_t size) { return (size + chunk - 1) / chunk * chunk; }

/// Erased runs of whole chunks (missing in fast OTA).
static std::vector<Range> erased_chunks(ByteView bytes, Address base) {
    std::vector<Range> holes;
    for (std::uint32_t at = 0; at + chunk <= bytes.size(); at += chunk) {
        if (!all_erased(bytes.subspan(at, chunk))) continue;
        if (!holes.empty() && holes.back().end == base + at)
            holes.back().end += chunk;
        else
            holes.push_back(range_of(base + at, chunk));
    }
    return holes;
}

static void note_received(const Scene& scene, OtaFacts& facts, std::uint32_t end) {
    facts.kind = OtaCase::Receiving;
    facts.case_letter = "a";
    facts.image = range_of(scene.area.begin, end);
    facts.holes = erased_chunks(scene.image.bytes(facts.image), scene.area.begin);
    facts.received = end;
    for (const auto& hole : facts.holes) facts.received -= hole.size();
}

/// The header is there and names the size; the checksum fails.
static void judge_with_header(const Scene& scene, OtaFacts& facts) {
    const auto total = scene.in_area->length() + 4;
    const auto* factory = scene.module("factory");
    const auto whole = range_of(scene.area.begin, total);
    auto bytes = scene.image.bytes(whole);
    if (bytes.size() != total) return;
    // The second half may be a factory image: the areas share a sector. Then only the first half can speak of a reception.
    const bool shared = factory && factory->good() && whole.contains(factory->at.begin);
    if (shared) bytes = bytes.first(factory->at.begin - whole.begin);
    const auto written = round_up(written_size(bytes));
    if (shared && written == bytes.size() && erased_chunks(bytes, 0).empty()) return;  // an older image, overwritten
    facts.expected = total;
    const bool holes = !erased_chunks(bytes.first(std::min<std::size_t>(written, bytes.size())), 0).empty();
    if (written < total || holes) return note_received(scene, facts, std::min(written, total));
    facts.kind = OtaCase::ReceivedRejected;
    facts.case_letter = "a'";
    facts.received = total;
    facts.image = whole;
}

/// A whole block of a released module, or code: an owner's text, pictures and copies of the table have neither.
static bool holds_firmware(ByteView bytes) {
    for (std::size_t at = 0; at + block_size <= bytes.size(); at += block_size)
        if (!all_erased(bytes.subspan(at, block_size)) && is_released_block(block_hash(bytes.subspan(at, block_size)))) return true;
    return holds_thumb_code(bytes);
}

/// A whole module that begins here: a reception puts it at the beginning of the area, so somebody else has written it.
static bool holds_whole_module(const Scene& scene, Address at) {
    const auto* slot = scene.layout.slot("ota");
    if (!slot || !slot->at.contains(at)) return false;
    ModuleSlot moved = *slot;
    moved.at.begin = at;
    return read_module(scene.image, scene.layout, moved).good();
}

/// The first chunk is missing (fast OTA): erased at first, then firmware from a chunk boundary on.
static void judge_without_header(const Scene& scene, OtaFacts& facts, Range first_sector) {
    const auto bytes = scene.image.bytes(first_sector);
    if (bytes.size() < 2 * chunk || !all_erased(bytes.first(chunk))) return;
    const auto* user = scene.module("user");
    const auto* monolithic = scene.module("monolithic");
    if ((user && user->function.value == FunctionMonolithic) || (monolithic && monolithic->present())) return;  // factory test firmware reaches into this area
    if (!holds_firmware(bytes)) return;
    const auto data = static_cast<std::uint32_t>(leading_run(bytes, 0xFF));
    if (data / chunk * chunk + chunk > bytes.size() || holds_whole_module(scene, scene.area.begin + data / chunk * chunk)) return;
    const auto first = bytes.subspan(data / chunk * chunk, chunk);
    if (std::count(first.begin(), first.end(), 0xFF) > static_cast<int>(chunk / 2)) return;  // stray bits in an erased area
    note_received(scene, facts, std::min(round_up(written_size(bytes)), first_sector.size()));
}

void judge_reception(const Scene& scene, OtaFacts& facts) {
    const auto* sector = scene.layout.sector_at(scene.area.begin);
    const auto first_sector = sector ? intersection(sector->at, scene.area) : scene.area;
    facts.area_erased = is_erased(scene.image.bytes(first_sector));
    if (facts.area_erased) return;
    if (scene.in_area && scene.in_area->present() && scene.in_area->integrity == Integrity::Bad)
        judge_with_header(scene, facts);
    else if (!scene.in_area || scene.in_area->presence == Presence::NoHeader)
        judge_without_header(scene, facts, first_sector);
}

}  // namespace photopsy::ota
