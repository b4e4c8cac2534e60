#include "rules/module_faults.h"
#include "facts/header_damage.h"
#include "facts/headerless.h"
#include "facts/published_name.h"
#include "rules/module_words.h"

#include "base/hex.h"
#include "flash/suspicion.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint32_t header_size = 24;

bool is_target_of_interrupted_copy(const Facts& facts, const Module& module) {
    const bool copying = facts.ota.kind == OtaCase::CopyInterrupted || facts.ota.kind == OtaCase::BootloaderCopyInterrupted;
    return copying && facts.ota.half_written_slot == module.slot;
}

bool is_target_of_interrupted_dfu(const Facts& facts, const Module& module) {
    return facts.ota.kind == OtaCase::DfuWriteInterrupted && facts.ota.half_written_slot == module.slot && facts.ota.progress;
}

Fault partly_overwritten_by_dfu(const Facts& facts, const Module& module, const std::string& title) {
    const auto& progress = *facts.ota.progress;
    const auto at = Range{progress.boundary, std::max(progress.boundary + 4, progress.destination.end)};
    return {FaultKind::PartlyOverwritten, at,
            fmt::format("The first {} bytes of {} are those of {}; from {} on there is erased flash or what was there before. A write that stopped on the way "
                        "leaves it so.",
                        progress.copied, title, release_or_version(module), hex_address(progress.boundary)),
            Confidence::Likely};
}

Fault mixed_with(const Module& module, const Trailer& other, const std::string& title) {
    // Where one ends and the other begins is not known to the byte: it lies behind the header and before the other one's end.
    Range at{module.at.begin, std::max(module.at.end, other.end) + 4};
    if (!module.damage.erased_runs.empty() && module.damage.erased_runs.front().begin > module.at.begin) at = module.damage.erased_runs.front();
    const auto other_name = other.known_as.empty()   ? std::string("another module")
                            : other.releases.empty() ? published_name(other.known_as)
                                                     : "release " + other.releases.front();
    return {FaultKind::PartlyOverwritten, at,
            fmt::format("The beginning of {} is that of {}, its end (at {}) is that of {}: it was written over, and not to the end.", title,
                        release_or_version(module), hex_address(other.end), other_name),
            // Of a build whose blocks nobody knows the header may be what is wrong.
            other.known_as.empty() || !module.damage.blocks ? Confidence::Likely : Confidence::Certain};
}

bool starts_a_sector(const Facts& facts, Address at) {
    const auto* sector = facts.layout->sector_at(at);
    return sector && sector->at.begin == at;
}

bool is_tail(const Module& module, Range run) { return run.end >= module.at.end + 4; }

bool tail_is_gone(const Module& module) { return module.present() && !module.damage.erased_runs.empty() && is_tail(module, module.damage.erased_runs.back()); }

/// The other system part is whole and of another version.
bool is_of_another_release(const Facts& facts, const Module& module) {
    if (!module.part) return false;
    const auto* other = facts.system_part(module.part == 1 ? 2 : 1);
    return other && other->good() && other->range_ok == true && other->version.value != module.version.value;
}

Fault erased_run(const Facts& facts, const Module& module, Range run, const std::string& title) {
    const bool to_the_end = is_tail(module, run);
    if (to_the_end && is_of_another_release(facts, module))
        return {FaultKind::PartlyOverwritten, run,
                fmt::format("{} begins as {} and is erased from {} on, while the other system part is of another release: a write of the new one that stopped "
                            "on the way leaves it so.",
                            title, release_or_version(module), hex_address(run.begin)),
                Confidence::Likely};
    if (to_the_end && !starts_a_sector(facts, run.begin))
        return {FaultKind::CutShort, run,
                fmt::format("{} should be {} bytes long; from {} on it is erased, its checksum included.", title, module.length() + 4, hex_address(run.begin))};
    return {FaultKind::RunErased, run, fmt::format("Inside {}, {} are erased. No released module has erased flash inside.", title, bytes_of(run))};
}

