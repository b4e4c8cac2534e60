#include "cli/keys_commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "handshake/server_address.h"

namespace photopsy {

void setup_keys_server(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<OutputOptions>();
    auto& command = keys.add_subcommand("server", "Write Particle's published server key with its address: the 512 bytes for offset 2082");
    add_output_options(command, *options);
    command.footer = "Examples:\n  photopsy keys server -o server-key.der\n  dfu-util -d 2b04:d006 -a 1 -s 2082 -D server-key.der";
    command.run = [options, &session] {
        if (options->to_stdout() && session.terminal.output_is_tty) return session.fail("the key is 512 bytes of binary; give -o FILE");
        const auto slot = published_server_slot();
        deliver({reinterpret_cast<const char*>(slot.data()), slot.size()}, *options, mode_shared, session);
    };
}

}  // namespace photopsy
