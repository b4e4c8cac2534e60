#include "boot/boot.h"

#include "boot/kinds.h"
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
        if (slots_.part3) part3_content();
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

BootOutcome start_in_parts(const Facts& facts) { return boot_walk::Walk(facts).run(); }

}  // namespace photopsy
