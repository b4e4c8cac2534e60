#pragma once
// The walk from power-up to the application, for boot/*.cpp only: what the bootloader does (walk_bootloader.cpp), then the system (walk_system.cpp).
#include "boot/boot.h"
#include "boot/checks.h"
#include "facts/start_checks.h"

namespace photopsy::boot_walk {

using Step = BootStep::State;

/// The walk from power-up to the application. A check that ends it sets the result; what comes behind is listed as skipped.
class Walk {
public:
    explicit Walk(const Facts& facts) : facts_(facts), slots_(installed_after_updates(facts)) {}

    BootOutcome run();

private:
    void pass(std::string step, std::string explain) { add(std::move(step), Step::Pass, std::move(explain)); }
    void doubt(std::string step, std::string explain) { add(std::move(step), Step::Unknown, std::move(explain)); }
    void unknown(std::string step, std::string explain) {
        doubt(std::move(step), std::move(explain));
        something_missing_ = true;
    }
    void fail(std::string step, BootResult result, std::string explain) {
        add(std::move(step), Step::Fail, std::move(explain));
        if (!ended_) outcome_.result = result;
        ended_ = true;
    }
    void refuse(std::string step, std::string reason, std::string explain) {
        if (!ended_) outcome_.safe_mode_reason = std::move(reason);
        fail(std::move(step), BootResult::SafeMode, std::move(explain));
    }
    void add(std::string step, Step state, std::string explain) {
        if (ended_) state = Step::Skipped, explain = "Not reached: an earlier step ends the start.";
        outcome_.ladder.push_back({std::move(step), state, std::move(explain)});
    }

    void bootloader();
    void update();
    void harmful_copy(const char* step);
    void part1_header();
    void part1_content();
    void part2_entry();
    void part3_content();
    void broken_part(std::string step, int index);
    std::string other_than_part3(const Module&) const;
    std::string header_alone(int index) const;
    void bootloader_check();
    void part2_check();
    void part2_dependencies();
    void user_header();
    void user_content();
    void user_dependencies();
    void monolithic(const Module&);

    /// What the layout calls the part with this module index, as it stands in a sentence, at its begin, and without its first word.
    std::string part(int index) const;
    std::string capital_part(int index) const;
    std::string short_part(int index) const;
    std::string capital_short_part(int index) const;

    bool tests_own_modules() const { return photopsy::tests_own_modules(*facts_.layout, slots_.system_version); }
    std::string_view untesting_system() const { return system_checks() ? "This device's system" : "This system (before 0.7.0)"; }
    bool system_checks() const { return slots_.system_version >= first_checking_system_version; }

    const Facts& facts_;
    InstalledSlots slots_;
    BootOutcome outcome_;
    bool ended_ = false, something_missing_ = false;
};

}  // namespace photopsy::boot_walk
