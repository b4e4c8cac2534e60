#include "facts/blocks.h"

#include "base/digest.h"
#include "facts/block_table.h"
#include "facts/flipped_bit.h"
#include "facts/releases.h"
#include "facts/unread_bytes.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace photopsy {

namespace {

/// The slot's blocks as they are, hashed once.
struct SlotBlocks {
    const Image& image;
    Address base;
    std::vector<std::uint64_t> hashes;  ///< of whole blocks; 0 where not in the file

    SlotBlocks(const Image& flash, Range at) : image(flash), base(at.begin) {
        for (Address block = at.begin; block + block_size <= at.end; block += block_size) {
            const auto bytes = image.bytes(range_of(block, block_size));
            hashes.push_back(bytes.empty() ? 0 : block_hash(bytes));
        }
    }
    Range range(const ReleasedModule& module, std::uint32_t block) const { return range_of(base + block * block_size, module.size_of(block)); }
    bool holds(const ReleasedModule& module, std::uint32_t block) const {
        if (block >= hashes.size()) return false;
        const auto wanted = released_block(module, block);
        if (module.size_of(block) == block_size) return hashes[block] == wanted;
        const auto bytes = image.bytes(range(module, block));
        return !bytes.empty() && block_hash(bytes) == wanted;
    }
};

struct Candidate {
    ReleasedModule module;
    std::uint32_t same = 0;
};

std::vector<Candidate> candidates_for(const SlotBlocks& slot, const Layout& layout, const ModuleSlot& place) {
    std::vector<Candidate> list;
    for (const auto& module : released_modules(layout.platform_id, place.function, place.index)) {
        if (module.length > slot.hashes.size() * block_size) continue;
        Candidate candidate{module};
        for (std::uint32_t block = 0; block < module.blocks; ++block) candidate.same += slot.holds(module, block);
        if (candidate.same) list.push_back(candidate);
    }
    return list;
}

/// Those that fit best; a header that can be read decides first, because an interrupted write leaves more blocks of the other release. But a release that
/// the module's own last bytes name, that has all blocks but two and no fewer than those the header names, is the right one where the first block is that
/// of neither: the header was hit.
std::vector<Candidate> best_of(const SlotBlocks& slot, std::vector<Candidate> list, const Module& module) {
    const auto long_enough = [&](const Candidate& candidate) { return module.present() && candidate.module.length == module.length() + 4; };
    const auto named = [&](const Candidate& candidate) { return long_enough(candidate) && candidate.module.version == module.version.value; };
    // Header and checksum name the same build: that one, however much another resembles it.
    const auto sure = [&](const Candidate& candidate) { return named(candidate) && candidate.module.crc == module.stored_crc.value; };
    if (std::any_of(list.begin(), list.end(), sure)) std::erase_if(list, [&](const Candidate& candidate) { return !sure(candidate); });
    std::uint32_t most_named = 0;
    bool own_header = false;
    for (const auto& candidate : list) {
        if (!named(candidate)) continue;
        most_named = std::max(most_named, candidate.same);
        own_header = own_header || slot.holds(candidate.module, 0);
    }
    const auto named_by_end = [&](const Candidate& candidate) {
        return !own_header && long_enough(candidate) && candidate.module.crc == module.stored_crc.value && candidate.same + 2 >= candidate.module.blocks &&
               candidate.same >= most_named;
    };
    if (std::any_of(list.begin(), list.end(), named_by_end))
        std::erase_if(list, [&](const Candidate& candidate) { return !named_by_end(candidate); });
    else if (most_named)
        std::erase_if(list, [&](const Candidate& candidate) { return !named(candidate); });
    std::uint32_t most = 0;
    for (const auto& candidate : list) most = std::max(most, candidate.same);
    std::erase_if(list, [&](const Candidate& candidate) { return candidate.same < most; });
    return list;
}

/// The other release with the most blocks here: one answer for all foreign blocks where one will do.
std::string release_of_block(const SlotBlocks& slot, const std::vector<Candidate>& all, std::uint32_t block, bool& found) {
    const Candidate* best = nullptr;
    for (const auto& candidate : all)
        if (block < candidate.module.blocks && slot.holds(candidate.module, block) && (!best || candidate.same > best->same)) best = &candidate;
    found = best != nullptr;
    return best ? std::string(best->module.release) : "";
}

BlockRun judge_block(const SlotBlocks& slot, const Layout& layout, const ReleasedModule& module, const std::vector<Candidate>& all, std::uint32_t block) {
    using enum BlockRun::Kind;
    BlockRun run{.at = slot.range(module, block)};
    const auto bytes = slot.image.bytes(run.at);
    if (bytes.empty())
        run.kind = NotInFile;
    else if (slot.holds(module, block))
        run.kind = Same;
    else if (all_erased(bytes))
        run.kind = Erased;
    else if (all_equal(bytes, 0))
        run.kind = Zero;
    if (run.kind != Unknown) return run;
    bool found = false;
    run.release = release_of_block(slot, all, block, found);
    if (found) run.kind = OtherRelease;
    const auto places = found || block >= slot.hashes.size() ? std::vector<BlockPlace>{} : places_of_block(layout.platform_id, slot.hashes[block]);
    if (places.empty()) return run;
    run.kind = OtherSlot;
    run.release = places.front().module.release;
    const auto* place = slot_for(layout, places.front().module.function, places.front().module.index);
    run.slot = place ? place->name : "";
    return run;
}

/// A few wrong bytes beside each other are found to the byte. The first and the last block are known in pieces of 256 bytes too.
void narrow(const SlotBlocks& slot, const ReleasedModule& module, std::uint32_t block, BlockRun& run) {
    const bool head = block == 0, tail = block + 1 == module.blocks;
    if (run.kind != BlockRun::Kind::Unknown) return;
    if (const auto wrong = wrong_bytes(slot.image.bytes(run.at), released_block(module, block))) {
        run.at = {run.at.begin + wrong->at.begin, run.at.begin + wrong->at.end};
        return;
    }
    if (!head && !tail) return;
    Range bad{run.at.end, run.at.begin};
    for (std::uint32_t piece = 0; piece * fine_size < run.at.size(); ++piece) {
        const auto at = intersection(range_of(run.at.begin + piece * fine_size, fine_size), run.at);
        const auto wanted = tail ? released_tail_piece(module, piece) : released_head_piece(module, piece);
        if (static_cast<std::uint32_t>(block_hash(slot.image.bytes(at))) == wanted) continue;
        bad = {std::min(bad.begin, at.begin), at.end};
    }
    if (bad.begin < bad.end) run.at = bad;
}

void append(std::vector<BlockRun>& runs, BlockRun run, Range whole) {
    if (run.at != whole && run.at.begin > whole.begin)
        append(runs, {.kind = BlockRun::Kind::Same, .at = {whole.begin, run.at.begin}, .release = {}, .slot = {}}, {whole.begin, run.at.begin});
    const auto end = run.at.end;
    auto* last = runs.empty() ? nullptr : &runs.back();
    if (last && last->kind == run.kind && last->release == run.release && last->slot == run.slot)
        last->at.end = end;
    else
        runs.push_back(std::move(run));
    if (end < whole.end) append(runs, {.kind = BlockRun::Kind::Same, .at = {end, whole.end}, .release = {}, .slot = {}}, {end, whole.end});
}

bool worth_naming(const Module& module) {
    const bool broken = module.present() && module.integrity == Integrity::Bad;
    return (broken || module.presence == Presence::NoHeader) && module.slot != "factory";
}

/// 00 01 02 ...: what the source has where the build puts the SHA-256 (build/arm/linker/module_end.ld and module_info.inc@v2.3.1).
bool is_counted_up(ByteView sha) {
    for (std::size_t i = 0; i < sha.size(); ++i)
        if (sha[i] != i) return false;
    return true;
}

/// With that bit turned back the block around it is one of a release, though the module may be of none.
bool makes_a_released_block(ByteView turned_back, std::uint32_t offset) {
    const auto begin = offset / block_size * block_size;
    return begin + block_size <= turned_back.size() && is_released_block(block_hash(turned_back.subspan(begin, block_size)));
}

/// True where the content with that bit turned back is what its release, a released block or its own SHA-256 says it was.
bool proves_itself(const Image& image, Range content, const FlippedBit& flip, const BlockIdentity* identity) {
    const auto bytes = image.bytes(content);
    if (flip.offset >= bytes.size()) return identity ? identity->same == identity->blocks - 1 || identity->same == identity->blocks : true;
    std::vector<std::uint8_t> turned_back(bytes.begin(), bytes.end());
    turned_back[flip.offset] = static_cast<std::uint8_t>(turned_back[flip.offset] ^ (1u << flip.bit));
    if (identity && content.size() + 4 == identity->length && crc32(turned_back) == identity->crc) return true;
    if (makes_a_released_block(turned_back, flip.offset)) return true;
    const auto end = turned_back.size();
    if (end < 64 || little_endian<std::uint16_t>(ByteView(turned_back).subspan(end - 2)) < 36) return false;
    const auto stored = ByteView(turned_back).subspan(end - 34, 32);
    if (is_counted_up(stored)) return true;  // no step of that build put the SHA-256 in: the CRC, right again, is all there is
    const auto sha = sha256(ByteView(turned_back).first(end - 34));
    return std::equal(sha.begin(), sha.end(), turned_back.begin() + static_cast<std::ptrdiff_t>(end) - 34);
}

std::optional<Field<std::uint8_t>> find_flipped_bit(const Image& image, const Module& module, const BlockIdentity* identity) {
    const auto try_length = [&](std::uint32_t length) -> std::optional<Field<std::uint8_t>> {
        const auto content = image.bytes(range_of(module.slot_at.begin, length)), stored = image.bytes(range_of(module.slot_at.begin + length, 4));
        if (content.empty() || stored.empty()) return {};
        const auto difference = crc32(content) ^ big_endian<std::uint32_t>(stored);
        if (difference == 0) return {};
        const auto flip = solve_flipped_bit(difference, length);
        if (!flip || !proves_itself(image, range_of(module.slot_at.begin, length), *flip, identity)) return {};
        return Field<std::uint8_t>{flip->bit, range_of(module.slot_at.begin + flip->offset, 1)};
    };
    // A header that was hit may say a wrong length: the module's own last bytes stand at its end.
    const auto& own = module.damage.own_trailer;
    if (module.damage.header_alone && own && !own->known_as.empty())
        if (auto found = try_length(own->end - module.slot_at.begin)) return found;
    // One bit cannot damage two blocks.
    if (identity && identity->same + 1 < identity->blocks) return {};
    if (identity && identity->length > 4)
        if (auto found = try_length(identity->length - 4)) return found;
    return module.present() ? try_length(module.length()) : std::nullopt;
}

/// All foreign content that stands where the release's own blocks should.
void collect_foreign(const BlockIdentity& identity, ModuleDamage& damage) {
    std::uint32_t largest = 0;
    for (const auto& run : identity.runs) {
        if (!is_foreign(identity, run)) continue;
        auto& list = damage.foreign_blocks;
        if (!list.empty() && list.back().end == run.at.begin)
            list.back().end = run.at.end;
        else
            list.push_back(run.at);
        if (run.kind == BlockRun::Kind::Unknown || run.at.size() <= largest) continue;
        largest = run.at.size();
        damage.foreign_release = run.release;
    }
}

}  // namespace

