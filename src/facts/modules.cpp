#include "facts/modules.h"

#include "facts/erased.h"
#include "facts/header_damage.h"
#include "facts/module_damage.h"
#include "facts/releases.h"

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

constexpr std::uint32_t placeholder_crc = 0x78563412;
constexpr std::uint16_t suffix_with_product = 40;
constexpr std::uint32_t shortest_suffix = 36;
bool has_suffix(const Module& module) { return module.suffix_size.value >= shortest_suffix && module.suffix_size.value <= 64; }

/// The module that belongs here stands behind a vector table, and one flipped bit in its first word, which makes the checksum wrong, hides its header.
bool hides_its_header(const Image& image, const Layout& layout, const ModuleSlot& slot, std::uint32_t first_word) {
    const auto bit = (first_word & layout.vector_mask) ^ layout.vector_value;
    const auto header = image.bytes(range_of(slot.at.begin + layout.vector_size, module_header_size));
    if (slot.linked_at == 0 || std::popcount(bit) != 1 || header.size() != module_header_size) return false;
    const auto start = little_endian<std::uint32_t>(header), end = little_endian<std::uint32_t>(header.subspan(4));
    if (start != slot.linked_at || end <= start + 4 || end - start + 4 > slot.at.size() || header[14] != slot.function || header[15] != slot.index)
        return false;
    const Range content = range_of(slot.at.begin, end - start);
    const auto stored = image.bytes(range_of(content.end, 4));
    return stored.size() == 4 && image.has(content) &&
           crc_with(image, content, range_of(content.begin, 4), first_word ^ bit) == big_endian<std::uint32_t>(stored);
}

/// Where the firmware looks for the header: behind the vector table, if the first word looks like a stack pointer (FM@v2.3.1:675).
Address header_address(const Image& image, const Layout& layout, const ModuleSlot& slot) {
    const auto bytes = image.bytes(range_of(slot.at.begin, 4));
    if (bytes.size() != 4) return slot.at.begin;
    const auto word = little_endian<std::uint32_t>(bytes);
    const bool vectors = (word & layout.vector_mask) == layout.vector_value || hides_its_header(image, layout, slot, word);
    return vectors ? slot.at.begin + layout.vector_size : slot.at.begin;
}

Dependency read_dependency(Reader& reader) {
    Dependency dependency;
    dependency.function = reader.read<std::uint8_t>();
    dependency.index = reader.read<std::uint8_t>();
    dependency.version = reader.read<std::uint16_t>();
    return dependency;
}

void read_header(const Image& image, Module& module) {
    auto reader = image.reader(range_of(module.header_at, module_header_size));
    module.start = reader.read<std::uint32_t>();
    module.end = reader.read<std::uint32_t>();
    module.reserved = reader.read<std::uint8_t>();
    module.flags = reader.read<std::uint8_t>();
    module.version = reader.read<std::uint16_t>();
    module.platform_id = reader.read<std::uint16_t>();
    module.function = reader.read<std::uint8_t>();
    module.index = reader.read<std::uint8_t>();
    module.dependency = read_dependency(reader);
    module.dependency2 = read_dependency(reader);
    module.header_in_file = reader.ok();
}

/// Room for a module that begins at the slot: the slot; or what its own kind may fill, if it is linked for another place and was
/// written here by mistake; or all, for monolithic firmware.
std::uint32_t room(const Module& module, const Layout& layout) {
    if (!layout.flash.contains(module.slot_at.begin)) return module.slot_at.size();  // an image in the external flash
    const auto to_the_end = layout.flash.end - module.slot_at.begin;
    if (module.function.value == FunctionMonolithic) return to_the_end;
    const auto* own = slot_for(layout, module.function.value, module.index.value);
    const bool stranger = own && own->linked_at == module.start.value && own->at.begin != module.slot_at.begin;
    return stranger ? std::min(std::max(own->at.size(), module.slot_at.size()), to_the_end) : module.slot_at.size();
}

bool length_is_sane(const Module& module, const Layout& layout) {
    if (module.start.value >= module.end.value) return false;
    const auto length = module.length(), header_end = module.header_at - module.slot_at.begin + module_header_size;
    return length % 4 == 0 && length >= header_end && length <= room(module, layout) - 4;
}

bool kind_is_sane(const Module& module) {
    return module.function.value >= FunctionBootloader && module.function.value <= FunctionUserPart && module.start.value % 4 == 0;
}

/// Whatever kind the header names: linked for this place, and with the right checksum.
bool is_whole_as_it_is(const Image& image, const Module& module, const ModuleSlot& slot) {
    if (slot.linked_at == 0 || module.start.value != slot.linked_at) return false;
    const auto content = range_of(slot.at.begin, module.length());
    const auto stored = image.bytes(range_of(content.end, 4));
    return image.has(content) && stored.size() == 4 && crc32(image.bytes(content)) == big_endian<std::uint32_t>(stored);
}

