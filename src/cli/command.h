#pragma once
// A command is one file: its options, `setup_NAME` that defines them and says what to run, and its line in commands.cpp. The usual shape:
//
//     struct EraseOptions { std::string file; };
//     static void run(const EraseOptions&, Session&);
//     void setup_erase(CommandDefinition& program, Session& session) {
//         auto options = std::make_shared<EraseOptions>();
//         auto& command = program.add_subcommand("erase", "One line for the list of commands");
//         command.add_option("FILE", &options->file, "What it is").required();
//         command.footer = "Examples:\n  photopsy erase dump.bin";
//         command.run = [options, &session] { run(*options, session); };
//     }
//
// A command never exits: it prints and fails through the session, and raises the exit status there.
#include "cli/definition.h"
#include "cli/session.h"

#include <span>

namespace photopsy {

struct Command {
    std::string_view name;
    void (*setup)(CommandDefinition& program, Session&);
};

/// All commands, in the order of the help text.
std::span<const Command> commands();

}  // namespace photopsy
