#include "facts/ota_flag.h"

namespace photopsy {

static constexpr std::uint16_t first_reader = 1213;  // 1.2.1-rc.3

/// The image's own dependencies on system parts; a bootloader that is too old for a part does not keep it out.
static RefusedFor asked_by_image(const Facts& facts, const Module& image) {
    for (const auto* need : {&image.dependency, &image.dependency2})
        if (!need->none() && need->function.value == FunctionSystemPart && slot_for(*facts.layout, FunctionSystemPart, need->index.value) &&
            dependency_met(facts.modules, *facts.layout, *need) == false)
            return {need, "ota"};
    return {};
}

/// What the other installed parts ask of the one that the image replaces (since 0.6.0).
static RefusedFor asked_by_others(const Facts& facts, const Module& image) {
    if (image.function.value != FunctionSystemPart) return {};
    for (const auto& module : facts.modules) {
        if (!runs_in_place(module) || !module.present() || module.function.value != FunctionSystemPart || module.index.value == image.index.value) continue;
        for (const auto* need : {&module.dependency, &module.dependency2})
            if (need->function.value == FunctionSystemPart && need->index.value == image.index.value && image.version.value < need->version.value)
                return {need, module.slot};
    }
    return {};
}

RefusedFor refused_for(const Facts& facts) {
    const auto* image = facts.module("ota");
    if (!image || !image->good()) return {};
    const auto own = asked_by_image(facts, *image);
    return own.need ? own : asked_by_others(facts, *image);
}

/// A bootloader under a system that asks for a later one.
static bool is_too_old_for_system(const Facts& facts, const Module& image) {
    if (image.function.value != FunctionBootloader) return false;
    for (const auto& module : facts.modules)
        for (const auto* need : {&module.dependency, &module.dependency2})
            if (module.present() && module.function.value == FunctionSystemPart && module.slot != "ota" && need->function.value == FunctionBootloader &&
                image.version.value < need->version.value)
                return true;
    return false;
}

FlagEffect effect_of_update_flag(const Facts& facts) {
    const auto& ota = facts.ota;
    if (!facts.layout || !ota.update_flag || ota.update_flag->value != 0xA5) return FlagEffect::None;
    if (const auto version = facts.system.system_version; version && *version < first_reader) return FlagEffect::NoReader;
    const auto* image = facts.module("ota");
    if (!image || image->presence == Presence::Absent || (image->present() && image->integrity == Integrity::NotChecked)) return FlagEffect::Unseen;
    if (!image->good() || ota.image_for_other_platform) return FlagEffect::NoImage;
    if (refused_for(facts).need) return FlagEffect::Refused;
    return is_too_old_for_system(facts, *image) ? FlagEffect::OldBootloader : FlagEffect::Applied;
}

bool flag_installs_old_bootloader(const Facts& facts) { return effect_of_update_flag(facts) == FlagEffect::OldBootloader; }

}  // namespace photopsy
