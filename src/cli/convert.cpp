#include "base/counted.h"
#include "base/hex.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/options.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct ConvertCommand {
    std::string file;
    OutputOptions output;
    LayoutOptions layout;
};

/// Why the file gives no plain flash without bytes being made up; "" if it does, from the beginning of the flash on.
std::string obstacle(const Capture& capture) {
    for (const auto& problem : capture.problems) {
        const bool is_no_dump = problem.defect == CaptureDefect::NotBinary && !problem.is_listing;
        if (problem.defect == CaptureDefect::Contradictory) return problem.detail;
        if (is_no_dump || problem.defect == CaptureDefect::OtherPlatform || problem.defect == CaptureDefect::Blank) return problem.detail;
    }
    const auto parts = capture.image.present();
    if (capture.is_dct_upload || parts.empty()) return "it does not hold the flash";
    if (parts.front().begin != capture.image.range().begin)
        return fmt::format("nothing in it lies before {}, and no byte is made up", hex_address(parts.front().begin));
    if (parts.size() > 1) return fmt::format("{} to {} is not in it, and no byte is made up", hex_address(parts[0].end), hex_address(parts[1].begin));
    return "";
}

void run(const ConvertCommand& options, Session& session) {
    if (options.output.to_stdout() && session.terminal.output_is_tty) return session.fail("a dump is no text: give -o dump.bin");
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    const auto dump = read_dump(options.file, layout->get());
    if (!dump) return session.fail(dump.error().message);
    const auto& capture = dump->capture;
    if (const auto why = obstacle(capture); !why.empty()) return session.fail(fmt::format("{} is not converted: {}", capture.name, why));
    const auto held = capture.image.leading(capture.image.range());
    deliver({reinterpret_cast<const char*>(held.data()), held.size()}, options.output, mode_private, session);
    const auto missing = capture.image.range().size() - held.size();
    if (missing == 0) return;
    session.say(fmt::format("The last {} of the flash {} not in {}, and so not in the result.", missing == 1 ? "byte" : fmt::format("{} bytes", missing),
                            missing == 1 ? "is" : "are", capture.name));
    session.raise(exit_problem);
}

}  // namespace

void setup_convert(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<ConvertCommand>();
    auto& command = program.add_subcommand("convert", "Turn a listing, Intel HEX, DfuSe, packed, swapped or displaced dump into plain bytes of the flash");
    command.add_option("FILE", &options->file, "The dump in any form that photopsy reads").required();
    add_output_options(command, options->output);
    add_layout_options(command, options->layout);
    command.footer =
        "No byte is made up: a file with a gap, or one whose beginning is missing, is refused.\n"
        "Exit status: 0 the whole flash was written, 1 its end is missing, 2 nothing was written.\n\n"
        "Examples:\n  photopsy convert dump.hex -o dump.bin";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
