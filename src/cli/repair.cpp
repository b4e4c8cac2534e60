#include "cli/command.h"
#include "cli/dump_pair.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/output_file.h"
#include "cli/repair_apply.h"
#include "cli/repair_session.h"
#include "cli/repair_text.h"
#include "cli/shell.h"
#include "cli/text_output.h"
#include "mend/repair_json.h"
#include "report/wrap.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr auto plan_of_connected = "repair.json";

struct RepairCommand {
    std::string file, external, output, format = "text";
    LayoutOptions layout;
    RepairGiven given;
    ApplyOptions apply;
    bool carries_out = false;
    bool subcommand_ran = false;
    bool from_usb() const { return layout.device == connected_device; }
    static constexpr auto connected_device = "usb";
};

/// What stands below a plan: how it is carried out, or why it is not.
std::string way_in_words(const RepairPlan& plan, const std::string& written_to, unsigned width) {
    if (plan.steps.empty()) return "";
    if (is_advice_only(plan))
        return "\n" + wrapped("The plan is advice only, for the bootloader is no released file: it is carried out where it was made with its word above.",
                              width, "", "");
    const auto* how = written_to.empty() ? "To carry it out, say the same with -o plan.json, put the device into DFU mode, and:"
                                         : "To carry it out, put the device into DFU mode, and:";
    return fmt::format("\n{}  photopsy repair apply {}\n", wrapped(how, width, "", ""), written_to.empty() ? "plan.json" : typed_here(written_to));
}

/// Prints the plan, and writes it where that was asked for. The exit status says whether there is something to do.
void tell_plan(const RepairCommand& options, const Analysis& analysis, Session& session) {
    if (const auto refused = why_refused(options.given, analysis); !refused.empty()) return session.fail(refused);
    const auto wish = read_wish(options.given, *analysis.layout);
    if (!wish) return session.fail(wish.error().message);
    const auto plan = plan_repair(analysis, *wish).plan;
    const auto paint = asked_paint(options.apply.text, session.terminal, TextPlace::StandardOutput);
    if (!paint) return session.fail(paint.error().message);
    if (plan.steps.empty()) session.raise(exit_problem);
    const auto unused = unused_firmware(options.given, *wish, plan, *analysis.layout);
    if (options.output == "-" || options.format == "json")
        for (const auto& sentence : unused) session.say("--firmware: " + sentence);
    if (options.output == "-") return session.print(repair_plan_json(plan));
    if (!options.output.empty()) {
        if (const auto refused = refused_plan_name(options.output)) return session.fail(*refused);
        if (const auto failure = write_output(options.output, repair_plan_json(plan), Overwrite::No, mode_private)) return session.fail(*failure);
    }
    if (!options.output.empty()) tell_written(options.output, session);
    if (options.format == "json") return session.print(repair_plan_json(plan));
    const auto width = paint->width();
    const bool key_unused = !wish->new_key_from.empty() && plan.key_file.empty();
    auto not_used = key_unused ? "\n" + wrapped("The key given with --key is not written: this plan makes no use of it.", width, "", "") : "";
    not_used += unused_in_words(unused, width);
    session.print(laid_out(plan_in_words(plan, analysis, width) + not_used + way_in_words(plan, options.output, width), *paint));
}

void plan_for_device(const RepairCommand& options, Session& session) {
    if (options.carries_out) {
        auto apply = options.apply;
        apply.plan = options.output.empty() ? plan_of_connected : options.output;
        return repair_connected(apply, options.given, session);
    }
    const auto judging = read_judging(options.given);
    if (!judging) return session.fail(judging.error().message);
    const auto reading = read_device(options.apply.reading, nullptr, session);
    if (!reading.finished) return;
    tell_plan(options, analysis_of_reading(reading, "connected device", *judging), session);
}

