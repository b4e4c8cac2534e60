// (f): the running system replaces the bootloader by itself (ota_flash_hal_stm32f2xx.cpp@v2.3.1:265-300), from the OTA area or, in
// 0.4.2 to 0.6.4, from an image inside system part 2 (hal/src/stm32f2xx/bootloader.cpp@v0.6.0:51-66).
#include "facts/carried_bootloader.h"
#include "facts/ota_parts.h"

namespace photopsy::ota {

static ByteView new_bootloader(const Scene& scene, const ModuleSlot& slot, Range& from) {
    const auto* image = scene.in_area;
    if (image && image->good() && image->function.value == FunctionBootloader) {
        from = range_of(image->at.begin, image->length() + 4);
        return scene.image.bytes(from);
    }
    // The third part still holds one and puts it in place of an older one at each start (hal/src/stm32f2xx/bootloader.cpp@v2.3.1:25-57).
    const auto* third = find_system_part(scene.modules, 3);
    const bool in_third = third && third->good();
    const auto* part = in_third ? third : find_system_part(scene.modules, 2);
    if (!part || !part->good() || (!in_third && part->version.value >= first_checking_system_version)) return {};
    const auto found = carried_bootloader(scene.image.bytes(part->at), slot);
    if (!found.empty())
        from = range_of(part->at.begin + static_cast<Address>(found.data() - scene.image.bytes(part->at).data()), static_cast<std::uint32_t>(found.size()));
    return found;
}

void judge_bootloader_copy(const Scene& scene, OtaFacts& facts) {
    const auto* slot = scene.layout.slot("bootloader");
    const auto* installed = scene.module("bootloader");
    if (!slot || !installed || installed->good() || installed->presence == Presence::Absent) return;
    if (installed->integrity == Integrity::Placeholder) return;
    Range from;
    const auto source = new_bootloader(scene, *slot, from);
    const auto progress = source.empty() ? std::nullopt : compare_copy(scene.image, scene.layout, *slot, source);
    if (!progress || !looks_interrupted(*progress)) return;
    facts.kind = OtaCase::BootloaderCopyInterrupted;
    facts.case_letter = "f";
    facts.progress = progress;
    facts.image = from;
    facts.image_slot = slot->name;
    facts.half_written_slot = slot->name;
    facts.resumes = OtaFacts::Resumes::No;  // nothing runs that could go on
}

}  // namespace photopsy::ota
