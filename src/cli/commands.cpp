#include "cli/command.h"

#include <array>

namespace photopsy {

void setup_analyze(CLI::App&, Session&);
void setup_capture(CLI::App&, Session&);
void setup_devices(CLI::App&, Session&);
void setup_diff(CLI::App&, Session&);
void setup_disasm(CLI::App&, Session&);
void setup_explain(CLI::App&, Session&);
void setup_handshake(CLI::App&, Session&);
void setup_keys(CLI::App&, Session&);
void setup_layouts(CLI::App&, Session&);
void setup_redact(CLI::App&, Session&);
void setup_report(CLI::App&, Session&);
void setup_schema(CLI::App&, Session&);
void setup_man(CLI::App&, Session&);
void setup_completions(CLI::App&, Session&);

std::span<const Command> commands() {
    static constexpr std::array list = {
        Command{"analyze", setup_analyze},
        Command{"capture", setup_capture},
        Command{"devices", setup_devices},
        Command{"diff", setup_diff},
        Command{"disasm", setup_disasm},
        Command{"explain", setup_explain},
        Command{"handshake", setup_handshake},
        Command{"keys", setup_keys},
        Command{"layouts", setup_layouts},
        Command{"redact", setup_redact},
        Command{"report", setup_report},
        Command{"schema", setup_schema},
        Command{"man", setup_man},
        Command{"completions", setup_completions},
    };
    return list;
}

}  // namespace photopsy
