#include "cli/keys_commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "handshake/ec_server_slot.h"

#include <fmt/format.h>

namespace photopsy {

void setup_keys_server(CommandDefinition& keys, Session& session) {
    struct ServerCommand {
        OutputOptions output;
        bool ec = false;
    };
    auto options = std::make_shared<ServerCommand>();
    auto& command = keys.add_subcommand("server", "Write Particle's published server key with its address: the 512 bytes for offset 2082");
    command.add_flag("--ec", &options->ec, "The EC key with the address for UDP: the 320 bytes for offset 3298");
    add_output_options(command, options->output);
    command.footer =
        "Examples:\n  photopsy keys server -o server-key.der\n  dfu-util -d 2b04:d006 -a 1 -s 2082 -D server-key.der\n  photopsy keys server --ec -o "
        "udp-server-key.der";
    command.run = [options, &session] {
        const auto slot = options->ec ? published_ec_server_slot() : published_server_slot();
        if (options->output.to_stdout() && session.terminal.output_is_tty)
            return session.fail(fmt::format("the key is {} bytes of binary; give -o FILE", slot.size()));
        deliver({reinterpret_cast<const char*>(slot.data()), slot.size()}, options->output, mode_shared, session);
    };
}

}  // namespace photopsy
