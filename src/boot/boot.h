#pragma once
// What the device will do at the next power-up: the checks of bootloader and system in their order. Source: docs/formats/boot.md.
#include "facts/facts.h"

#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

enum class BootResult { Runs, SafeMode, Dfu, FactoryReset, ResetLoop, Undefined, Unknown };
std::string_view name_of(BootResult);  ///< contract's words: runs safe-mode dfu factory-reset reset-loop undefined unknown

struct BootStep {
    std::string step;  ///< stable id: "bootloader-runs", "part1-header" ...
    enum class State { Pass, Fail, Skipped, Unknown } state = State::Unknown;
    std::string explain;  ///< one sentence
};

struct BootOutcome {
    BootResult result = BootResult::Unknown;
    std::vector<BootStep> ladder;
    std::string safe_mode_reason;             ///< "" or which of the nine causes
    bool dct_reachable_by_bootloader = true;  ///< false only where it is known that the bootloader does not reach the configuration table
    bool resumes_update = false;              ///< a pending copy will be carried out first and makes the device whole
};

BootOutcome predict_boot(const Facts&);

}  // namespace photopsy
