#include "cli/input.h"
#include "cli/keys_commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "mend/keys.h"

namespace photopsy {

namespace {

constexpr std::size_t largest_key_file = 1u << 16;

struct KeyConversion {
    std::string file, form = "device";
    OutputOptions output;
};

void run(const KeyConversion& options, Session& session) {
    const auto form = parse_key_form(options.form);
    if (!form) return session.fail("--to is one of " + std::string(key_form_names) + ", not \"" + options.form + "\"");
    if (is_private(*form) && options.output.to_stdout() && session.terminal.output_is_tty)
        return session.fail("a private key is not written to a terminal; give -o FILE");
    const auto bytes = read_file(options.file, largest_dump_file);
    if (!bytes) return session.fail(bytes.error().message);
    if (bytes->size() > largest_key_file)
        return session.fail(options.file + " is too large for a key file; the key of a dump comes with: photopsy keys export");
    const auto key = parse_key_file(*bytes);
    if (!key) return session.fail(options.file + ": " + key.error().message);
    const auto written = write_key(*key, *form);
    if (!written) return session.fail(options.file + ": " + written.error().message);
    deliver({reinterpret_cast<const char*>(written->data()), written->size()}, options.output, is_private(*form) ? mode_private : mode_shared, session);
}

}  // namespace

void setup_keys_convert(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<KeyConversion>();
    auto& command = keys.add_subcommand("convert", "Write a key file in another form; the default is the one that every firmware can read");
    command.add_option("FILE", &options->file, "Key file: DER or PEM, PKCS#1, SEC1 (EC) or PKCS#8").required();
    command.add_option("--to", &options->form, std::string(key_form_names)).type_name("FORM");
    add_output_options(command, options->output);
    command.footer = "Examples:\n  photopsy keys convert doctor.der -o device.der\n  photopsy keys convert device.der --to public-pem";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
