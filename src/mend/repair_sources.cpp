// Which module may stand in a place: the one that was there, from the nearest source; what nobody vouches for only on the owner's word.
#include "base/hex.h"
#include "mend/repair_draft.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint32_t behind_module = 4;  ///< the CRC
constexpr std::uint16_t first_that_calls_parts = 100;

/// The damaged module's own suffix names its content: length and SHA-256 are those of the candidate.
bool is_same_module(const Module& damaged, const FirmwareModule& candidate) {
    return damaged.present() && !damaged.stored_sha256_at.empty() && damaged.length() == candidate.header.length() &&
           damaged.stored_sha256 == candidate.header.stored_sha256 && damaged.version.value == candidate.header.version.value;
}

bool belongs_to(const FirmwareModule& module, const ModuleSlot& slot) {
    return module.header.function.value == slot.function && module.header.index.value == slot.index;
}

bool is_of(const FirmwareModule& module, std::string_view release) {
    const auto& releases = module.header.releases;
    return module.of_release && (release.empty() || std::find(releases.begin(), releases.end(), release) != releases.end());
}

std::string unknown_word(const FirmwareModule& module) { return std::string(repair_consent::unknown_module) + hex(module.sha256); }

/// An image that an interrupted update was copying into this place.
bool was_being_copied(const RepairDraft& draft, const ModuleSlot& slot) {
    const auto& progress = draft.facts().ota.progress;
    return progress && progress->slot == slot.name;
}

bool vouched_for_in_dump(const RepairDraft& draft, const FirmwareModule& module, const ModuleSlot& slot, std::string_view release) {
    const auto* damaged = draft.facts().module(slot.name);
    if (slot.at.contains(module.in_dump)) return false;
    const auto* lies_in = draft.analysis.layout->region_at(module.in_dump.begin);
    const bool received = lies_in && lies_in->name == "ota";
    if (damaged && is_same_module(*damaged, module)) return true;
    if (!received) return false;
    const bool is_that_version = system_version_of_release(release) == module.header.version.value;
    return slot.function == FunctionUserPart || is_of(module, release) || (was_being_copied(draft, slot) && is_that_version);
}

bool may_be_unknown(const RepairDraft& draft, const ModuleSlot& slot) {
    return !is_system_part(slot) || draft.facts().system.bootloader_version.value_or(first_that_calls_parts) < first_that_calls_parts;
}

PlaceGoal goal_of(const FirmwareModule& module, const ModuleSlot& slot, RepairSource source) {
    auto goal = goal_for(slot, module.bytes, std::move(source));
    if (!module.from.empty()) goal.file = {slot.name, module.header.releases.empty() ? "" : module.header.releases.front(), hex(module.sha256), module.from};
    return goal;
}

std::optional<PlaceGoal> with_bit_undone(const RepairDraft& draft, const ModuleSlot& slot) {
    const auto* damaged = draft.facts().module(slot.name);
    if (!damaged || !damaged->present() || !damaged->damage.flipped_bit) return {};
    const auto& bit = *damaged->damage.flipped_bit;
    const Range at{damaged->at.begin, damaged->at.end + behind_module};
    if (!at.contains(bit.at.begin)) return {};
    const auto bytes = draft.image().bytes(at);
    if (bytes.empty()) return {};
    std::vector<std::uint8_t> whole(bytes.begin(), bytes.end());
    whole[bit.at.begin - at.begin] ^= static_cast<std::uint8_t>(1u << bit.value);
    const ByteView content = ByteView(whole).first(whole.size() - behind_module);
    if (crc32(content) != big_endian<std::uint32_t>(ByteView(whole).last(behind_module))) return {};
    const auto digest = hex(sha256(whole));
    return goal_for(slot, std::move(whole), {"undone-bit", digest, "this place, with its one flipped bit turned back"});
}

std::optional<PlaceGoal> moved_back(const RepairDraft& draft, const ModuleSlot& slot) {
    const auto* damaged = draft.facts().module(slot.name);
    if (!damaged || !damaged->damage.shifted_to) return {};
    const auto at = *damaged->damage.shifted_to;
    const auto bytes = draft.image().bytes({at.begin, at.end + behind_module});
    const Image alone({bytes.begin(), bytes.end()}, slot.at.begin);
    const auto header = bytes.empty() ? Module{} : read_module(alone, *draft.analysis.layout, slot);
    if (!header.good() || header.range_ok != true || header.length() + behind_module != bytes.size()) return {};
    return goal_for(slot, {bytes.begin(), bytes.end()}, {"dump", hex(sha256(bytes)), "where the whole module lies"});
}

