// The start of firmware in one piece. Source: docs/formats/core.md.
#include "boot/checks.h"
#include "boot/kinds.h"
#include "facts/copied_firmware.h"
#include "facts/headerless.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

using State = BootStep::State;

/// From power-up to the firmware: the bootloader obeys its page of flags, looks at the first word of the firmware and jumps.
class MonolithicWalk {
public:
    explicit MonolithicWalk(const Facts& facts) : facts_(facts), update_(facts.ota.by_flag.value_or(MonolithicUpdate{})) {}

    BootOutcome run() {
        bootloader();
        flags();
        first_word();
        content();
        if (!ended_) outcome_.result = something_missing_ ? BootResult::Unknown : falls_back_ ? BootResult::FactoryReset : BootResult::Runs;
        return std::move(outcome_);
    }

private:
    void add(std::string step, State state, std::string explain) {
        if (ended_) state = State::Skipped, explain = "Not reached: an earlier step ends the start.";
        outcome_.ladder.push_back({std::move(step), state, std::move(explain)});
    }
    void unknown(std::string step, std::string explain) {
        add(std::move(step), State::Unknown, std::move(explain));
        something_missing_ = true;
    }
    void end(std::string step, BootResult result, std::string explain) {
        add(std::move(step), State::Fail, std::move(explain));
        if (!ended_) outcome_.result = result;
        ended_ = true;
    }

    /// It carries neither header nor checksum: only that something like a vector table begins it can be told.
    void bootloader() {
        const char* step = "bootloader-runs";
        switch (update_.bootloader) {
            case FirstWord::NotInFile:
                return unknown(step, "The file does not hold the bootloader.");
            case FirstWord::Erased:
                return end(step, BootResult::Undefined, "The bootloader is erased: the processor has nothing to start, and USB does not answer either.");
            case FirstWord::Other:
                return end(step, BootResult::Undefined, "What lies at the bootloader's place does not begin with a stack pointer: the processor crashes.");
            case FirstWord::StackPointer:
                break;
        }
        add(step, State::Pass, "The bootloader begins with a vector table. It has no checksum that could be tested.");
    }

    /// Whether the image that the flags ask for is copied over the firmware; it is not looked at before.
    void flags() {
        const char* step = "pending-update";
        if (update_.job == FlagJob::Unknown) return unknown(step, "The file does not hold the page of system flags.");
        const auto* source = update_.source();
        if (!source) return add(step, State::Pass, "The system flags ask for nothing.");
        const auto what = name_of(update_.job);
        if (source->start == FirstWord::NotInFile)
            return unknown(step, fmt::format("The system flags ask for {}, and the file does not hold the image that is then copied.", what));
        copied_ = source;
        outcome_.resumes_update = !ended_ && source->whole;
        add(step, State::Pass,
            fmt::format("The system flags ask for {}: the bootloader first copies that image over the firmware, without a test. What follows "
                        "is judged with the copied image.",
                        what));
    }

    static std::string_view name_of(FlagJob job) {
        return job == FlagJob::Update ? "the update in the OTA area" : job == FlagJob::Restore ? "the backup" : "the factory image";
    }

    const Module* firmware() const { return facts_.module(copied_ ? std::string_view(copied_->slot) : "monolithic"); }

    /// (word & 2FFE0000) == 20000000 is all that the bootloader asks (bootloader/src/core/dfu_usb.c@v0.6.4:51).
    void first_word() {
        const char* step = "firmware-start";
        if (something_missing_ && update_.source() && !copied_) return unknown(step, "It cannot be told what will lie in the firmware's place.");
        const auto start = copied_ ? copied_->start : update_.firmware;
        if (start == FirstWord::NotInFile) return unknown(step, "The file does not hold the firmware.");
        if (start == FirstWord::StackPointer) return add(step, State::Pass, "The firmware begins with a stack pointer. Nothing else is tested.");
        const std::string_view why =
            start == FirstWord::Erased ? "The firmware is erased" : "What lies in the firmware's place does not begin with a stack pointer";
        if (update_.factory.start == FirstWord::NotInFile)
            return end(step, BootResult::Dfu,
                       fmt::format("{}: the light turns red and the bootloader copies the factory image, which is not in this file.", why));
        if (update_.factory.start != FirstWord::StackPointer)
            return end(step, BootResult::Dfu, fmt::format("{}, and there is no factory image: the bootloader waits in DFU mode (yellow).", why));
        copied_ = &update_.factory;
        falls_back_ = true;
        add(step, State::Fail,
            fmt::format("{}: the light turns red, and the bootloader copies the factory image in its place, without a test, and runs that{}.", why,
                        is_damaged(update_.factory, facts_.modules) ? ", though it is not whole" : ""));
    }

    void content() {
        const char* step = "firmware-content";
        if (update_.source() && !copied_) return unknown(step, "It cannot be told what will lie in the firmware's place.");
        const auto* module = firmware();
        if (!module || !module->header_in_file) return unknown(step, "The file does not hold the firmware.");
        if (module->integrity == Integrity::NotChecked && module->present()) return unknown(step, "The file does not hold all of the firmware.");
        if (module->good() && (!copied_ || copied_->whole)) return add(step, State::Pass, "The firmware is whole. Nothing tests that at start.");
        if (!copied_ && dies_at_entry(facts_, *module))
            return end(step, BootResult::Undefined,
                       "The first words of the firmware, or code that each start executes, are damaged or gone: the device crashes as soon as it runs.");
        if (may_lack_header(*module))
            return unknown(step,
                           "The firmware has no module header, and begins as firmware does: it may be of before 0.4, which had neither header nor checksum. "
                           "Whether it is whole cannot be told.");
        if (is_badly_broken(facts_, *module) || (copied_ && module->good()))
            return end(step, BootResult::Undefined,
                       copied_
                           ? "The image that is copied is incomplete, or no firmware for this device, and executed all the same: nothing tests it. The device "
                             "most likely crashes."
                           : "The firmware is incomplete and executed all the same: nothing tests it at start. The device most likely crashes.");
        add(step, State::Unknown,
            module->present()
                ? "A few bytes of the firmware are wrong and executed all the same: nothing tests it at start. The device works unless the damaged "
                  "bytes are needed."
                : "The header of the firmware is damaged, which nothing reads at start: the device works unless the damaged bytes are needed.");
    }

    const Facts& facts_;
    const MonolithicUpdate update_;
    const StoredImage* copied_ = nullptr;
    BootOutcome outcome_;
    bool ended_ = false, something_missing_ = false, falls_back_ = false;
};

}  // namespace

BootOutcome start_monolithic(const Facts& facts) { return MonolithicWalk(facts).run(); }

}  // namespace photopsy