bool is_foreign(const BlockIdentity& identity, const BlockRun& run) {
    using enum BlockRun::Kind;
    if (run.kind == OtherRelease || run.kind == OtherSlot) return true;
    constexpr double by_chance = 0.001;
    constexpr unsigned one_wholly_inside = 3;
    const auto blocks = (run.at.size() + block_size - 1) / block_size;
    if (run.kind != Unknown || blocks < one_wholly_inside) return false;
    std::set<Address> hit;  // damaged blocks elsewhere, whatever part of them
    for (const auto& other : identity.runs)
        if (other.kind == Unknown && other.at != run.at)
            for (auto at = other.at.begin / block_size; at <= (other.at.end - 1) / block_size; ++at) hit.insert(at);
    const double elsewhere = identity.blocks > blocks ? identity.blocks - blocks : 0;
    return std::pow((static_cast<double>(hit.size()) + 1) / (elsewhere + 2), blocks) < by_chance;
}

std::optional<BlockIdentity> identify_blocks(const Image& image, const Layout& layout, const Module& module) {
    const auto* place = layout.slot(module.slot);
    if (!place) return {};
    const SlotBlocks slot(image, place->at);
    const auto all = candidates_for(slot, layout, *place);
    const auto best = best_of(slot, all, module);
    if (best.empty()) return {};
    const auto& chosen = best.front().module;
    BlockIdentity identity{.version = chosen.version, .length = chosen.length, .crc = chosen.crc, .same = best.front().same, .blocks = chosen.blocks};
    for (const auto& candidate : best)
        if (!candidate.module.release.empty() &&
            std::find(identity.releases.begin(), identity.releases.end(), candidate.module.release) == identity.releases.end())
            identity.releases.emplace_back(candidate.module.release);
    for (std::uint32_t block = 0; block < chosen.blocks; ++block) {
        auto run = judge_block(slot, layout, chosen, all, block);
        const auto whole = run.at;
        narrow(slot, chosen, block, run);
        append(identity.runs, std::move(run), whole);
    }
    return identity;
}

