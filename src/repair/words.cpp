#include "repair/words.h"

#include "base/hex.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) { return fmt::format("{} {}", count, count == 1 ? one : many); }

}  // namespace

std::string step_in_words(const RepairStep& step) {
    switch (step.operation) {
        case RepairOperation::Erase:
            return fmt::format("erase the sector at {} ({})", hex_address(step.where.begin), step.region);
        case RepairOperation::Program:
            return fmt::format("program {} at {} ({})", counted(step.where.size(), "byte", "bytes"), hex_address(step.where.begin), step.region);
        case RepairOperation::WriteTable:
            return fmt::format("write {} at offset {} of the configuration table, in one go", counted(step.where.size(), "byte", "bytes"), step.where.begin);
        case RepairOperation::ResetIntoDfu:
            return "RESET with SETUP held";
        case RepairOperation::StartSystem:
            return "one ordinary start, in which the system installs the bootloader";
    }
    return "";
}

std::string time_in_words(std::uint32_t milliseconds) {
    return milliseconds < 1000 ? "less than a second" : fmt::format("about {} s", (milliseconds + 999) / 1000);
}

std::string why_advice_only(const RepairPlan& plan) {
    for (const auto& consent : plan.consents)
        if (!consent.given && consent.word.starts_with(repair_consent::unknown_bootloader))
            return fmt::format("the plan is advice only, for the bootloader is no released file: to have it carried out, make it with --consent {}",
                               consent.word);
    return "";
}

std::string end_in_words(const RepairEnd& end, const RepairPlan& plan, const RepairWays& ways) {
    const auto where = hex_address(end.at);
    const auto state = end.written == 0
                           ? std::string("Nothing was written")
                           : fmt::format("{} begun, the last one {} of {}", counted(end.written, "step was", "steps were"), end.step + 1, plan.steps.size());
    switch (end.how) {
        case RepairEnd::How::Done:
            return "";
        case RepairEnd::How::Stopped:
            return fmt::format("stopped between two steps. {}; {}", state, ways.go_on);
        case RepairEnd::How::Elsewhere:
            return fmt::format(
                "what the device holds at {} is neither what the plan began with nor what it makes: it is another device, or something else wrote to it (the "
                "firmware, if it has started since). {}; {}",
                where, state, ways.take_back);
        case RepairEnd::How::JournalFailed:
            return fmt::format("the journal could not be written, and nothing is sent to a device without it. {}", state);
        case RepairEnd::How::Forbidden:
            return fmt::format("the next step is one that is never sent to this device. {}", state);
        case RepairEnd::How::DeviceFailed:
            return fmt::format("the device failed at {}. {}; {}", where, state, ways.go_on);
        case RepairEnd::How::ReadBackDiffers:
            return fmt::format("what was written at {} reads back otherwise: flash cells there do not take it. {}; {} as far as it can", where, state,
                               ways.take_back);
        case RepairEnd::How::NotInstalled:
            return fmt::format(
                "the device was started, and its bootloader is still the old one: the system did not install the new one. {}; {} and starts it again", state,
                ways.go_on);
        case RepairEnd::How::NotBackedUp:
            return fmt::format("the backup is not of the flash that this plan was made for, and nothing is sent to a device without it. {}", state);
        case RepairEnd::How::AdviceOnly:
            return fmt::format("{}. {}", why_advice_only(plan), state);
        case RepairEnd::How::NotReset:
            if (plan.steps[end.step].operation == RepairOperation::StartSystem)
                return fmt::format("the device was not started, and only its system installs the bootloader. {}; {}", state, ways.go_on);
            return fmt::format("the device was not reset into DFU mode, and the table is not safe to write before that. {}; {}", state, ways.go_on);
    }
    return "";
}

}  // namespace photopsy