/// Most fields are what the slot expects, so this is a header that was hit, not other data.
bool resembles_header(const Module& module, const Layout& layout, const ModuleSlot& slot) {
    if (slot.linked_at == 0) return false;
    const int right = (module.start.value == slot.linked_at) + (module.function.value == slot.function) + (module.index.value == slot.index) +
                      (module.platform_id.value == layout.platform_id) +
                      (module.end.value > slot.linked_at && module.end.value <= slot.linked_at + slot.at.size() - 4) +
                      (module.reserved.value == 0 && module.flags.value == 0);
    return right >= 4;
}

void read_suffix(const Image& image, Module& module) {
    const auto end = module.at.end;
    module.suffix_size = image.reader(range_of(end - 2, 2)).read<std::uint16_t>();
    if (!has_suffix(module) || module.length() < suffix_with_product) return;
    module.stored_sha256_at = range_of(end - 34, 32);
    const auto sha = image.bytes(module.stored_sha256_at);
    if (sha.size() == module.stored_sha256.size()) std::copy(sha.begin(), sha.end(), module.stored_sha256.begin());
    if (module.suffix_size.value < suffix_with_product) return;
    auto reader = image.reader(range_of(end - 40, 4));
    module.product_id = reader.read<std::uint16_t>();
    module.product_version = reader.read<std::uint16_t>();
}

void judge_content(const Image& image, Module& module) {
    const auto crc_bytes = image.bytes(range_of(module.at.end, 4));
    const auto content = image.bytes(module.at);
    if (crc_bytes.empty() || content.empty()) return;
    module.stored_crc = {big_endian<std::uint32_t>(crc_bytes), range_of(module.at.end, 4)};
    module.computed_crc = crc32(content);
    read_suffix(image, module);
    const auto known = find_known_module(module.platform_id.value, module.stored_crc.value, module.length(), module.stored_sha256);
    const bool unfinished = known && known->content_crc && *known->content_crc == module.computed_crc;
    if (module.computed_crc == module.stored_crc.value)
        module.integrity = Integrity::Good;
    else if (unfinished || module.stored_crc.value == placeholder_crc)
        module.integrity = Integrity::Placeholder;
    else
        module.integrity = Integrity::Bad;
    if (known && (!known->content_crc || unfinished)) {
        module.known_as = known->name;
        module.releases.assign(known->releases.begin(), known->releases.end());
    }
    if (module.integrity == Integrity::Bad) module.sha256_good = check_sha256(image, module);
}

/// Where another slot begins inside this one (the factory image in the OTA area), this one's own part ends there.
Range own_part(const ModuleSlot& slot, const Layout& layout) {
    auto own = slot.at;
    for (const auto& other : layout.slots)
        if (other.at.begin > own.begin && other.at.begin < own.end && other.name != slot.name) own.end = other.at.begin;
    return own;
}

Presence presence_without_header(const Image& image, const Layout& layout, const ModuleSlot& slot, const Module& module) {
    const auto own = own_part(slot, layout);
    if (image.has(own) && is_erased(image.bytes(own))) return Presence::Erased;
    return module.header_in_file ? Presence::NoHeader : Presence::Absent;
}

std::optional<bool> range_of_kind(const Module& module, const Layout& layout, const ModuleSlot& slot) {
    const auto* expected = slot.linked_at != 0 ? &slot : slot_for(layout, module.function.value, module.index.value);
    if (!expected) return false;
    return module.start.value == expected->linked_at && module.length() <= expected->at.size() - 4;
}

bool is_whole_user_part(const Module& module) { return module.good() && module.function.value == FunctionUserPart && module.range_ok.value_or(false); }

/// Firmware of one piece is linked for the place of the first part, a test of the factory for the application's (docs/formats/module.md).
bool may_hold_monolithic(const ModuleSlot& slot) { return (is_system_part(slot) && slot.index == 1) || slot.name == "user"; }
bool may_be_covered(const ModuleSlot& slot) { return is_system_part(slot) || slot.name == "user"; }
/// By its header; where it is broken its own last bytes may name it a part whose header was hit.
bool is_of_one_piece(const Module& module) {
    if (!module.present() || module.function.value != FunctionMonolithic) return false;
    const auto known = module.integrity != Integrity::Bad
                           ? std::nullopt
                           : find_known_module(module.platform_id.value, module.stored_crc.value, module.length(), module.stored_sha256);
    return !known || known->function == FunctionMonolithic;
}

