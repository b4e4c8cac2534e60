#include "flash/layout_choice.h"

#include "base/digest.h"
#include "flash/anchors.h"
#include "flash/marks.h"

#include <algorithm>
#include <map>
#include <optional>

namespace photopsy {

namespace {

constexpr std::size_t platform_field = 12;  // in a module header
constexpr int table_weight = 2;             // a copy of a configuration store: as much as a whole module
constexpr int bootloader_weight = 3;
constexpr int whole_bootloader_weight = 16;  // above the modules: no write over USB reaches its sector (docs/repair.md)

/// Modules by the file offset of their headers, and the copies of configuration stores that were found, by the kind of store.
struct Evidence {
    std::map<std::size_t, Anchor> modules;
    std::map<StoreKind, int> tables;
    std::map<StoreKind, bool> holds_own_data;  // keys or settings, in one of the copies
};

void add(Evidence& evidence, ByteView file, const std::vector<Anchor>& anchors, const Layout& layout) {
    int tables = 0;
    for (const auto& anchor : anchors) {
        if (anchor.kind != Anchor::Kind::Table) {
            evidence.modules.emplace(anchor.offset, anchor);
            continue;
        }
        ++tables;
        evidence.holds_own_data[layout.dct.store] = evidence.holds_own_data[layout.dct.store] || holds_own_data(file, anchor.offset, layout);
    }
    auto& known = evidence.tables[layout.dct.store];
    known = std::max(known, std::min(tables, 2));
}

/// The device that a module is made for, and whether the module's checksum proves it.
struct Named {
    const Layout* device = nullptr;
    bool whole = false;
};

/// The module's bytes with the checksum behind them; empty where the file does not hold them all.
ByteView bytes_of(ByteView file, const Anchor& anchor) {
    if (anchor.offset < anchor.header_offset) return {};
    const auto begin = anchor.offset - anchor.header_offset, length = std::size_t{anchor.module.size()} + 4;
    return begin + length <= file.size() ? file.subspan(begin, length) : ByteView{};
}

/// The SHA-256 that the build put before the module's end (module_info.h@v2.3.1:209) is that of what stands before it.
bool has_its_own_sha256(ByteView content) {
    constexpr std::size_t shortest = 64, from_end = 34;
    if (content.size() < shortest) return false;
    const auto computed = sha256(content.first(content.size() - from_end));
    return std::equal(computed.begin(), computed.end(), content.end() - from_end);
}

/// The device for which the module's checksum is right: the one that its header names, or the one that it named before that field was damaged; or changed, with
/// a checksum made anew, where the SHA-256 of the build tells.
const Layout* proved_device(ByteView module, const Anchor& anchor) {
    if (module.empty()) return nullptr;
    const auto content = module.first(module.size() - 4);
    const auto stored = big_endian<std::uint32_t>(module.last(4));
    const auto* named = builtin_layout_for(anchor.platform_id);
    const bool whole = crc32(content) == stored;
    if (whole && has_its_own_sha256(content)) return named;
    std::vector<std::uint8_t> other(content.begin(), content.end());
    for (const auto name : builtin_layout_names()) {
        const auto* device = builtin_layout(name);
        other[anchor.header_offset + platform_field] = static_cast<std::uint8_t>(device->platform_id);
        other[anchor.header_offset + platform_field + 1] = static_cast<std::uint8_t>(device->platform_id >> 8);
        if (whole ? has_its_own_sha256(other) : crc32(other) == stored) return device;
    }
    return whole ? named : nullptr;
}

Named named_by(ByteView file, const Anchor& anchor) {
    if (const auto* proved = proved_device(bytes_of(file, anchor), anchor)) return {proved, true};
    return {builtin_layout_for(anchor.platform_id), false};
}

bool all_name_one_device(const Evidence& evidence) {
    return std::all_of(evidence.modules.begin(), evidence.modules.end(),
                       [&](const auto& one) { return one.second.platform_id == evidence.modules.begin()->second.platform_id; });
}

bool is_bootloader(const Anchor& anchor, const Layout& base) { return anchor.module.begin == base.flash.begin; }

/// The one device that all modules but the bootloader name; nullptr where they name several, one without layout here, or `not_this`, or where there are none.
const Layout* named_by_rest(ByteView file, const Evidence& evidence, const Layout& base, const Layout* not_this) {
    const Layout* rest = nullptr;
    for (const auto& [offset, anchor] : evidence.modules) {
        if (is_bootloader(anchor, base)) continue;
        const auto* device = named_by(file, anchor).device;
        if (!device || device == not_this || (rest && device != rest)) return nullptr;
        rest = device;
    }
    return rest;
}

/// The device for which all but a whole bootloader speaks: its modules, and the format of the table, whose sectors are as far out of reach of USB as that of
/// the bootloader (docs/repair.md). A Photon and a P1 have the same table, so between them the bootloader decides.
const Layout* against_bootloader(ByteView file, const Evidence& evidence, const Layout& base) {
    const auto found = std::find_if(evidence.modules.begin(), evidence.modules.end(), [&](const auto& one) { return is_bootloader(one.second, base); });
    if (found == evidence.modules.end() || all_name_one_device(evidence)) return nullptr;
    const auto bootloader = named_by(file, found->second);
    if (!bootloader.whole || !bootloader.device) return nullptr;
    const auto own_tables = evidence.tables.find(bootloader.device->dct.store);
    if (own_tables != evidence.tables.end() && own_tables->second > 0) return nullptr;
    const auto* rest = named_by_rest(file, evidence, base, bootloader.device);
    if (!rest || rest->flash != base.flash) return nullptr;
    const auto table = evidence.holds_own_data.find(rest->dct.store);
    return table != evidence.holds_own_data.end() && table->second ? rest : nullptr;
}

/// The device for which most speaks; of equals the first in the list. Modules of a device that has the same places and no layout here are read with `base`, and
/// named, unless the store is another device's. nullptr where there is no module at all.
const Layout* weigh(ByteView file, const Evidence& evidence, const Layout& base) {
    if (evidence.modules.empty()) return nullptr;
    if (evidence.modules.size() > 1 && all_name_one_device(evidence))
        if (const auto* device = builtin_layout_for(evidence.modules.begin()->second.platform_id); device && device->flash == base.flash) return device;
    if (const auto* device = against_bootloader(file, evidence, base)) return device;
    std::map<const Layout*, int> weights;
    for (const auto& [offset, anchor] : evidence.modules) {
        const auto named = named_by(file, anchor);
        if (!named.device || named.device->flash != base.flash) continue;
        weights[named.device] += is_bootloader(anchor, base) ? named.whole ? whole_bootloader_weight : bootloader_weight : named.whole ? 2 : 1;
    }
    if (weights.empty()) weights[&base] = 1;
    const Layout* most = nullptr;
    for (const auto name : builtin_layout_names()) {
        const auto* device = builtin_layout(name);
        if (device->flash != base.flash) continue;
        if (const auto tables = evidence.tables.find(device->dct.store); tables != evidence.tables.end()) weights[device] += table_weight * tables->second;
        if (weights.count(device) && (!most || weights[device] > weights[most])) most = device;
    }
    return most;
}

/// What stands where the layouts with that flash have their modules and tables.
Evidence evidence_in_place(ByteView file, const Layout& base) {
    Evidence evidence;
    for (const auto name : builtin_layout_names())
        if (const auto& device = *builtin_layout(name); device.flash == base.flash) add(evidence, file, anchors_in_place(file, device), device);
    return evidence;
}

Evidence evidence_anywhere(ByteView file, const Layout& base) {
    Evidence evidence;
    add(evidence, file, find_anchors(file, base), base);
    return evidence;
}

}  // namespace

const Layout* layout_of_bytes(ByteView bytes) {
    const auto& base = default_layout();
    if (const auto* found = weigh(bytes, evidence_in_place(bytes, base), base)) return found;
    if (const auto* found = weigh(bytes, evidence_anywhere(bytes, base), base)) return found;
    for (const auto name : builtin_layout_names()) {
        const auto& other = *builtin_layout(name);
        if (other.flash == base.flash && other.dct.store == base.dct.store) continue;  // would have been found
        for (const auto& anchor : find_anchors(bytes, other))
            if (anchor.kind == Anchor::Kind::Table || anchor.platform_id == other.platform_id) return &other;
    }
    return nullptr;
}

const Layout* device_against_bootloader(ByteView bytes) {
    const auto& base = default_layout();
    return against_bootloader(bytes, evidence_in_place(bytes, base), base);
}

}  // namespace photopsy
