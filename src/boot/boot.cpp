#include "boot/boot.h"

#include "boot/walk.h"

namespace photopsy {

std::string_view name_of(BootResult result) {
    switch (result) {
        case BootResult::Runs:
            return "runs";
        case BootResult::SafeMode:
            return "safe-mode";
        case BootResult::Dfu:
            return "dfu";
        case BootResult::FactoryReset:
            return "factory-reset";
        case BootResult::ResetLoop:
            return "reset-loop";
        case BootResult::Undefined:
            return "undefined";
        case BootResult::Unknown:
            return "unknown";
    }
    return "";
}

BootOutcome boot_walk::Walk::run() {
    bootloader();
    update();
    part1_header();
    if (const auto* whole = facts_.module("monolithic"); whole && slots_.part1 == whole) {
        monolithic(*whole);
    } else {
        part1_content();
        part2_entry();
        bootloader_check();
        part2_check();
        part2_dependencies();
        user_header();
        user_content();
        user_dependencies();
    }
    if (!ended_) outcome_.result = something_missing_ ? BootResult::Unknown : BootResult::Runs;
    return std::move(outcome_);
}

BootOutcome predict_boot(const Facts& facts) {
    if (facts.layout && facts.layout->judged && !facts.of_other_device && facts.layout->slot("system-part2")) return boot_walk::Walk(facts).run();
    BootOutcome outcome;
    const auto* why = facts.layout && !facts.layout->judged ? "How this device starts is not examined: only its modules are read."
                                                            : "The file does not hold the flash of such a device: nothing is said about its start.";
    outcome.ladder.push_back({"device", BootStep::State::Unknown, why});
    return outcome;
}

}  // namespace photopsy