/// A build that is in no table, whatever known one it resembles: its own last bytes are in order and name none, or one whose
/// blocks are not known. Where it differs from the known one is no
/// damage.
static bool is_other_build(const Layout& layout, const Module& module, const BlockIdentity& identity) {
    if (identity.length < 4) return false;
    const bool own_end = module.present() && !module.stored_sha256_at.empty();
    if (!own_end || module.stored_crc.value == identity.crc || module.integrity != Integrity::Bad) return false;
    const auto by_sha = find_known_module(layout.platform_id, identity.crc, identity.length - 4, module.stored_sha256);
    const auto by_itself = find_known_module(layout.platform_id, module.stored_crc.value, module.length(), module.stored_sha256);
    // Header and last bytes agree with each other and with no known build: one of its own, though it kept the SHA-256 of the one it was made of.
    if (!by_itself && module.version.value != identity.version && module.length() + 4 == identity.length) return true;
    // Last bytes of another known version are the rest of what stood there before.
    const bool rest_of_other = by_itself && by_itself->version != module.version.value;
    return !(by_sha && by_sha->sha256_agrees) && !rest_of_other && identity.same < identity.blocks;
}

void explain_damage(const Image& image, const Layout& layout, std::vector<Module>& modules) {
    for (auto& module : modules) {
        if (!worth_naming(module)) continue;
        auto& damage = module.damage;
        damage.blocks = identify_blocks(image, layout, module);
        if (damage.blocks && is_other_build(layout, module, *damage.blocks)) damage.blocks.reset();
        damage.flipped_bit = find_flipped_bit(image, module, damage.blocks ? &*damage.blocks : nullptr);
        damage.spares_code = is_hit_where_nothing_runs(image, module);
        if (!damage.blocks) continue;
        collect_foreign(*damage.blocks, damage);
    }
}

}  // namespace photopsy
