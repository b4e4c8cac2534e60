#include "base/hex.h"
#include "cli/keys_commands.h"
#include "cli/new_key_openssl.h"
#include "cli/options.h"
#include "cli/session.h"
#include "handshake/judge.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

/// "new-key.der" gives "new-key.pub.pem".
std::string public_name(const std::string& file) {
    const auto slash = file.rfind('/');
    const auto dot = file.rfind('.');
    const bool has_extension = dot != std::string::npos && (slash == std::string::npos || dot > slash + 1);
    return (has_extension ? file.substr(0, dot) : file) + ".pub.pem";
}

void run(const OutputOptions& options, Session& session) {
    if (options.to_stdout()) return session.fail("a private key is written to a file only; give -o FILE");
    const auto overwrite = options.force ? Overwrite::Yes : Overwrite::No;
    for (const auto& file : {options.file, public_name(options.file)})
        if (const auto refused = refused_output(file, overwrite)) return session.fail(*refused);
    const auto key = make_new_key();
    if (!key) return session.fail("the cryptographic library could not make a key");
    const auto spki = device_spki(key->n.bytes(128));
    const auto der = encode_for_device(*key);
    const auto pem = to_pem(spki, "PUBLIC KEY");
    // As one: a private key must not replace another, or stand alone, because its public half finds no place.
    const std::vector<OutputFile> pair = {{options.file, {reinterpret_cast<const char*>(der.data()), der.size()}, mode_private},
                                          {public_name(options.file), pem, mode_shared}};
    if (const auto failure = write_together(pair, overwrite)) return session.fail(*failure);
    session.print(
        fmt::format("Private key: {} (611 bytes, for offset 34 of the table; readable for you only)\nPublic key:  {}\nSHA-256 of the public key: {}\n\nTo put "
                    "it into a device in DFU mode and tell the cloud:\n"
                    "  dfu-util -d 2b04:d006 -a 1 -s 34 -D {}\n  particle keys send {{device-id}} {}\n",
                    options.file, public_name(options.file), hex(fingerprint_of(spki)), options.file, public_name(options.file)));
}

}  // namespace

void setup_keys_new(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<OutputOptions>();
    auto& command = keys.add_subcommand("new", "Make a fresh device key in the form that the firmware itself writes, and its public key beside it");
    add_output_options(command, *options);
    command.footer = "Examples:\n  photopsy keys new -o new-key.der";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
