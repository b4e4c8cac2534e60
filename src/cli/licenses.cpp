#include "base/packed_text.h"
#include "cli/command.h"
#include "cli/options.h"

namespace photopsy {

extern const PackedText embedded_notices;

void setup_licenses(CommandDefinition& program, Session& session) {
    auto output = std::make_shared<OutputOptions>();
    auto& command = program.add_subcommand("licenses", "Print the licences of photopsy and of the libraries in it");
    add_output_options(command, *output);
    command.footer = "Examples:\n  photopsy licenses | less";
    command.run = [output, &session] { deliver(embedded_notices.text(), *output, mode_shared, session); };
}

}  // namespace photopsy
