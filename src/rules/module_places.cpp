// Which modules run, what they are called, and what of the flash is theirs.
#include "rules/module_faults.h"

#include <fmt/format.h>

namespace photopsy {

Range whole_module(const Module& module) { return module.present() ? Range{module.at.begin, module.at.end + 4} : module.slot_at; }

std::string title_of(const Facts& facts, std::string_view slot) {
    const auto* found = facts.layout ? facts.layout->slot(slot) : nullptr;
    return found && !found->title.empty() ? found->title : std::string(slot);
}

std::string in_text(const Facts& facts, std::string_view slot) {
    const auto title = title_of(facts, slot);
    return title.empty() || (title.back() >= '0' && title.back() <= '9') ? title : "the " + title;
}

Fault fault_of_other_platform(const Facts& facts, std::string_view title, Range at, std::uint16_t platform_id) {
    const auto device = [](std::uint16_t id) { return fmt::format("a {} (platform {})", name_of_platform(id), id); };
    return {FaultKind::OtherPlatform, at, fmt::format("{} is built for {}, this device is {}.", title, device(platform_id), device(facts.layout->platform_id))};
}

std::vector<const Module*> running_modules(const Facts& facts) {
    std::vector<const Module*> running;
    // Where one program runs in place of the system, nothing calls what lies behind it.
    const auto* program = facts.layout ? program_in_system_place(facts.modules, *facts.layout) : nullptr;
    for (const auto& module : facts.modules)
        if (runs_in_place(module) && (module.part != 3 || has_third_part(facts.modules)) && (!program || &module == program || module.slot == "bootloader"))
            running.push_back(&module);
    return running;
}

}  // namespace photopsy
