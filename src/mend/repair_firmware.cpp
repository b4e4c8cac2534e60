// Firmware modules in files and in a dump, recognized by what they hold.
#include "flash/capture.h"
#include "mend/repair.h"

#include "base/hex.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint32_t crc_size = 4, dfu_suffix_size = 16;
constexpr std::size_t least_dump = 0x8000;  // what is smaller holds no module as text either

/// The module in `bytes`, read at the place it is linked for; nothing where it is not whole or has no place on this device.
std::optional<FirmwareModule> module_for_its_place(ByteView bytes, const ModuleSlot& slot, const Layout& layout) {
    const Image image({bytes.begin(), bytes.end()}, slot.at.begin);
    auto header = read_module(image, layout, slot);
    if (!header.good() || header.platform_id.value != layout.platform_id || header.range_ok != true) return {};
    if (header.function.value != slot.function || header.index.value != slot.index || check_sha256(image, header) == false) return {};
    const auto whole = image.bytes({header.at.begin, header.at.end + crc_size});
    FirmwareModule module{.bytes = {whole.begin(), whole.end()}, .header = std::move(header)};
    module.sha256 = sha256(module.bytes);
    const auto known = find_known_module(layout.platform_id, module.header.stored_crc.value, module.header.length(), module.header.stored_sha256);
    module.of_release = known && !known->releases.empty() && (known->file_sha256.empty() ? known->sha256_agrees : known->file_sha256 == hex(module.sha256));
    return module;
}

void add_once(std::vector<FirmwareModule>& list, FirmwareModule module) {
    const auto same = [&](const FirmwareModule& other) { return other.sha256 == module.sha256; };
    if (std::none_of(list.begin(), list.end(), same)) list.push_back(std::move(module));
}

/// Places that a module is linked for; the others hold copies.
bool is_home(const ModuleSlot& slot) { return slot.linked_at != 0 && slot.linked_at == slot.at.begin; }

}  // namespace

std::vector<FirmwareModule> firmware_in_dump(const Image& image, const Facts& facts) {
    std::vector<FirmwareModule> list;
    for (const auto& module : facts.modules) {
        if (!module.good()) continue;
        const auto* home = slot_for(*facts.layout, module.function.value, module.index.value);
        const Range at{module.at.begin, module.at.end + crc_size};
        if (!home || !image.has(at)) continue;
        auto found = module_for_its_place(image.bytes(at), *home, *facts.layout);
        if (!found) continue;
        found->in_dump = at;
        add_once(list, std::move(*found));
    }
    return list;
}

std::vector<FirmwareModule> firmware_in_file(ByteView file, const Layout& layout, const std::string& from) {
    std::vector<FirmwareModule> list;
    for (const auto& slot : layout.slots)
        if (is_home(slot) && file.size() < slot.at.size() + dfu_suffix_size)
            if (auto alone = module_for_its_place(file, slot, layout); alone && file.size() <= alone->bytes.size() + dfu_suffix_size)
                add_once(list, std::move(*alone));
    if (list.empty() && file.size() >= least_dump) {
        const auto capture = recognize(file, "", "", layout);
        if (!capture.untrustworthy() || !capture.image.present().empty())
            for (auto& module : firmware_in_dump(capture.image, collect_facts(capture, layout))) add_once(list, std::move(module));
    }
    for (auto& module : list) {
        module.from = from;
        module.in_dump = {};
    }
    return list;
}

}  // namespace photopsy
