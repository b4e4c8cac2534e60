#include "cli/command.h"
#include "cli/command_description.h"
#include "cli/options.h"
#include "photopsy.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

/// Text for roff: no line is taken for a request, hyphens can be copied.
std::string roff(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        const bool starts_line = safe.empty() || safe.back() == '\n';
        if (starts_line && (c == '.' || c == '\'')) safe += "\\&";
        if (c == '\\')
            safe += "\\e";
        else if (c == '-')
            safe += "\\-";
        else
            safe += c;
    }
    return safe;
}

std::string option(const OptionDescription& option) {
    std::string names;
    for (const auto& name : option.names) names += (names.empty() ? "" : ", ") + ("\\fB" + roff(name) + "\\fR");
    if (!option.argument.empty()) names += (names.empty() ? "" : " ") + ("\\fI" + roff(option.argument) + "\\fR");
    return ".TP\n" + names + "\n" + roff(option.says) + "\n";
}

std::string section(const CommandDescription& command) {
    std::string text = ".SS \"photopsy " + roff(command.name) + "\"\n" + roff(command.says) + "\n";
    for (const auto& row : command.options)
        if (row.names.empty() || row.names.front() != "--help") text += option(row);
    return command.footer.empty() ? text : text + ".PP\n.nf\n" + roff(command.footer) + "\n.fi\n";
}

std::string page() {
    const auto commands = describe_command_line();
    const auto& program = commands.front();
    auto text = fmt::format(".TH PHOTOPSY 1 2026-11-27 \"photopsy {}\" \"User Commands\"\n.SH NAME\nphotopsy \\- {}\n", version,
                            roff("forensics of Particle devices from a flash dump"));
    text += ".SH SYNOPSIS\n\\fBphotopsy\\fR \\fIFILE\\fR...\n.br\n\\fBphotopsy\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]...\n.SH DESCRIPTION\n" +
            roff(program.says) + "\n.PP\n" + roff("A dump is given to analyze where no command is named.") + "\n.SH COMMANDS\n";
    for (std::size_t i = 1; i < commands.size(); ++i) text += section(commands[i]);
    text +=
        ".SH \"EXIT STATUS\"\n.TP\n0\nNothing wrong, or nothing above a warning.\n.TP\n1\nA problem was found.\n.TP\n2\nphotopsy could not do its "
        "work.\n.TP\n3\nUSB or device failure, or no device.\n.TP\n4\nWhat a repair wrote to a device reads back otherwise.\n";
    text +=
        ".SH ENVIRONMENT\n.TP\nNO_COLOR\nNo colour where it is set.\n.TP\nTERM\ndumb: no escapes.\n.TP\nCOLUMNS\nWidth of the text report where the output is "
        "no terminal.\n";
    return text + ".SH \"SEE ALSO\"\n.BR dfu\\-util (1)\n";
}

}  // namespace

void setup_man(CommandDefinition& program, Session& session) {
    auto output = std::make_shared<OutputOptions>();
    auto& command = program.add_subcommand("man", "Print the manual page");
    add_output_options(command, *output);
    command.footer = "Examples:\n  photopsy man | man -l -\n  photopsy man -o ~/.local/share/man/man1/photopsy.1";
    command.run = [output, &session] { deliver(page(), *output, mode_shared, session); };
}

}  // namespace photopsy
