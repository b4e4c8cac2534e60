// flash_modules: five descriptors of 20 bytes in the application DCT (platform_flash_modules.h@v2.3.1:34).
#include "facts/ota_parts.h"
#include "facts/update_record.h"

#include <algorithm>
#include <array>

namespace photopsy::ota {

static OtaSlot::State state_of(const OtaSlot& slot, ByteView raw) {
    if (slot.magic.value == pending_magic) return OtaSlot::State::Pending;
    if (slot.magic.value == factory_magic) return OtaSlot::State::Factory;
    if (all_erased(raw)) return OtaSlot::State::Unused;
    // Bootloaders up to 11 zero the five words in order, so a power cut may leave a descriptor without its magic.
    if (slot.magic.value == 0) return OtaSlot::State::ClearedZero;
    if (slot.magic.value == 0xFFFF) return OtaSlot::State::ClearedHistory;
    return OtaSlot::State::Odd;
}

static OtaSlot read_slot(const Image& image, int number, Range at) {
    OtaSlot slot{.number = number, .at = at};
    auto reader = image.reader(at);
    slot.magic = reader.read<std::uint16_t>();
    slot.source_device = reader.read<std::uint8_t>();
    slot.destination_device = reader.read<std::uint8_t>();
    slot.source = reader.read<std::uint32_t>();
    slot.destination = reader.read<std::uint32_t>();
    slot.length = reader.read<std::uint32_t>();
    slot.flags = reader.read<std::uint8_t>();
    slot.function = reader.read<std::uint8_t>();
    slot.state = state_of(slot, image.bytes(at));
    return slot;
}

std::vector<OtaSlot> read_slots(const Image& image, const Layout& layout, const Dct& dct, int copy) {
    std::vector<OtaSlot> slots;
    const auto at = dct.field_at(layout, "flash_modules", copy);
    if (at.size() < slot_size * slot_count || !image.has(at)) return slots;
    for (int number = 0; number < static_cast<int>(slot_count); ++number)
        slots.push_back(read_slot(image, number, range_of(at.begin + slot_size * static_cast<std::uint32_t>(number), slot_size)));
    return slots;
}

const ModuleSlot* destination_of(const Layout& layout, const Module& module) {
    for (const auto& slot : layout.slots)
        if (slot.linked_at == module.start.value && slot.at.begin == slot.linked_at && slot.name != "ota" && slot.name != "factory")
            if (!slot.function || slot.function == module.function.value) return &slot;
    return nullptr;
}

bool describes(const OtaSlot& slot, Address source, const Module& image) {
    const bool readable = slot.state == OtaSlot::State::Pending || slot.state == OtaSlot::State::ClearedHistory;
    return readable && slot.source.value == source && slot.destination.value == image.start.value && slot.length.value == image.length() + 4 &&
           slot.function.value == image.function.value;
}

/// The 20 bytes as the system wrote them when the update had arrived (flash_mal.c@v2.3.1:504-542); the last two were left as they were.
static std::array<std::uint8_t, slot_size> descriptor_of(const Module& image, Address area, std::uint8_t reserved) {
    std::array<std::uint8_t, slot_size> bytes{};
    const auto put = [&](std::size_t at, std::uint32_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    };
    put(0, pending_magic, 2);
    put(4, area, 4);
    put(8, image.start.value, 4);
    put(12, image.length() + 4, 4);
    bytes[16] = verify_any;
    bytes[17] = image.function.value;
    bytes[18] = bytes[19] = reserved;
    return bytes;
}

std::optional<int> find_cleared_in_place(const Scene& scene, const Dct& dct, const std::vector<OtaSlot>& slots) {
    const auto* copy = dct.current();
    if (!copy || !copy->damage || !scene.in_area || !scene.in_area->good()) return {};
    const auto sector = scene.image.bytes(copy->at);
    for (const auto& slot : slots) {
        if (slot.number == 0 || !all_equal(scene.image.bytes(slot.at), 0)) continue;
        for (const auto reserved : {std::uint8_t{0xFF}, std::uint8_t{0}}) {
            std::vector<std::uint8_t> before(sector.begin(), sector.end());
            const auto descriptor = descriptor_of(*scene.in_area, scene.area.begin, reserved);
            std::copy(descriptor.begin(), descriptor.end(), before.begin() + (slot.at.begin - copy->at.begin));
            if (dct_crc(before) == copy->stored_crc.value) return slot.number;
        }
    }
    return {};
}

}  // namespace photopsy::ota
