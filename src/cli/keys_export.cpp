#include "base/hex.h"
#include "cli/key_input.h"
#include "cli/keys_commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "handshake/device_slot.h"
#include "handshake/ec_slot.h"
#include "mend/keys.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct ExportCommand {
    std::string file, form;
    bool private_key = false;
    LayoutOptions layout;
    OutputOptions output;
};

struct ExportedKey {
    KeyFile file;
    std::string not_in_slot;  ///< where it comes from, if what stands in a dump's key slot is not it
};

/// The key that belongs to the source, rebuilt if need be. The public half may be known alone.
Result<ExportedKey> key_of(const KeySource& source) {
    KeyFile file;
    if (source.dump) file.public_der = source.keys.device.public_spki;
    const auto recovered = source.dump ? recover_keys(source.dump->capture.image, source.facts) : recover_key_file(source.bytes, {});
    for (const auto& key : recovered) {
        if (key.owner != KeyOwner::ThisDevice || (!file.public_der.empty() && key.public_spki != file.public_der)) continue;
        auto parsed = parse_key_file(key.der);
        if (!parsed) return parsed.error();
        const bool elsewhere = source.dump && !key.is_present_key && key.source != "this slot";
        return ExportedKey{std::move(*parsed), elsewhere ? key.source : ""};
    }
    if (!source.dump) {
        auto whole = parse_key_file(source.bytes);
        // Of a slot that is past recovery, the public half may still be told.
        if (!whole)
            file.public_der =
                source.kind == KeyKind::EcSlot ? read_ec_slot(source.bytes, EcParser::ComputesPublicHalf).public_spki : belonging_public_key(source.bytes);
        if (!whole && file.public_der.empty()) return whole.error();
        if (whole) return ExportedKey{std::move(*whole), ""};
    }
    if (file.public_der.empty()) return Error{"it does not tell the device's key"};
    file.kind = source.kind;
    file.bits = source.kind == KeyKind::EcSlot ? 256 : 1024;
    const auto what = source.keys.device.what;
    const bool empty = what == DeviceKeyClass::Erased || what == DeviceKeyClass::Zeroed;
    return ExportedKey{std::move(file), source.dump && empty ? "what is known of its public half" : ""};
}

void run(const ExportCommand& options, Session& session) {
    const std::string name = options.form.empty() ? options.private_key ? "pem" : "public-pem" : options.form;
    const auto form = parse_key_form(name);
    if (!form) return session.fail("--form is one of " + std::string(key_form_names) + ", not \"" + name + "\"");
    if (is_private(*form) && !options.private_key) return session.fail("--form " + name + " writes the private key; say --private as well if that is wanted");
    if (is_private(*form) && options.output.to_stdout() && session.terminal.output_is_tty)
        return session.fail("a private key is not written to a terminal; give -o FILE");
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    const auto source = read_key_source(options.file, layout->get());
    if (!source) return session.fail(source.error().message);
    const auto key = key_of(*source);
    if (!key) return session.fail(options.file + ": " + key.error().message);
    const auto bytes = write_key(key->file, *form);
    if (!bytes) return session.fail(options.file + ": " + bytes.error().message);
    deliver({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, options.output, is_private(*form) ? mode_private : mode_shared, session);
    if (!key->not_in_slot.empty())
        session.say(fmt::format("This key (SHA-256 of its public half {}) does not stand in the device's key slot: it is from {}.",
                                hex(sha256(key->file.public_der)).substr(0, 12), key->not_in_slot));
}

}  // namespace

void setup_keys_export(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<ExportCommand>();
    auto& command = keys.add_subcommand("export", "Write the device's public key (or, with --private, the private one)");
    command.add_option("FILE", &options->file, "Dump, slot file or key file").required();
    command.add_flag("--private", &options->private_key, "Write the private key, readable for its owner only");
    command.add_option("--form", &options->form, std::string(key_form_names)).type_name("FORM");
    add_layout_options(command, options->layout);
    add_output_options(command, options->output);
    command.footer = "Examples:\n  photopsy keys export dump.bin -o device.pub.pem\n  photopsy keys export dump.bin --private --form device -o device.der";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
