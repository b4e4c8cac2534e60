#include "facts/whose_device.h"

namespace photopsy {

namespace {

/// Of the modules that run, but for the bootloader: how many name this device, how many one other.
struct Rest {
    std::size_t own = 0, others = 0;
    std::optional<std::uint16_t> other;
    bool differ = false;
};

Rest rest_of(const Facts& facts) {
    Rest rest;
    for (const auto& module : facts.modules) {
        if (module.slot == "bootloader" || !runs_in_place(module) || !module.present() || !module.platform_ok) continue;
        if (*module.platform_ok) {
            ++rest.own;
            continue;
        }
        rest.differ = rest.differ || (rest.other && *rest.other != module.platform_id.value);
        rest.other = module.platform_id.value;
        ++rest.others;
    }
    return rest;
}

}  // namespace

std::optional<std::uint16_t> device_of_all_but_bootloader(const Facts& facts) {
    const auto* bootloader = facts.module("bootloader");
    if (!bootloader || bootloader->platform_ok != true) return {};
    const auto rest = rest_of(facts);
    return rest.own == 0 && rest.others > 1 && !rest.differ ? rest.other : std::nullopt;
}

const Layout* device_as_well_possible(const Facts& facts) {
    const auto named = facts.layout ? device_of_all_but_bootloader(facts) : std::nullopt;
    const auto* device = named ? builtin_layout_for(*named) : nullptr;
    return device && device->flash == facts.layout->flash && device->dct.store == facts.layout->dct.store ? device : nullptr;
}

bool only_bootloader_is_of_other_device(const Facts& facts) {
    const auto* bootloader = facts.module("bootloader");
    if (!bootloader || !bootloader->good() || bootloader->platform_ok != false || bootloader->damage.built_as) return false;
    const auto rest = rest_of(facts);
    return rest.own > 0 && rest.others == 0;
}

}  // namespace photopsy
