// The parts of the system among the modules, by what they are and by where they lie.
#include "facts/modules.h"

#include <algorithm>

namespace photopsy {

static constexpr std::uint16_t first_system_version_of_three_parts = 100;  // 0.6.0-rc.1: from here on a device with three places has a part in each

const Module* find_system_part(const std::vector<Module>& modules, int index) {
    const auto found = std::find_if(modules.begin(), modules.end(), [&](const Module& module) { return module.part == index; });
    return found == modules.end() ? nullptr : &*found;
}

bool is_system_part(const ModuleSlot& slot) { return slot.function == FunctionSystemPart; }

/// A system part of that index for this device, wherever among the places of system parts it lies.
static const Module* part_of_index(const std::vector<Module>& modules, int index) {
    const auto found = std::find_if(modules.begin(), modules.end(), [&](const Module& module) {
        return module.part != 0 && module.present() && module.platform_ok == true && module.function.value == FunctionSystemPart && module.index.value == index;
    });
    return found == modules.end() ? nullptr : &*found;
}

bool has_third_part(const std::vector<Module>& modules) {
    const auto* first = part_of_index(modules, 1);
    const auto asks = [](const Module& part) { return part.dependency.function.value == FunctionSystemPart && part.dependency.index.value == 3; };
    if (first && first->good()) return asks(*first);
    const auto* second = find_system_part(modules, 2);
    if (second && second->good() && second->version.value < first_system_version_of_three_parts) return false;  // whatever a damaged first one says
    if (first) return asks(*first);
    if (part_of_index(modules, 3)) return true;
    second = part_of_index(modules, 2);
    return !second || second->version.value >= first_system_version_of_three_parts;
}

}  // namespace photopsy