PlaceGoal goal_in_dump(const RepairDraft& draft, const FirmwareModule& module, const ModuleSlot& slot) {
    const auto* lies_in = draft.analysis.layout->region_at(module.in_dump.begin);
    return goal_of(module, slot, {"dump", hex(module.sha256), lies_in ? lies_in->title : "the dump"});
}

std::optional<PlaceGoal> from_dump(const RepairDraft& draft, const ModuleSlot& slot, std::string_view release) {
    for (const auto& module : draft.in_dump)
        if (belongs_to(module, slot) && vouched_for_in_dump(draft, module, slot, release)) return goal_in_dump(draft, module, slot);
    return {};
}

/// The image that an interrupted update was copying, though of another release than the part beside it: better than no part, where no file is given.
std::optional<PlaceGoal> from_interrupted_copy(const RepairDraft& draft, const ModuleSlot& slot) {
    if (!was_being_copied(draft, slot)) return {};
    for (const auto& module : draft.in_dump) {
        const auto* lies_in = draft.analysis.layout->region_at(module.in_dump.begin);
        if (belongs_to(module, slot) && lies_in && lies_in->name == "ota") return goal_in_dump(draft, module, slot);
    }
    return {};
}

/// The best of the files: the module that was there, then a released one, then what the owner vouches for.
ModuleChoice from_files(const RepairDraft& draft, const ModuleSlot& slot, std::string_view release) {
    const auto* damaged = draft.facts().module(slot.name);
    ModuleChoice choice{.is_missing = true};
    const FirmwareModule* best = nullptr;
    for (const auto& module : draft.wish.firmware) {
        if (!belongs_to(module, slot)) continue;
        if (damaged && !damaged->good() && is_same_module(*damaged, module)) best = &module;
        if (!best && is_of(module, release)) best = &module;
    }
    for (const auto& module : draft.wish.firmware) {
        if (best || !belongs_to(module, slot) || module.of_release) continue;
        if (!may_be_unknown(draft, slot)) {
            choice.why_not =
                "A system part that is no released file is never written under this bootloader: it runs such code at every start, before it looks at "
                "the button.";
        } else if (!draft.consented(unknown_word(module))) {
            choice.why_not = fmt::format("The file {} is no released one; if it is yours, say --consent {}.", module.from, unknown_word(module));
            choice.consent = unknown_word(module);
            choice.from = module.from;
        } else {
            best = &module;
            choice.consent = unknown_word(module);
            choice.from = module.from;
        }
    }
    if (!best) return choice;
    return {.goal = goal_of(*best, slot, {"file", hex(best->sha256), best->from}), .consent = choice.consent, .from = choice.from};
}

}  // namespace

bool RepairDraft::consented(std::string_view word) const { return std::find(wish.consents.begin(), wish.consents.end(), word) != wish.consents.end(); }

PlaceGoal goal_for(const ModuleSlot& slot, std::vector<std::uint8_t> bytes, RepairSource source) {
    return {.slot = &slot, .at = slot.at.begin, .title = slot.title, .bytes = std::move(bytes), .source = std::move(source), .file = {}};
}

RepairPlan::Missing missing_file(const Layout& layout, std::string cause, std::string_view slot, std::string_view release) {
    RepairPlan::Missing missing;
    missing.cause = std::move(cause);
    missing.slot = slot;
    missing.release = release;
    const auto* place = layout.slot(slot);
    const auto file = place ? find_released_module(layout.platform_id, place->function, place->index, release) : std::nullopt;
    if (!file) return missing;
    missing.file = file->published;
    missing.sha256 = file->file_sha256;
    missing.published_in = file->source;
    return missing;
}

ModuleChoice choose_module(const RepairDraft& draft, const ModuleSlot& slot, std::string_view release) {
    if (auto goal = with_bit_undone(draft, slot)) return {.goal = std::move(goal)};
    if (auto goal = moved_back(draft, slot)) return {.goal = std::move(goal)};
    if (auto goal = from_dump(draft, slot, release)) return {.goal = std::move(goal)};
    auto choice = from_files(draft, slot, release);
    if (!choice.goal) choice.goal = from_interrupted_copy(draft, slot);  // the file is missing all the same
    return choice;
}

}  // namespace photopsy
