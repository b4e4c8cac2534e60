#include "support/module_fixture.h"

#include <algorithm>

namespace photopsy::test {

Layout module_layout(std::uint16_t platform_id) {
    Layout layout;
    layout.name = platform_id == 8 ? "p1" : "photon";
    layout.title = platform_id == 8 ? "Particle P1" : "Particle Photon";
    layout.platform_id = platform_id;
    layout.boot = BootKind::TwoParts;
    layout.system_slots = {"system-part2", "system-part1"};
    layout.flash = {0x08000000, 0x08100000};
    const auto slot = [&](std::string name, std::string title, Address at, std::uint32_t size, Address linked, std::uint8_t function, std::uint8_t index) {
        layout.slots.push_back({.name = name,
                                .title = std::move(title),
                                .at = range_of(at, size),
                                .linked_at = linked,
                                .function = function,
                                .index = index,
                                .required = name == "bootloader" || name.starts_with("system"),
                                .file_name = name + ".bin"});
    };
    slot("bootloader", "bootloader", 0x08000000, 0x4000, 0x08000000, 2, 0);
    slot("system-part1", "system part 1", 0x08020000, 0x40000, 0x08020000, 4, 1);
    slot("system-part2", "system part 2", 0x08060000, 0x40000, 0x08060000, 4, 2);
    slot("user", "user application", 0x080A0000, 0x20000, 0x080A0000, 5, 1);
    slot("ota", "OTA area", 0x080C0000, 0x40000, 0, 0, 0);
    slot("factory", "factory image", 0x080E0000, 0x20000, 0x080A0000, 5, 1);
    slot("monolithic", "monolithic firmware", 0x08020000, 0x60000, 0x08020000, 3, 0);
    const auto region = [&](std::string name, Address begin, Address end) { layout.regions.push_back({name, name, {begin, end}}); };
    region("bootloader", 0x08000000, 0x08004000);
    region("dct-copy-1", 0x08004000, 0x08008000);
    region("dct-copy-2", 0x08008000, 0x0800C000);
    region("eeprom-page-1", 0x0800C000, 0x08010000);
    region("eeprom-page-2", 0x08010000, 0x08020000);
    region("system-part1", 0x08020000, 0x08060000);
    region("system-part2", 0x08060000, 0x080A0000);
    region("user", 0x080A0000, 0x080C0000);
    region("ota", 0x080C0000, 0x080E0000);
    region("factory", 0x080E0000, 0x08100000);
    Address at = 0x08000000;
    for (int number = 0; number < 12; ++number) {
        const std::uint32_t size = number < 4 ? 0x4000 : number == 4 ? 0x10000 : 0x20000;
        layout.sectors.push_back({number, range_of(at, size), number >= 5});
        at += size;
    }
    layout.usb.vendor = 0x2B04;
    layout.usb.dfu_product = static_cast<std::uint16_t>(0xD000 + platform_id);
    return layout;
}

namespace {

void put(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

void put_header(std::vector<std::uint8_t>& bytes, std::size_t at, const ModuleSpec& spec) {
    put(bytes, at, spec.start, 4);
    put(bytes, at + 4, spec.start + spec.length, 4);
    put(bytes, at + 8, 0, 2);
    put(bytes, at + 10, spec.version, 2);
    put(bytes, at + 12, spec.platform_id, 2);
    bytes[at + 14] = spec.function;
    bytes[at + 15] = spec.index;
    for (const auto& [offset, need] : {std::pair{at + 16, spec.need}, {at + 20, spec.need2}}) {
        bytes[offset] = need.function;
        bytes[offset + 1] = need.index;
        put(bytes, offset + 2, need.version, 2);
    }
}

}  // namespace

std::vector<std::uint8_t> make_module(const ModuleSpec& spec) {
    std::vector<std::uint8_t> bytes(spec.length + 4);
    std::uint32_t state = spec.seed * 2654435761u + spec.version;
    for (auto& byte : bytes) {
        state = state * 1664525u + 1013904223u;
        byte = static_cast<std::uint8_t>(state >> 24);
    }
    if (spec.vectors) {
        put(bytes, 0, 0x20020000, 4);
        put(bytes, 4, spec.start + 0x201, 4);
        put(bytes, 0x200, 0x477030013001, 6);  // adds r0, #1 twice, bx lr
    }
    put_header(bytes, spec.vectors ? 0x184 : 0, spec);
    const auto end = bytes.size() - 4;
    if (spec.suffix_size != 0) {
        put(bytes, end - 40, 0xFFFFFFFF, 4);
        put(bytes, end - 36, 0, 2);
        put(bytes, end - 2, spec.suffix_size, 2);
        const auto sha = sha256(ByteView(bytes).first(end - 34));
        std::copy(sha.begin(), sha.end(), bytes.begin() + static_cast<std::ptrdiff_t>(end) - 34);
    }
    const auto crc = crc32(ByteView(bytes).first(end));
    for (std::size_t i = 0; i < 4; ++i) bytes[end + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    return bytes;
}

ModuleSpec bootloader_spec(std::uint16_t version) { return {.start = 0x08000000, .length = 0x3B00, .version = version, .function = 2, .index = 0}; }
ModuleSpec part1_spec(std::uint16_t version) {
    ModuleSpec spec{.start = 0x08020000, .length = 0x30000, .version = version, .index = 1, .seed = 2};
    if (version >= 300) spec.need = {4, 2, 204};
    return spec;
}
ModuleSpec part2_spec(std::uint16_t version) {
    ModuleSpec spec{.length = 0x38000, .version = version, .need = {4, 1, version}, .seed = 3};
    if (version >= 200) spec.need2 = {2, 0, 100};
    return spec;
}
ModuleSpec user_spec(std::uint16_t needs_system) {
    return {.start = 0x080A0000, .length = 0x6000, .version = 5, .function = 5, .index = 1, .need = {4, 2, needs_system}, .vectors = false, .seed = 4};
}

Image blank_flash(const Layout& layout) { return Image(std::vector<std::uint8_t>(layout.flash.size(), 0xFF), layout.flash.begin); }

Image healthy_flash(const Layout& layout, std::uint16_t system_version, std::uint16_t bootloader_version) {
    auto image = blank_flash(layout);
    for (auto spec : {bootloader_spec(bootloader_version), part1_spec(system_version), part2_spec(system_version), user_spec()}) {
        spec.platform_id = layout.platform_id;
        image.put(spec.start, make_module(spec));
    }
    return image;
}

void write(Image& image, const ModuleSpec& spec, Address at) { image.put(at ? at : spec.start, make_module(spec)); }

void fill(Image& image, Address at, std::uint32_t size, std::uint8_t value) { image.put(at, std::vector<std::uint8_t>(size, value)); }

void flip(Image& image, Address at, std::uint8_t mask) {
    const std::uint8_t byte[] = {static_cast<std::uint8_t>(image.bytes(range_of(at, 1))[0] ^ mask)};
    image.put(at, byte);
}

ModuleSpec for_p1(ModuleSpec spec) {
    spec.platform_id = 8;
    return spec;
}

Facts module_facts(const Image& image, const Layout& layout) {
    Facts facts;
    facts.layout = &layout;
    facts.whole_flash_in_file = image.has(layout.flash);
    facts.modules = read_modules(image, layout);
    facts.system = identify_system(layout, facts.modules, "", false);
    facts.ota.access = table_access(facts.modules, layout, facts.system.bootloader_version);
    facts.regions = cover(facts, image, layout);
    return facts;
}

}  // namespace photopsy::test
