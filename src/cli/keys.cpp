#include "cli/command.h"
#include "cli/keys_commands.h"

namespace photopsy {

void setup_keys(CommandDefinition& program, Session& session) {
    auto& keys = program.add_subcommand("keys", "Show, check, rebuild, make and convert the keys of a device");
    setup_keys_show(keys, session);
    setup_keys_check(keys, session);
    setup_keys_export(keys, session);
    setup_keys_recover(keys, session);
    setup_keys_new(keys, session);
    setup_keys_server(keys, session);
    setup_keys_server_slot(keys, session);
    setup_keys_convert(keys, session);
    keys.footer = "Examples:\n  photopsy keys show dump.bin\n  photopsy keys recover dump.bin -o recovered-key.der";
}

}  // namespace photopsy
