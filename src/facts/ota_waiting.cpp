// What the slots that say pending make the bootloader do: refuse, copy, or copy what costs the device its firmware.
#include "facts/ota_parts.h"
#include "facts/update_record.h"

#include <algorithm>

namespace photopsy::ota {

namespace {

constexpr std::uint8_t internal_flash = 0;

/// What a slot copies: the module in the OTA area, or whatever begins at another address.
struct Source {
    const Scene& scene;
    const OtaSlot& slot;
    bool in_area = slot.source.value == scene.area.begin;
    std::optional<Module> elsewhere = in_area ? std::nullopt : std::optional(read_module(scene.image, scene.layout, place()));

    const Module* module() const {
        const auto* found = in_area ? scene.in_area : &*elsewhere;
        return found && found->present() ? found : nullptr;
    }
    /// Whether a module begins there, the file does not show.
    bool is_unseen() const {
        const auto* found = in_area ? scene.area_slot : &*elsewhere;
        return !found || found->presence == Presence::Absent;
    }

private:
    ModuleSlot place() const {
        const auto end = std::max(scene.layout.flash.end, slot.source.value);
        return {.name = "elsewhere", .title = "what lies elsewhere", .at = {slot.source.value, end}};
    }
};

/// FLASH_CheckCopyMemory (flash_mal.c@v2.3.1:264-312), in its order. What the file does not show refuses nothing: see image_is_unseen().
CopyRefusal refusal_of(const Source& source) {
    const auto& slot = source.slot;
    const auto flash = source.scene.layout.flash;
    const auto inside = [&](Address at) { return flash.contains(at) && slot.length.value <= flash.end - at; };
    if (slot.source_device.value != internal_flash || slot.destination_device.value != internal_flash) return CopyRefusal::Range;
    if (!inside(slot.source.value) || !inside(slot.destination.value)) return CopyRefusal::Range;
    const auto flags = slot.flags.value;
    if (!(flags & verify_any)) return CopyRefusal::None;
    const auto* image = source.module();
    if (!image) return source.is_unseen() ? CopyRefusal::None : CopyRefusal::Checksum;
    if ((flags & (verify_crc | verify_function)) && slot.length.value < image->length() + 4) return CopyRefusal::Length;
    if (image->platform_id.value != source.scene.layout.platform_id) return CopyRefusal::Platform;
    if ((flags & verify_start) && image->start.value != slot.destination.value) return CopyRefusal::Destination;
    if ((flags & verify_function) && image->function.value != slot.function.value) return CopyRefusal::Function;
    if (image->good() || !(flags & verify_crc)) return CopyRefusal::None;
    const auto whole = range_of(image->at.begin, image->length() + 4);
    return image->integrity == Integrity::NotChecked && flash.contains(whole) && !source.scene.image.has(whole) ? CopyRefusal::None : CopyRefusal::Checksum;
}

/// Of a copy that nothing refuses: it puts over firmware, table or EEPROM what does not belong there. Where none of them lies it harms nothing, and what the
/// file does not show is not called foreign.
bool does_harm(const Source& source) {
    const auto& layout = source.scene.layout;
    const auto erased = erased_by(layout, source.slot);
    const auto hits = [&](Range at) { return !at.empty() && at.overlaps(erased); };
    const auto* bootloader = layout.slot("bootloader");
    if ((bootloader && hits(bootloader->at)) || std::any_of(layout.dct.copies.begin(), layout.dct.copies.end(), hits)) return true;
    const auto* image = source.module();
    const bool unseen = image ? image->integrity == Integrity::NotChecked : source.is_unseen();
    const auto* place = image && image->good() && image->platform_id.value == layout.platform_id ? destination_of(layout, *image) : nullptr;
    const bool fits = place && place->at.begin == source.slot.destination.value && source.slot.length.value >= image->length() + 4;
    const bool firmware = !fits && !unseen && std::any_of(layout.slots.begin(), layout.slots.end(), [&](const ModuleSlot& slot) {
        return slot.linked_at == slot.at.begin && slot.name != "factory" && slot.name != "ota" && hits(slot.at);
    });
    return firmware || std::any_of(layout.eeprom_pages.begin(), layout.eeprom_pages.end(), hits);
}

}  // namespace

void read_pending(const Scene& scene, OtaFacts& facts) {
    for (const auto& slot : facts.slots) {
        if (slot.number == 0 || slot.state != OtaSlot::State::Pending) continue;
        Source source{scene, slot};
        const auto refusal = refusal_of(source);
        const bool harms = refusal == CopyRefusal::None && does_harm(source);
        const bool another_image = refusal == CopyRefusal::Destination || refusal == CopyRefusal::Function || refusal == CopyRefusal::Length;
        if (another_image) facts.stale_slots.push_back(slot.number);
        // What does harm counts before all, and a slot whose image is whole before one whose image is not.
        if (facts.harmful_slot) continue;
        if (!harms && facts.pending_slot && !(refusal == CopyRefusal::None && facts.refusal != CopyRefusal::None)) continue;
        facts.pending_slot = slot.number;
        facts.refusal = refusal;
        facts.source_elsewhere = refusal == CopyRefusal::None && !harms ? std::move(source.elsewhere) : std::nullopt;
        if (harms) facts.harmful_slot = slot.number;
    }
}

}  // namespace photopsy::ota