void judge_dependencies(std::vector<Module>& modules, const Layout& layout) {
    for (auto& module : modules) {
        if (!module.present()) continue;
        module.dependencies_ok = true;
        if (module.dependency.none()) continue;  // then the firmware does not look at the second one either (OTAH@v2.3.1:161)
        const auto first = dependency_met(modules, layout, module.dependency);
        const auto second = module.dependency2.none() ? std::optional<bool>(true) : dependency_met(modules, layout, module.dependency2);
        if (first == false || second == false)
            module.dependencies_ok = false;
        else if (!first || !second)
            module.dependencies_ok.reset();
    }
}

}  // namespace

std::optional<bool> Module::integrity_ok() const {
    if (integrity == Integrity::Good) return true;
    if (integrity == Integrity::Bad) return false;
    return {};
}

const ModuleSlot* slot_for(const Layout& layout, std::uint8_t function, std::uint8_t index) {
    for (const auto& slot : layout.slots)
        if (slot.linked_at != 0 && slot.function == function && slot.index == index && slot.at.begin == slot.linked_at) return &slot;
    return nullptr;
}

std::optional<bool> check_sha256(const Image& image, const Module& module) {
    if (module.stored_sha256_at.empty()) return {};
    const auto covered = image.bytes({module.at.begin, module.stored_sha256_at.begin});
    if (covered.empty()) return {};
    return sha256(covered) == module.stored_sha256;
}

std::optional<bool> dependency_met(const std::vector<Module>& modules, const Layout& layout, const Dependency& dependency) {
    if (dependency.none()) return true;
    const auto* slot = slot_for(layout, dependency.function.value, dependency.index.value);
    if (!slot) return false;
    const auto* provider = find_module(modules, slot->name);
    if (!provider || !provider->header_in_file) return {};
    return provider->version.value >= dependency.version.value;
}

const Module* find_module(const std::vector<Module>& modules, std::string_view slot) {
    const auto found = std::find_if(modules.begin(), modules.end(), [&](const Module& module) { return module.slot == slot; });
    return found == modules.end() ? nullptr : &*found;
}

const Module* program_in_system_place(const std::vector<Module>& modules, const Layout& layout) {
    const auto* whole = find_module(modules, "monolithic");
    const auto* slot = layout.system_part(1);
    return whole && whole->present() && slot && whole->at.begin == slot->at.begin ? whole : nullptr;
}

bool runs_in_place(const Module& module) { return module.slot != "ota" && module.slot != "factory" && module.slot != "backup"; }

Module read_module(const Image& image, const Layout& layout, const ModuleSlot& slot) {
    Module module;
    module.slot = slot.name;
    module.slot_at = slot.at;
    module.part = slot.function == FunctionSystemPart ? slot.index : 0;
    module.header_at = header_address(image, layout, slot);
    read_header(image, module);
    const bool has_length = module.header_in_file && length_is_sane(module, layout);
    if (!has_length || (!kind_is_sane(module) && !is_whole_as_it_is(image, module, slot))) {
        module.presence = presence_without_header(image, layout, slot, module);
        module.header_resembles = module.presence == Presence::NoHeader && resembles_header(module, layout, slot);
        return module;
    }
    module.presence = Presence::Present;
    module.home = slot_for(layout, module.function.value, module.index.value);
    module.at = range_of(slot.at.begin, module.length());
    module.platform_ok = module.platform_id.value == layout.platform_id;
    module.range_ok = range_of_kind(module, layout, slot);
    judge_content(image, module);
    return module;
}

std::vector<Module> read_modules(const Image& image, const Layout& layout) {
    std::vector<Module> modules;
    Range monolithic{};
    for (const auto& slot : layout.slots) {
        if ((slot.name == "monolithic" && layout.boot != BootKind::Monolithic) || (monolithic.contains(slot.at.begin) && may_be_covered(slot))) continue;
        auto module = read_module(image, layout, slot);
        if (is_of_one_piece(module) && may_hold_monolithic(slot) && layout.system_part(1) && !version_before_change(image, layout, module)) {
            module.slot = "monolithic";
            module.part = 0;
            monolithic = module.at;
            module.range_ok = module.start.value == slot.at.begin;
        }
        if (slot.name == "factory" && layout.boot != BootKind::Monolithic && module.present() && !is_whole_user_part(module))
            module.presence = Presence::NoHeader;
        modules.push_back(std::move(module));
    }
    judge_dependencies(modules, layout);
    for (auto& module : modules) {
        module.damage = find_damage(image, layout, module);
        module.header_resembles |= module.presence == Presence::NoHeader && module.damage.own_trailer;  // however many fields are wrong
    }
    return modules;
}

}  // namespace photopsy
