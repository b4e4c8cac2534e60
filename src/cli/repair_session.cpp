#include "cli/repair_session.h"

#include "base/hex.h"
#include "cli/capture_record.h"
#include "cli/file_system.h"
#include "cli/host.h"
#include "cli/input_file.h"
#include "cli/interruption.h"
#include "cli/output_file.h"
#include "cli/repair_text.h"
#include "flash/external.h"
#include "mend/repair_json.h"
#include "repair/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr RepairWays by_command{.go_on = "photopsy repair resume goes on", .take_back = "photopsy repair undo goes back"};

/// The owner at the terminal, while a repair runs.
class SessionOwner : public RepairOwner {
public:
    SessionOwner(const RepairPlan& plan, std::string button, const ApplyOptions& options, Session& session)
        : plan_(plan), button_(std::move(button)), options_(options), session_(session) {}

    void begins(std::size_t step) override { session_.say(fmt::format("Step {} of {}: {}.", step + 1, plan_.steps.size(), step_in_words(plan_.steps[step]))); }
    bool resets_into_dfu() override {
        session_.say(fmt::format("Now hold {0}, tap RESET, and hold {0} until the light blinks yellow. Do not let the device start normally.", button_));
        return is_done("the reset");
    }
    bool starts_system() override {
        session_.say(fmt::format(
            "Now tap RESET and let the device start: its system installs the bootloader and starts anew. Take no power away before the light has kept "
            "one rhythm for twenty seconds. Then hold {0}, tap RESET, and hold {0} until the light blinks yellow.",
            button_));
        return is_done("the start");
    }
    bool goes_on() override { return !interruption_.asked(); }

private:
    bool is_done(std::string_view what) {
        if (options_.yes && !session_.terminal.input_is_tty) {
            if (options_.resumes) return true;
            session_.say(fmt::format("There is no terminal to say so at: go on with photopsy repair resume after {}.", what));
            return false;
        }
        session_.say("Press Enter when it blinks yellow.");
        const bool pressed = line_of_input(interruption_).has_value();
        if (!pressed) session_.say("");  // what was typed instead stands on a line of its own
        return pressed;
    }

    const RepairPlan& plan_;
    std::string button_;
    const ApplyOptions& options_;
    Session& session_;
    Interruption interruption_;
};

/// Yes or no; nothing for what is neither.
std::optional<bool> answer_in(std::string_view line) {
    if (line == "y" || line == "Y" || line == "yes") return true;
    if (line == "n" || line == "N" || line == "no") return false;
    return {};
}

int status_of(const RepairEnd& end) {
    switch (end.how) {
        case RepairEnd::How::Done:
            return exit_good;
        case RepairEnd::How::ReadBackDiffers:
        case RepairEnd::How::NotInstalled:
            return exit_differs;
        case RepairEnd::How::DeviceFailed:
        case RepairEnd::How::NotReset:
            return exit_device;
        case RepairEnd::How::Stopped:
        case RepairEnd::How::Elsewhere:
        case RepairEnd::How::JournalFailed:
        case RepairEnd::How::Forbidden:
        case RepairEnd::How::NotBackedUp:
        case RepairEnd::How::AdviceOnly:
            break;
    }
    return end.written == 0 ? exit_unable : exit_device;
}

/// The device behind a repair. One read is enough where it is, byte for byte, what the plan makes; else it is read as often as for a capture.
std::optional<Analysis> read_afterwards(const Repair& repair, const ApplyOptions& options, Session& session) {
    auto once = options.reading;
    once.reads = 1;
    auto reading = read_device(once, nullptr, session);
    if (!reading.finished) return {};
    if (!holds_target(repair, *reading.layout, reading.bytes)) {
        reading = read_device(options.reading, nullptr, session);
        if (!reading.finished) return {};
    }
    return analysis_of_reading(reading, "connected device", judging_of(repair.plan));
}

}  // namespace

RepairFiles repair_files(const std::string& plan) {
    auto stem = plan;
    if (stem.ends_with(".json")) stem.resize(stem.size() - 5);
    return {plan, stem + ".backup.bin", stem + ".journal"};
}

std::optional<std::string> refused_plan_name(const std::string& path) {
    if (kind_of(path) == PlaceKind::File) return path + " exists already; give another name";
    return refused_output(path, Overwrite::No);
}

