#include "cli/help.h"

#include "cli/command_description.h"
#include "report/plain_text.h"
#include "report/wrap.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr unsigned least_width = 40, widest = 100;

struct Columns {
    unsigned width, names;
    explicit Columns(unsigned asked) : width(std::clamp(asked, least_width, widest) - 1), names(width < 70 ? 6 : 28) {}
};

/// "  -o, --output FILE       Write to this file ...": what it does begins in a column of its own, on the next line where there is no room.
std::string row(const std::string& name, std::string_view says, const Columns& columns_of) {
    const std::string blanks(columns_of.names, ' ');
    const auto first = "  " + name;
    const bool beside = columns(first) + 2 <= columns_of.names;
    const auto lead = beside ? first + std::string(columns_of.names - columns(first), ' ') : blanks;
    return (beside ? "" : first + "\n") + wrapped(says, columns_of.width, lead, blanks);
}

std::string option_name(const OptionDescription& option) {
    std::string names;
    for (auto name = option.names.rbegin(); name != option.names.rend(); ++name) names += (names.empty() ? "" : ", ") + *name;
    const auto argument = option.argument + (option.repeats && option.positional ? "..." : "");
    const auto shown = option.alone ? "[=" + argument + "]" : argument;
    return names + (names.empty() || shown.empty() || option.alone ? "" : " ") + shown;
}

/// Prose is wrapped; lines that are set in (examples) stay as they are.
std::string footer_text(std::string_view footer, unsigned width) {
    std::string text;
    while (!footer.empty()) {
        const auto line = footer.substr(0, footer.find('\n'));
        footer.remove_prefix(std::min(line.size() + 1, footer.size()));
        text += line.starts_with("  ") || line.empty() ? std::string(line) + "\n" : wrapped(line, width, "", "");
    }
    return text;
}

std::string usage(const CommandDescription& command, unsigned width) {
    auto text = "photopsy" + (command.name.empty() ? "" : " " + command.name) + (command.subcommands.empty() ? " [OPTIONS]" : " COMMAND [OPTIONS]");
    for (const auto& option : command.options) {
        if (!option.positional) continue;
        const auto word = option.argument + (option.repeats ? "..." : "");
        text += option.required ? " " + word : " [" + word + "]";
    }
    if (!command.name.empty()) return wrapped(text, width, "Usage: ", "       ");
    return wrapped("photopsy FILE... [OPTIONS]", width, "Usage: ", "       ") + wrapped("photopsy COMMAND [OPTIONS]", width, "       ", "       ");
}

std::string options_text(const CommandDescription& command, const Columns& columns_of) {
    std::vector<std::string> headings = {""};
    for (const auto& option : command.options)
        if (std::find(headings.begin(), headings.end(), option.under) == headings.end()) headings.push_back(option.under);
    std::string text;
    for (const auto& heading : headings) {
        text += heading.empty() ? "\nOptions:\n" : "\n" + heading + ":\n";
        for (const auto& option : command.options)
            if (option.under == heading) text += row(option_name(option), option.says, columns_of);
    }
    return text;
}

std::string commands_text(const CommandDescription& command, const std::vector<CommandDescription>& all, const Columns& columns_of) {
    std::string text;
    for (const auto& name : command.subcommands) {
        const auto whole = command.name.empty() ? name : command.name + " " + name;
        const auto found = std::find_if(all.begin(), all.end(), [&](const CommandDescription& one) { return one.name == whole; });
        if (found != all.end()) text += row(name, found->says, columns_of);
    }
    return text.empty() ? "" : "\nCommands:\n" + text;
}

const CommandDescription& named(const std::vector<CommandDescription>& all, const std::vector<std::string>& path) {
    const auto* best = &all.front();
    std::string name;
    for (const auto& word : path) {
        name += (name.empty() ? "" : " ") + word;
        const auto found = std::find_if(all.begin(), all.end(), [&](const CommandDescription& one) { return one.name == name; });
        if (found == all.end()) return *best;
        best = &*found;
    }
    return *best;
}

}  // namespace

std::string help_text(const CommandDefinition& program, const std::vector<std::string>& path, unsigned width) {
    const Columns columns_of(width);
    const auto all = describe(program);
    const auto& command = named(all, path);
    auto text = wrapped(command.says, columns_of.width, "", "") + "\n" + usage(command, columns_of.width);
    text += commands_text(command, all, columns_of) + options_text(command, columns_of);
    return command.footer.empty() ? text : text + "\n" + footer_text(command.footer, columns_of.width);
}

}  // namespace photopsy
