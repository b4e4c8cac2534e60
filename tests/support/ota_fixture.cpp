#include "support/ota_fixture.h"

#include "facts/blocks.h"

#include <algorithm>

namespace photopsy::test {

static std::size_t header_of(const std::vector<std::uint8_t>& module) { return (little_endian<std::uint32_t>(module) & 0x2FF10000) == 0x20000000 ? 0x184 : 0; }
Address start_of(const std::vector<std::uint8_t>& module) { return little_endian<std::uint32_t>(ByteView(module).subspan(header_of(module))); }
std::uint8_t function_of(const std::vector<std::uint8_t>& module) { return module[header_of(module) + 14]; }

static std::vector<std::uint8_t> update(ModuleSpec spec, std::uint32_t length, std::uint32_t seed) {
    spec.length = length;
    spec.seed = seed;
    return make_module(spec);
}
std::vector<std::uint8_t> update_part1() { return update(part1_spec(2302), 0x3AF54, 78); }
std::vector<std::uint8_t> update_part2(std::uint16_t needs_part1) {
    auto spec = part2_spec(2302);
    spec.need.version = needs_part1;
    return update(spec, 0x3FB74, 77);
}
std::vector<std::uint8_t> update_user(std::uint16_t platform_id) {
    auto spec = user_spec();
    spec.platform_id = platform_id;
    return update(spec, 0x73C4, 79);
}

OtaDevice::OtaDevice(std::uint16_t system_version, std::uint16_t version)
    : image(healthy_flash(*builtin_layout("photon"), system_version, version)), layout(*builtin_layout("photon")), bootloader_version(version) {}

void OtaDevice::erase(Range at) { image.put(at.begin, std::vector<std::uint8_t>(at.size(), 0xFF)); }

void OtaDevice::install(const std::vector<std::uint8_t>& module) {
    for (const auto& slot : layout.slots)
        if (slot.at.begin == start_of(module) && slot.name != "monolithic") erase(slot.at);
    image.put(start_of(module), module);
}

void OtaDevice::receive(const std::vector<std::uint8_t>& module) {
    const auto area = layout.slot("ota")->at;
    erase(area);
    image.put(area.begin, module);
}

static Range slot_range(const Layout& layout, int slot, int copy) {
    const auto base =
        layout.dct.copies.at(static_cast<std::size_t>(copy - 1)).begin + layout.dct.application_offset + layout.dct.field("flash_modules")->offset;
    return range_of(base + 20 * static_cast<Address>(slot), 20);
}

void OtaDevice::set_slot(int slot, std::vector<std::uint8_t> bytes, int copy) { image.put(slot_range(layout, slot, copy).begin, bytes); }

void OtaDevice::mark(int slot, std::uint16_t magic, const std::vector<std::uint8_t>& module, int copy) {
    std::vector<std::uint8_t> bytes(20, 0xFF);
    const auto put = [&](std::size_t at, std::uint32_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    };
    put(0, magic, 2);
    put(2, 0, 2);
    put(4, layout.slot("ota")->at.begin, 4);
    put(8, start_of(module), 4);
    put(12, static_cast<std::uint32_t>(module.size()), 4);
    put(16, 0x0E, 1);
    put(17, function_of(module), 1);
    set_slot(slot, bytes, copy);
}

void OtaDevice::set_flag(std::uint8_t value) {
    const auto offset = layout.dct.application_offset + layout.dct.field("ota_update_flag")->offset;
    image.put(layout.dct.copies.front().begin + offset, std::vector<std::uint8_t>{value});
}

void OtaDevice::copy(const std::vector<std::uint8_t>& module, std::uint32_t bytes, bool erase_all_first) {
    const auto destination = range_of(start_of(module), static_cast<std::uint32_t>(module.size()));
    for (const auto& sector : layout.sectors) {
        const auto part = intersection(sector.at, destination);
        if (part.empty()) continue;
        const auto offset = part.begin - destination.begin;
        if (offset > bytes && !erase_all_first) break;
        erase(sector.at);
        if (offset >= bytes) continue;
        image.put(part.begin, ByteView(module).subspan(offset, std::min(part.size(), bytes - offset)));
    }
}

void OtaDevice::flip(Address at, std::uint8_t bit) {
    const auto byte = image.bytes(range_of(at, 1));
    image.put(at, std::vector<std::uint8_t>{static_cast<std::uint8_t>(byte[0] ^ (1u << bit))});
}

Facts OtaDevice::facts() const {
    Facts facts;
    facts.layout = &layout;
    facts.whole_flash_in_file = true;
    facts.modules = read_modules(image, layout);
    explain_damage(image, layout, facts.modules);
    facts.system = identify_system(*facts.layout, facts.modules, "", true);
    for (int number : {1, 2}) facts.dct.copies.push_back({.number = number, .at = layout.dct.copies.at(static_cast<std::size_t>(number - 1))});
    facts.dct.selected = 1;
    facts.ota = read_ota(image, layout, facts.modules, facts.dct, facts.system.bootloader_version);
    return facts;
}

}  // namespace photopsy::test