void add_runs(const Facts& facts, const Module& module, const std::string& title, std::vector<Fault>& faults) {
    const auto confidence = module.slot == "user" ? Confidence::Likely : Confidence::Certain;
    for (const auto run : module.damage.erased_runs) faults.push_back(erased_run(facts, module, run, title));
    for (auto& fault : faults) fault.confidence = std::min(fault.confidence, confidence);
    // Zeros over whole pages of a transfer are also what a failed read gives.
    for (const auto run : module.damage.zero_runs)
        faults.push_back({FaultKind::RunZeroed, run, fmt::format("Inside {}, {} are zero.", title, bytes_of(run)), std::min(confidence, Confidence::Likely)});
}

Fault checksum_wrong(const Module& module, const std::string& title) {
    const auto sums = fmt::format("The checksum of {} is wrong (stored {}, computed {}).{}", title, hex_word(module.stored_crc.value),
                                  hex_word(module.computed_crc), was_known(module));
    if (const auto& bit = module.damage.flipped_bit)
        return {FaultKind::ChecksumWrong, bit->at,
                fmt::format("{} Exactly one flipped bit explains it: bit {} of the byte at {}.", sums, bit->value, hex_address(bit->at.begin))};
    if (module.sha256_good == true)
        return {FaultKind::ChecksumWrong,
                {module.at.end - 2, module.at.end + 4},
                sums + " The SHA-256 over the content is right, so only the last bytes are damaged."};
    return {FaultKind::ChecksumWrong, whole_module(module), sums};
}

std::vector<Range> foreign_stretches(const ModuleDamage& damage) {
    std::vector<Range> stretches;
    if (!damage.blocks) return stretches;
    for (const auto& run : damage.blocks->runs)
        if (is_foreign(*damage.blocks, run) && (run.kind != BlockRun::Kind::Unknown || !damage.replaced.overlaps(run.at))) stretches.push_back(run.at);
    return stretches;
}

constexpr std::string_view of_no_release = " nor of any release";

std::string whose(const ModuleDamage& damage, Range stretch) {
    for (const auto& run : damage.blocks->runs) {
        if (run.at != stretch || run.kind == BlockRun::Kind::Unknown) continue;
        const auto release = run.release.empty() ? std::string("an unreleased build") : "release " + run.release;
        return run.kind == BlockRun::Kind::OtherSlot ? fmt::format(" but of {} of {}", run.slot, release) : " but of " + release;
    }
    return std::string(of_no_release);
}

void add_foreign(const Module& module, const std::string& title, std::vector<Fault>& faults) {
    if (const auto at = module.damage.replaced; !at.empty())
        faults.push_back({FaultKind::PartlyOverwritten, at,
                          fmt::format("Inside {}, {} are of another kind than firmware: they were written over.", title, bytes_of(at)), Confidence::Likely});
    for (const auto stretch : foreign_stretches(module.damage)) {
        const auto owner = whose(module.damage, stretch);
        faults.push_back({FaultKind::PartlyOverwritten, stretch,
                          fmt::format("Inside {}, {} are not those of {}{}.", title, bytes_of(stretch), release_or_version(module), owner),
                          owner == of_no_release ? Confidence::Likely : Confidence::Certain});
    }
}

/// The header does not go with the module's own last bytes; what else is wrong, its released blocks show where they are known.
Fault header_hit(const Module& module, const std::string& title) {
    const auto end = module.damage.own_trailer->end;
    const auto says = module.present() && module.at.end != end
                          ? fmt::format(" It says that the module ends at {}, and its last bytes stand at {}.", hex_address(module.at.end), hex_address(end))
                          : "";
    return {FaultKind::ChecksumWrong, range_of(module.header_at, header_size),
            fmt::format("The header of {} is damaged: it does not go with what stands around it and with the module's own last bytes.{}{} With a right one the "
                        "checksum is wrong all the same, as far as can be told: other bytes are wrong too.",
                        title, says, was_known(module))};
}

/// One fault for each block that holds wrong bytes where released blocks show which; else one for the module.
void add_wrong_bytes(const Module& module, const std::string& title, std::vector<Fault>& faults) {
    const auto fault = checksum_wrong(module, title);
    const bool placed = fault.at != whole_module(module);
    if (!placed && module.damage.blocks)
        for (const auto& run : module.damage.blocks->runs)
            if (run.kind == BlockRun::Kind::Unknown)
                faults.push_back(
                    {FaultKind::ChecksumWrong, run.at,
                     faults.empty() ? fault.explain + " " + capitalized(wrong_between(run.at)) : fmt::format("In {} too: {}", title, wrong_between(run.at))});
    if (faults.empty()) faults.push_back(fault);
    if (!placed && faults.size() == 1 && faults[0].at == fault.at && module.known_as.empty())
        faults[0].explain += " Where, cannot be told: this build is in no table of known ones.";
}

