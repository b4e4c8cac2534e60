#include "cli/command.h"

#include <array>

namespace photopsy {

void setup_analyze(CommandDefinition&, Session&);
void setup_capture(CommandDefinition&, Session&);
void setup_convert(CommandDefinition&, Session&);
void setup_devices(CommandDefinition&, Session&);
void setup_diff(CommandDefinition&, Session&);
void setup_disasm(CommandDefinition&, Session&);
void setup_explain(CommandDefinition&, Session&);
void setup_help(CommandDefinition&, Session&);
void setup_handshake(CommandDefinition&, Session&);
void setup_keys(CommandDefinition&, Session&);
void setup_licenses(CommandDefinition&, Session&);
void setup_layouts(CommandDefinition&, Session&);
void setup_redact(CommandDefinition&, Session&);
void setup_repair(CommandDefinition&, Session&);
void setup_report(CommandDefinition&, Session&);
void setup_schema(CommandDefinition&, Session&);
void setup_triage(CommandDefinition&, Session&);
void setup_man(CommandDefinition&, Session&);
void setup_completions(CommandDefinition&, Session&);

std::span<const Command> commands() {
    static constexpr std::array list = {
        Command{"analyze", setup_analyze},
        Command{"capture", setup_capture},
        Command{"convert", setup_convert},
        Command{"devices", setup_devices},
        Command{"diff", setup_diff},
        Command{"disasm", setup_disasm},
        Command{"explain", setup_explain},
        Command{"handshake", setup_handshake},
        Command{"keys", setup_keys},
        Command{"layouts", setup_layouts},
        Command{"licenses", setup_licenses},
        Command{"redact", setup_redact},
        Command{"repair", setup_repair},
        Command{"report", setup_report},
        Command{"schema", setup_schema},
        Command{"triage", setup_triage},
        Command{"help", setup_help},
        Command{"man", setup_man},
        Command{"completions", setup_completions},
    };
    return list;
}

}  // namespace photopsy
