#include "facts/module_damage.h"

#include "base/runs.h"
#include "facts/erased.h"
#include "facts/header_damage.h"
#include "facts/headerless.h"
#include "facts/module_runs.h"
#include "facts/releases.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace photopsy {

namespace {

constexpr std::uint32_t step = run_step;
constexpr std::uint32_t trailer_size = 40;  // suffix of 36 and CRC

/// An erased run over a module's last bytes (its CRC included), however short: no CRC and suffix are all FF.
std::optional<Range> erased_tail(const Image& image, Range where) {
    const auto bytes = image.bytes(where);
    const auto used = written_size(bytes);
    if (bytes.size() < used + std::size_t{8}) return {};
    return Range{where.begin + used, where.end};
}

struct Signature {
    std::string_view magic, name;
};
constexpr std::array<Signature, 9> signatures = {{{"\x89PNG", "a PNG picture"},
                                                  {"\xFF\xD8\xFF", "a JPEG picture"},
                                                  {"GIF8", "a GIF picture"},
                                                  {"PK\x03\x04", "a ZIP archive"},
                                                  {"\x1F\x8B", "a gzip archive"},
                                                  {"\x7F"
                                                   "ELF",
                                                   "an ELF program"},
                                                  {"%PDF", "a PDF document"},
                                                  {"DfuSe", "a DfuSe file with its wrapper"},
                                                  {":02", "Intel HEX text"}}};

/// Nine of ten bytes are printable ASCII, and the rest could be UTF-8.
bool is_text(ByteView bytes) {
    std::size_t printable = 0;
    for (const auto byte : bytes) {
        const bool plain = (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t';
        if (!plain && (byte < 0x80 || byte > 0xF4)) return false;
        printable += plain;
    }
    return printable * 10 >= bytes.size() * 9;
}

/// The module that belongs in the slot, found whole at another 512-byte step inside it: written with a wrong -s address.
std::optional<Range> whole_elsewhere(const Image& image, const Layout& layout, const Module& module) {
    const auto* slot = layout.slot(module.slot);
    if (!slot) return {};
    for (Address at = slot->at.begin + 0x200; at < slot->at.end; at += 0x200) {
        ModuleSlot moved = *slot;
        moved.at.begin = at;
        const auto bytes = image.bytes(range_of(at, 4));
        if (bytes.empty() || all_erased(bytes)) continue;
        auto candidate = read_module(image, layout, moved);
        if (candidate.good() && candidate.function.value == slot->function && candidate.index.value == slot->index) return candidate.at;
    }
    return {};
}

/// Bits of information per byte, 0 .. 8 (Shannon).
double entropy(ByteView bytes) {
    std::array<std::uint32_t, 256> count{};
    for (const auto byte : bytes) ++count[byte];
    double bits = 0;
    for (const auto times : count)
        if (times != 0) bits -= times * std::log2(static_cast<double>(times) / static_cast<double>(bytes.size()));
    return bits / static_cast<double>(bytes.size());
}

// 4 KiB of code, tables or text of the catalogue's modules stay below 7.3 bits per byte; random or packed bytes reach 7.95. Only system part 1
// holds such bytes legally (the Wi-Fi firmware).
constexpr double noise_from = 7.6;
constexpr std::uint32_t block = 4096;

bool is_noise(ByteView bytes) { return entropy(bytes) >= noise_from; }

/// The first stretch of blocks that cannot be of the module: plain text, or noise where most other blocks are none.
Range replaced_stretch(const Image& image, const Module& module) {
    std::vector<Range> texts, noises;
    std::uint32_t blocks = 0;
    for (Address at = module.slot_at.begin; module.present() && at + block <= module.at.end; at += block) {
        const auto bytes = image.bytes(range_of(at, block));
        if (bytes.empty() || all_erased(bytes) || all_equal(bytes, 0)) continue;
        ++blocks;
        if (is_text(bytes))
            texts.push_back(range_of(at, block));
        else if (module.part != 1 && is_noise(bytes))  // the first part holds the Wi-Fi firmware, packed
            noises.push_back(range_of(at, block));
    }
    const auto& hits = noises.empty() || noises.size() * 2 > blocks ? texts : noises;
    Range found{};
    for (const auto at : hits) {
        if (found.empty())
            found = at;
        else if (found.end == at.begin)
            found.end = at.end;
    }
    return found;
}

/// What lies beside the stretch is of the same kind: an owner's picture or text, which begins and ends anywhere. What was written over it by blocks ends with
/// them.
bool goes_on_beside(const Image& image, const Module& module, Range found) {
    constexpr std::uint32_t beside = 256;
    constexpr double noise_beside_from = 6.8;  // random bytes reach 7.2 in so few, code stays below 6.5
    const auto first = image.bytes(range_of(found.begin, beside));
    const bool text = !first.empty() && is_text(first);
    const auto same_kind = [&](Range at) {
        const auto bytes = image.bytes(at);
        return !bytes.empty() && module.at.contains(at) && (text ? is_text(bytes) : entropy(bytes) >= noise_beside_from);
    };
    return same_kind({found.begin - beside, found.begin}) || same_kind(range_of(found.end, beside));
}

/// Erased flash comes in whole sectors or lost blocks. Several runs in one block that begin and end anywhere are part of something else that was written there.
Range block_with_other_content(const std::vector<Range>& erased_runs) {
    const auto lies_anywhere = [](Range run) { return run.begin % step > 3 && run.end % step != 0; };
    for (const auto run : erased_runs) {
        const auto begin = run.begin / block * block;
        const auto in_block = [&](Range other) { return other.begin >= begin && other.end <= begin + block; };
        const auto all = std::count_if(erased_runs.begin(), erased_runs.end(), in_block);
        if (all >= 2 && std::any_of(erased_runs.begin(), erased_runs.end(), [&](Range other) { return in_block(other) && lies_anywhere(other); }))
            return range_of(begin, block);
    }
    return {};
}

/// Its own trailer stands where its header says, and is of the version that its header says; or the header was hit, for no release of that version begins so.
bool own_trailer_intact(const Image& image, const Layout& layout, const Module& module) {
    if (module.stored_sha256_at.empty()) return false;
    const auto known = find_known_module(layout.platform_id, module.stored_crc.value, module.length(), module.stored_sha256);
    return !known || known->version == module.version.value || !begins_as_released(image, layout, module);
}

Trailer named_trailer(Address base, Address end, std::uint16_t platform_id, std::uint32_t crc, const Sha256& sha) {
    Trailer trailer{.end = end};
    if (const auto known = find_known_module(platform_id, crc, end - base, sha)) {
        trailer.version = known->version;
        trailer.known_as = known->name;
        trailer.releases.assign(known->releases.begin(), known->releases.end());
    }
    return trailer;
}

std::optional<Trailer> trailer_ending_at(const Image& image, Address base, Address end, std::uint16_t platform_id) {
    const auto bytes = image.bytes(range_of(end - 36, trailer_size));
    if (bytes.size() != trailer_size || little_endian<std::uint16_t>(bytes) != 0) return {};
    const auto size = little_endian<std::uint16_t>(bytes.subspan(34));
    if (size != 36 && size != 40 && size != 42) return {};
    Sha256 sha{};
    std::copy_n(bytes.begin() + 2, sha.size(), sha.begin());
    return named_trailer(base, end, platform_id, big_endian<std::uint32_t>(bytes.subspan(36)), sha);
}

/// What stands at the end: where the header says, or else where the content of the slot ends.
std::optional<Trailer> find_trailer(const Image& image, const Layout& layout, const Module& module) {
    const auto last = last_trailer(image, module.slot_at, layout.platform_id);
    if (!module.present() || module.stored_sha256_at.empty()) return last;
    auto trailer = named_trailer(module.at.begin, module.at.end, layout.platform_id, module.stored_crc.value, module.stored_sha256);
    return trailer.known_as.empty() && last && !last->known_as.empty() ? last : trailer;  // at a wrong end any bytes may look like a suffix
}

/// It names another end, version or home than these last bytes do.
bool says_otherwise(const Layout& layout, const Module& module, const Trailer& trailer) {
    if (!module.present() || module.stored_sha256_at.empty()) return true;
    return !trailer.known_as.empty() &&
           (module.version.value != trailer.version || module.range_ok != true || module.platform_ok != true || !is_of_its_kind(layout, module));
}

/// The header of what lies there was hit: alone, by the checksum; or beside other bytes, by what stands around it.
void find_damaged_header(const Image& image, const Layout& layout, const Module& module, ModuleDamage& damage) {
    const auto trailer = find_trailer(image, layout, module);
    if (!trailer || !module.header_in_file) return;
    damage.header_alone = only_its_header_is_wrong(image, layout, module, trailer->end);
    if (damage.header_alone || (says_otherwise(layout, module, *trailer) && begins_as_it_ends(image, layout, module, *trailer))) damage.own_trailer = trailer;
}

/// What a write that stopped on the way leaves of an older module lies in a later sector: that of its first byte was erased.
std::optional<Trailer> find_other_trailer(const Image& image, const Layout& layout, const Module& module) {
    if (module.present() && !module.stored_sha256_at.empty() && own_trailer_intact(image, layout, module)) return {};
    auto trailer = find_trailer(image, layout, module);
    if (trailer && module.present() && shares_its_first_sector(layout, module, trailer->end)) return {};
    return trailer;
}

}  // namespace

std::string name_of_content(ByteView first_bytes) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    for (const auto& signature : signatures)
        if (text.starts_with(signature.magic)) return std::string(signature.name);
    return first_bytes.size() >= 16 && is_text(first_bytes) ? "text" : "";
}