std::vector<Fault> faults_of_broken(const Facts& facts, const Module& module, const std::string& title) {
    if (module.damage.flipped_bit) return {checksum_wrong(module, title)};
    if (module.damage.header_alone)
        return {{FaultKind::ChecksumWrong, range_of(module.header_at, header_size),
                 fmt::format("The header of {} is damaged, and nothing else: with what its place and its own last bytes say the checksum is right.{}", title,
                             was_known(module))}};
    if (is_target_of_interrupted_dfu(facts, module)) return {partly_overwritten_by_dfu(facts, module, title)};
    if (module.damage.other_trailer) return {mixed_with(module, *module.damage.other_trailer, title)};
    std::vector<Fault> faults;
    add_runs(facts, module, title, faults);
    add_foreign(module, title, faults);
    if (faults.empty() && module.damage.own_trailer && !module.damage.blocks) return {header_hit(module, title)};
    if (faults.empty()) add_wrong_bytes(module, title, faults);
    return faults;
}

/// The header is gone: erased, zeroed, hit, or replaced by other content.
Fault fault_of_headless(const Module& module, const std::string& title) {
    const auto& damage = module.damage;
    const auto begin = module.slot_at.begin;
    if (damage.shifted_to)
        return {FaultKind::Misplaced, *damage.shifted_to,
                fmt::format("{} lies whole at {}, not at {} where it belongs.", title, hex_address(damage.shifted_to->begin), hex_address(begin))};
    const auto& trailer = damage.own_trailer ? damage.own_trailer : damage.other_trailer;
    const auto was = trailer && !trailer->known_as.empty() ? fmt::format(" By its end it was {}.", published_name(trailer->known_as)) : "";
    if (!damage.erased_runs.empty() && damage.erased_runs.front().begin == begin)
        return {FaultKind::RunErased, damage.erased_runs.front(),
                fmt::format("The beginning of {} is erased: {}.{}", title, bytes_of(damage.erased_runs.front()), was)};
    if (!damage.zero_runs.empty() && damage.zero_runs.front().begin == begin)
        return {FaultKind::RunZeroed, damage.zero_runs.front(),
                fmt::format("The beginning of {} is zero: {}.{}", title, bytes_of(damage.zero_runs.front()), was)};
    if (module.header_resembles)
        return {FaultKind::ChecksumWrong, range_of(module.header_at, header_size),
                fmt::format("The header of {} is damaged{}.{}", title,
                            damage.header_alone  ? ", and nothing else: with what its place and its own last bytes say the checksum is right"
                            : damage.own_trailer ? ": it does not go with what stands around it and with the module's own last bytes"
                                                 : ": most of its fields are right, but not all",
                            was)};
    if (damage.content.empty() && !was.empty() && damage.erased_runs.empty())
        return {FaultKind::PartlyOverwritten,
                {begin, begin + 0x1000},
                fmt::format("The beginning of {} was written over with something else.{}", title, was),
                Confidence::Likely};
    auto end = damage.erased_runs.empty() ? module.slot_at.end : damage.erased_runs.front().begin;
    const auto what = damage.content.empty() ? std::string("what lies there has no module header") : fmt::format("what lies there is {}", damage.content);
    return {FaultKind::NotFirmware, {begin, std::max(end, begin + 4)}, fmt::format("At the place of {} there is no firmware: {}.{}", title, what, was)};
}

bool belongs_here(const Module& module) { return module.range_ok != false; }

/// It is linked for the place of its own kind, and that is not here.
bool is_at_home_elsewhere(const Facts& facts, const Module& module) {
    const auto* own = slot_for(*facts.layout, module.function.value, module.index.value);
    return own && own->linked_at == module.start.value && !own->at.contains(module.at.begin);
}

