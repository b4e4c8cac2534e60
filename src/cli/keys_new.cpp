#include "base/hex.h"
#include "cli/file_system.h"
#include "cli/key_place.h"
#include "cli/keys_commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "cli/shell.h"
#include "handshake/judge.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "mend/keys.h"
#include "mend/new_key.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// "new-key.der" gives "new-key.pub.pem".
std::string public_name(const std::string& file) {
    const auto dot = file.rfind('.');
    const bool has_extension = dot != std::string::npos && dot > folder_of(file).size();
    return (has_extension ? file.substr(0, dot) : file) + ".pub.pem";
}

struct NewKeyCommand {
    LayoutOptions layout;
    OutputOptions output;
    bool ec = false;
};

std::string how_to_load(const KeyPlace& place, const NewPair& made, const std::string& file, const std::string& public_file) {
    return fmt::format(
        "Private key: {} ({} bytes; readable for you only)\nPublic key:  {}\nSHA-256 of the public key: {}\n\nThe report of a dump names the command for its "
        "own device. To put the key into a {} in DFU mode:\n  dfu-util -d {:04x}:{:04x} -a 1 -s {} -D {}\nThen tell the cloud, for every device:\n"
        "  particle keys send YOUR_DEVICE_ID {}\n",
        file, made.der.size(), public_file, hex(fingerprint_of(made.spki)), place.device, place.vendor, place.product, place.offset, typed_here(file),
        typed_here(public_file));
}

void run(const NewKeyCommand& options, Session& session) {
    const auto& output = options.output;
    if (output.to_stdout()) return session.fail("a private key is written to a file only; give -o FILE");
    const auto overwrite = output.force ? Overwrite::Yes : Overwrite::No;
    const auto public_file = public_name(output.file);
    for (const auto& file : {output.file, public_file})
        if (const auto refused = refused_output(file, overwrite)) return session.fail(*refused);
    const auto kind = options.ec ? KeyKind::EcSlot : KeyKind::RsaSlot;
    const auto asked = asked_layout(options.layout);
    if (!asked) return session.fail(asked.error().message);
    const auto* layout = asked->get();
    if (layout && std::ranges::none_of(layout->keys, [&](const KeySet& set) { return set.kind == kind; }))
        return session.fail(fmt::format("a {} has no {} key", layout->title, options.ec ? "EC" : "RSA"));
    auto made = make_new_pair(kind);
    if (made.der.empty()) return session.fail("the cryptographic library could not make a key");
    made.der = key_file_for(layout, std::move(made.der));
    const auto pem = to_pem(made.spki, "PUBLIC KEY");
    // As one: a private key must not replace another, or stand alone, because its public half finds no place.
    const std::vector<OutputFile> pair = {{output.file, {reinterpret_cast<const char*>(made.der.data()), made.der.size()}, mode_private},
                                          {public_file, pem, mode_shared}};
    if (const auto failure = write_together(pair, overwrite)) return session.fail(*failure);
    session.print(how_to_load(key_place(layout, kind), made, output.file, public_file));
}

}  // namespace

void setup_keys_new(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<NewKeyCommand>();
    auto& command = keys.add_subcommand("new", "Make a fresh device key in the form that the firmware itself writes, and its public key beside it");
    command.add_flag("--ec", &options->ec, "An EC key (P-256) for devices that talk over UDP, in place of an RSA key");
    command.add_option("--kind", &options->layout.kind, "Make the file for this kind of device (default: one that takes a key of any length)")
        .type_name("NAME")
        .choices(device_names);
    add_output_options(command, options->output);
    command.footer = "Examples:\n  photopsy keys new -o new-key.der\n  photopsy keys new --ec -o udp-key.der";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