void run(const RepairCommand& options, Session& session) {
    if (options.subcommand_ran) return;
    if (options.file.empty() && !options.from_usb())
        return session.fail("FILE is required, or --device for a connected device (photopsy repair --help shows how)");
    if (!options.file.empty() && (options.from_usb() || options.carries_out))
        return session.fail("--device and --apply are for the connected device; a plan for " + options.file + " is carried out with photopsy repair apply");
    if (options.from_usb()) return plan_for_device(options, session);
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    auto dump = options.external.empty() ? read_dump(options.file, layout->get()) : read_dump_pair(options.file, options.external, layout->get());
    if (!dump) return session.fail(dump.error().message);
    if (dump->capture.has(CaptureDefect::NotBinary) && read_plan_file(options.file))
        return session.fail(fmt::format("{} is a plan and no dump: photopsy repair apply {} carries it out", options.file, typed_here(options.file)));
    const auto judging = read_judging(options.given);
    if (!judging) return session.fail(judging.error().message);
    tell_plan(options, analyze(std::move(dump->capture), *dump->layout, *judging), session);
}

void add_subcommand(CommandDefinition& repair, std::string_view name, std::string_view what, void (*act)(const ApplyOptions&, Session&),
                    const std::shared_ptr<RepairCommand>& parent, Session& session) {
    auto options = std::make_shared<ApplyOptions>();
    auto& command = repair.add_subcommand(name, what);
    command.add_option("PLAN", &options->plan, "The plan, as photopsy repair -o wrote it").required();
    add_source_options(command, options->more);
    add_text_options(command, options->text);
    if (name != "verify") command.add_flag("--yes", &options->yes, "Do not ask before writing");
    add_reading_options(command, options->reading);
    command.footer = fmt::format("Examples:\n  photopsy repair {} plan.json", name);
    command.run = [options, act, parent, &session] {
        parent->subcommand_ran = true;
        act(*options, session);
    };
}

}  // namespace

void setup_repair(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<RepairCommand>();
    auto& command = program.add_subcommand("repair", "Plan what can be written to a device to cure it, and carry it out with a backup, step by step");
    command.add_option("FILE", &options->file, "A dump of the whole flash");
    command.add_option("--external", &options->external, "The dump of the second flash of the same device, where its keys lie there").type_name("FILE");
    command.add_option("-o,--output", &options->output, "Write the plan to this file (0600); - prints it instead of the text").type_name("FILE");
    command.add_option("--format", &options->format, "text or json").type_name("NAME").choices({"text", "json"});
    add_text_options(command, options->apply.text);
    add_choice_options(command, options->given);
    command.add_flag("--bootloader", &options->given.for_bootloader,
                     "A plan of its own for another bootloader, which the installed system copies at its next start (needs --consent bootloader)");
    add_source_options(command, options->given);
    add_layout_options(command, options->layout);
    command.option("--device").value_if_alone(RepairCommand::connected_device).told_as_flag().description("Read the connected device, in DFU mode");
    command.add_flag("--apply", &options->carries_out, "With --device: carry the plan out at once, after one question").only_with("--device");
    command.add_flag("--yes", &options->apply.yes, "With --apply: do not ask before writing").only_with("--apply");
    add_reading_options(command, options->apply.reading, "--device");
    command.footer =
        "Without --apply nothing is written to a device. The plan holds no secret; backup and journal beside it are for you only.\n"
        "Examples:\n"
        "  photopsy repair dump.bin\n"
        "  photopsy repair dump.bin --firmware particle-cli.tgz -o plan.json\n"
        "  photopsy repair apply plan.json\n"
        "  photopsy repair --device --apply\n"
        "Exit status: 0 done as predicted (a plan: it has a step), 1 done but not healthy (a plan: it has none),\n"
        "2 nothing was written, 3 the device failed (the journal says what was written), 4 what was written reads back otherwise.";
    command.run = [options, &session] { run(*options, session); };
    add_subcommand(command, "apply", "Carry out a plan on the connected device: backup, steps, verdict", apply_plan, options, session);
    add_subcommand(command, "resume", "Go on with a repair that was interrupted", resume_plan, options, session);
    add_subcommand(command, "undo", "Take a repair back from its backup", undo_plan, options, session);
    add_subcommand(command, "verify", "Read the device and say whether it holds what the plan makes", verify_plan, options, session);
}

}  // namespace photopsy