std::vector<Fault> faults_of_present(const Facts& facts, const Module& module, const std::string& title) {
    // A header that was hit names any place and any device.
    if (module.damage.own_trailer) return faults_of_broken(facts, module, title);
    const bool whole = module.integrity != Integrity::Bad || !module.known_as.empty();
    // A module for another device is at home at that device's addresses: what it is comes before where it lies.
    const bool changed = module.damage.built_as.has_value();
    if (whole && module.platform_ok == false)
        return {{FaultKind::OtherPlatform, changed ? range_of(module.header_at, header_size) : whole_module(module),
                 of_other_platform(module, title, facts.layout->platform_id), changed ? Confidence::Likely : Confidence::Certain}};
    if ((whole && !belongs_here(module)) || is_at_home_elsewhere(facts, module))
        return {{FaultKind::Misplaced, whole_module(module),
                 fmt::format("At the place of {} lies a module that is linked for {}.", title, hex_address(module.start.value))}};
    if (module.integrity == Integrity::Bad) return faults_of_broken(facts, module, title);
    if (!is_of_its_kind(*facts.layout, module))
        return {{FaultKind::Misplaced, range_of(module.header_at, header_size),
                 fmt::format("The header of {} calls it another kind of module (function {}, index {}), though it is linked for this place.", title,
                             module.function.value, module.index.value),
                 Confidence::Likely}};
    return {};
}

}  // namespace

std::vector<Fault> faults_as_read(const Facts& facts, const Module& module) {
    if (!facts.layout || !capture_allows_judgement(facts) || is_target_of_interrupted_copy(facts, module)) return {};
    const auto title = in_text(facts, module.slot);
    switch (module.presence) {
        case Presence::Absent:
            return {};
        case Presence::Erased:
            return {{FaultKind::Missing, module.slot_at,
                     fmt::format("The place of {} is erased from {} to {}.", title, hex_address(module.slot_at.begin), hex_address(module.slot_at.end))}};
        case Presence::NoHeader:
            if (may_lack_header(module)) return {};
            if (const auto& other = module.damage.of_other_device)
                return {fault_of_other_platform(facts, title, range_of(module.slot_at.begin, other->size + 4), other->platform_id)};
            return {fault_of_headless(module, title)};
        case Presence::Present:
            break;
    }
    return faults_of_present(facts, module, title);
}

/// Bytes that are of no release stand there, as far as its blocks tell.
static bool wrong_bytes_reach(const Module& module, Range at) {
    const auto& blocks = module.damage.blocks;
    return blocks && std::any_of(blocks->runs.begin(), blocks->runs.end(),
                                 [&](const BlockRun& run) { return run.kind == BlockRun::Kind::Unknown && run.at.overlaps(at); });
}

/// Of a module that has a place here, and of a version that was released: wrong bits in a header hardly ever name one.
static bool can_be_asked_for(const Layout& layout, const Dependency& need) {
    if (need.none()) return true;
    if (!slot_for(layout, need.function.value, need.index.value)) return false;
    if (need.function.value == FunctionSystemPart) return !releases_with_system_version(need.version.value).empty();
    return need.function.value != FunctionBootloader || !releases_with_bootloader_version(need.version.value).empty();
}

bool may_be_wrong_anywhere(const Module& module) {
    const auto& damage = module.damage;
    const bool placed = damage.flipped_bit || damage.blocks || !damage.erased_runs.empty() || !damage.zero_runs.empty() || !damage.replaced.empty();
    return module.integrity == Integrity::Bad && !placed;
}

bool header_is_trusted(const Facts& facts, const Module& module) {
    if (!facts.layout || !capture_allows_judgement(facts) || facts.ota.half_written_slot == module.slot) return false;
    if (!module.present() || module.range_ok == false || module.platform_ok == false || module.damage.other_trailer || tail_is_gone(module) ||
        !foreign_stretches(module.damage).empty() || (!module.damage.built_as && version_of_code(*facts.layout, module) != module.version.value))
        return false;
    if (header_was_hit(module) || wrong_bytes_reach(module, range_of(module.header_at, header_size))) return false;
    return !may_be_wrong_anywhere(module) || (can_be_asked_for(*facts.layout, module.dependency) && can_be_asked_for(*facts.layout, module.dependency2));
}

}  // namespace photopsy