Result<RepairPlan> read_plan_file(const std::string& path) {
    const auto bytes = read_file(path, largest_repair_plan);
    if (!bytes) return bytes.error();
    auto plan = read_repair_plan({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (!plan) return Error{path + ": " + plan.error().message};
    return plan;
}

Analysis analysis_of_reading(const DeviceReading& reading, const std::string& name, const AnalyzeOptions& judging) {
    Capture capture = recognize(reading.bytes, name, "", *reading.layout);
    attach_record(reading.record, capture);
    if (!reading.external.empty()) {
        put_external(capture, reading.external, name, "", *reading.layout);
        attach_external_record(*reading.layout, capture);
    }
    return analyze(std::move(capture), *reading.layout, judging);
}

Result<Repair> made_again(const RepairPlan& plan, const Analysis& analysis, const RepairGiven& more) {
    const auto wish = read_wish(given_again(plan, more), *analysis.layout);
    if (!wish) return wish.error();
    return made_again(plan, analysis, *wish);
}

bool print_text(std::string_view text, const ApplyOptions& options, Session& session) {
    const auto paint = asked_paint(options.text, session.terminal, TextPlace::StandardOutput);
    if (!paint) return session.fail(paint.error().message), false;
    session.print(laid_out(text, *paint));
    return true;
}

bool print_plan(const RepairPlan& plan, const Analysis& analysis, const ApplyOptions& options, Session& session) {
    const auto paint = asked_paint(options.text, session.terminal, TextPlace::StandardOutput);
    return print_text(paint ? plan_in_words(plan, analysis, paint->width()) : "", options, session);
}

bool owner_agrees(const ApplyOptions& options, Session& session) {
    if (options.yes) return true;
    if (!session.terminal.input_is_tty || !session.terminal.errors_are_tty) {
        session.fail("a repair writes to the device and asks first; without a terminal to ask at it needs --yes. Nothing was written");
        return false;
    }
    const Interruption interruption;
    session.say("Write this to the device? (y or n)");
    auto line = line_of_input(interruption);
    while (line && !answer_in(*line)) {
        session.say("Please answer y or n.");
        line = line_of_input(interruption);
    }
    if (line && *answer_in(*line)) return true;
    if (!line) session.say("");
    session.fail("not agreed to; nothing was written");
    return false;
}

RepairEnd carry_out_on_device(const Repair& repair, const ProvedBackup& backup, const Layout& layout, const ApplyOptions& options, RepairJournal& journal,
                              const dfu::FoundDevice& device, Session& session) {
    dfu::Usb usb(usb_layouts(&layout));
    RepairEnd end{.how = RepairEnd::How::DeviceFailed};
    auto opened = usb.open_for_writing(device, options.reading.patience_seconds * 1000, [](bool) { return true; });
    if (opened.trouble != dfu::Trouble::None) return tell_trouble(opened.trouble, dfu::details_of(device), session), end;
    SessionOwner owner(repair.plan, layout.button, options, session);
    end = carry_out(repair, backup, layout, *opened.port, reading_rules(layout, opened.rule, opened.external), journal, owner);
    if (end.how == RepairEnd::How::Done) return end;
    session.fail(end_in_words(end, repair.plan, by_command), status_of(end));
    if (end.how == RepairEnd::How::DeviceFailed) {
        auto details = dfu::details_of(device);
        details.at = end.at;
        details.at_is_known = true;
        session.say(dfu::advise(end.trouble, host_system(), details).sentence);
    }
    return end;
}

std::optional<RepairEnd> restore_changed(const Repair& repair, const ProvedBackup& backup, const ApplyOptions& options, const dfu::FoundDevice& device,
                                         Session& session) {
    const auto reading = read_device(options.reading, nullptr, session);
    if (!reading.finished) return RepairEnd{.how = RepairEnd::How::DeviceFailed};
    const auto now = analysis_of_reading(reading, "connected device");
    const auto changed = changed_meanwhile(repair, *now.layout, now.capture.image);
    if (changed.empty()) return {};
    const auto restoration = plan_restoration(repair, now);
    if (restoration.plan.steps.empty()) return {};
    for (const auto& title : changed)
        session.say(fmt::format("The {} is no longer the one in the backup: the device has started meanwhile. It is put back from the backup.", title));
    const auto digest = digest_of(restoration.plan);
    auto journal = FileJournal::begin_or_open(repair_files(options.plan).journal + fmt::format(".restore-{}", digest.substr(0, 12)), digest);
    if (!journal) return session.fail(journal.error().message), RepairEnd{.how = RepairEnd::How::JournalFailed};
    return carry_out_on_device(restoration, backup, *now.layout, options, *journal, device, session);
}

bool judge_afterwards(const Repair& repair, const ApplyOptions& options, Session& session) {
    const auto read = read_afterwards(repair, options, session);
    if (!read) return false;
    const auto& after = *read;
    const auto differing = differences(repair, *after.layout, after.capture.image);
    for (const auto& place : differing) session.fail("the device does not hold what the plan makes at " + place, exit_differs);
    for (const auto& title : changed_meanwhile(repair, *after.layout, after.capture.image))
        session.fail(
            fmt::format("the {} is no longer the one in the backup: the device has started meanwhile. photopsy repair undo brings it back; then repair anew",
                        title),
            exit_problem);
    const auto outcome = name_of(after.diagnosis.outcome);
    auto verdict = fmt::format("Verdict now: {}. {}\n", outcome, after.diagnosis.headline);
    for (const auto& named : after.diagnosis.causes) {
        verdict += fmt::format("  still there: {}\n", title_of_cause(named.cause->id));
        if (const auto known = known_of_remaining(repair.plan, named.cause->id); !known.empty()) verdict += fmt::format("    {}\n", known);
    }
    if (!print_text(verdict, options, session)) return false;
    if (outcome != repair.plan.expect.outcome) {
        session.fail(fmt::format("the plan promised {}, and it is {}", repair.plan.expect.outcome, outcome), exit_problem);
        return false;
    }
    session.raise(after.diagnosis.exit_status);
    if (differing.empty() && after.diagnosis.exit_status == 0)
        print_text("Tap RESET: it should breathe cyan after a while. If it does not, capture it again and look at the light (--led).\n", options, session);
    return differing.empty();
}

}  // namespace photopsy