std::optional<Trailer> last_trailer(const Image& image, Range slot_at, std::uint16_t platform_id) {
    const auto bytes = image.bytes(slot_at);
    const auto used = bytes.size() - trailing_run(bytes, 0xFF);
    // The CRC's own last bytes may be FF: look at the next two words as well.
    const auto rounded = static_cast<Address>((used + 3) / 4 * 4);
    for (Address behind = rounded; behind <= rounded + 8 && behind <= slot_at.size(); behind += 4) {
        if (behind < trailer_size + 24) continue;
        if (auto trailer = trailer_ending_at(image, slot_at.begin, slot_at.begin + behind - 4, platform_id)) return trailer;
    }
    return {};
}

std::uint32_t crc_with(const Image& image, Range content, Range at, std::uint32_t value) {
    const std::array<std::uint8_t, 4> word = {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value >> 16),
                                              static_cast<std::uint8_t>(value >> 24)};
    const auto before = crc32(image.bytes({content.begin, at.begin}));
    return crc32(image.bytes({at.end, content.end}), crc32(word, before));
}

ModuleDamage find_damage(const Image& image, const Layout& layout, const Module& module) {
    ModuleDamage damage;
    const bool headless = module.presence == Presence::NoHeader, broken = module.present() && module.integrity == Integrity::Bad;
    // What lies in another flash is copied as it is; a received image in this one is tested before.
    const bool is_tested_first = !runs_in_place(module) && layout.flash.contains(module.slot_at.begin);
    if (!is_tested_first) damage.built_as = version_before_change(image, layout, module);
    if (is_tested_first || (!headless && !broken)) return damage;
    find_damaged_header(image, layout, module, damage);
    if (damage.header_alone) return damage;  // everything else is right: there are no runs
    if (!damage.own_trailer) damage.other_trailer = find_other_trailer(image, layout, module);
    // A run is looked for up to where the module (or, without a header, what its trailer ends) ends.
    auto where = broken ? Range{module.at.begin, module.at.end + 4} : module.slot_at;
    if (headless && damage.other_trailer) where.end = damage.other_trailer->end + 4;
    if (damage.own_trailer) where.end = damage.own_trailer->end + 4;
    damage.erased_runs = runs_in_module(image, layout, module, where, 0xFF);
    if (const auto tail = broken ? erased_tail(image, where) : std::nullopt;
        tail && (damage.erased_runs.empty() || damage.erased_runs.back().end < tail->begin))
        damage.erased_runs.push_back(*tail);
    damage.zero_runs = runs_in_module(image, layout, module, where, 0x00);
    damage.replaced = replaced_stretch(image, module);
    if (!damage.replaced.empty() && goes_on_beside(image, module, damage.replaced)) damage.replaced = {};
    if (const auto other = block_with_other_content(damage.erased_runs); broken && !other.empty()) {
        damage.replaced = other;
        std::erase_if(damage.erased_runs, [&](Range run) { return other.contains(run); });
    }
    if (!headless) return damage;
    damage.of_other_device = module_of_other_device(image.leading(module.slot_at), layout.platform_id);
    damage.content = name_of_content(image.leading(range_of(module.slot_at.begin, 64)));
    damage.shifted_to = whole_elsewhere(image, layout, module);
    if (looks_like_firmware_without_header(image, layout, module, damage)) damage.content = firmware_without_header;
    return damage;
}

}  // namespace photopsy
