#include "base/hex.h"
#include "cli/key_input.h"
#include "cli/keys_commands.h"
#include "cli/options.h"
#include "cli/public_key_file.h"
#include "cli/session.h"
#include "handshake/ec_server_slot.h"
#include "handshake/given_key.h"
#include "handshake/own_server.h"
#include "handshake/public_key.h"
#include "handshake/server_address.h"
#include "handshake/server_slot.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct ServerSlotCommand {
    std::string file, key, host;
    unsigned port = 0;
    LayoutOptions layout;
    OutputOptions output;
};

/// The key of the file that was given, else the one in the dump, whatever its form there.
Result<std::vector<std::uint8_t>> wanted_key(const ServerSlotCommand& options, const KeySource& source) {
    if (!options.key.empty()) {
        const auto bytes = read_public_key_file(options.key);
        if (!bytes) return bytes.error();
        if (auto why = why_no_key_of_server(*bytes, source.kind, options.key); !why.empty()) return Error{std::move(why)};
        return source.kind == KeyKind::EcSlot ? *bytes : server_spki_in(*bytes);
    }
    auto spki = source.dump                      ? own_server_spki(source.dump->capture.image, source.keys)
                : source.kind == KeyKind::EcSlot ? ec_server_spki_in_slot(source.bytes)
                                                 : server_spki_in_slot(source.bytes);
    if (spki.empty())
        return Error{
            fmt::format("{} holds no whole {} public key for a server; give one with --key", options.file, source.kind == KeyKind::EcSlot ? "EC" : "RSA-2048")};
    return spki;
}

/// The address that was given, else the one in the dump.
Result<std::pair<std::string, std::uint16_t>> wanted_address(const ServerSlotCommand& options, const KeySource& source) {
    const auto address = source.dump ? own_server_address(source.dump->capture.image, source.facts, source.keys) : source.keys.address;
    const bool usable = source.dump && !address.unreachable && (address.kind == ServerAddress::Kind::Domain || address.kind == ServerAddress::Kind::Ip);
    if (options.host.empty() && !usable) return Error{options.file + " tells no server address; give one with --host"};
    const auto usual_port = source.kind == KeyKind::EcSlot ? udp_port : cloud_port;
    const auto port = options.port ? options.port : options.host.empty() ? address.port : usual_port;
    auto host = options.host.empty() ? address.host : options.host;
    constexpr std::string_view id_mark = "$id";  // the firmware puts the device's id there (EC)
    const auto asked = source.kind == KeyKind::EcSlot && host.starts_with(id_mark) ? host.substr(1) : host;
    if (auto why = why_no_server_address(asked, port); !why.empty()) return Error{std::move(why)};
    return std::pair{std::move(host), static_cast<std::uint16_t>(port)};
}

void run(const ServerSlotCommand& options, Session& session) {
    if (options.output.to_stdout()) return session.fail("the key with its address is binary; give -o FILE");
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    const auto source = read_key_source(options.file, layout->get());
    if (!source) return session.fail(source.error().message);
    const auto key = wanted_key(options, *source);
    if (!key) return session.fail(key.error().message);
    const auto address = wanted_address(options, *source);
    if (!address) return session.fail(address.error().message);
    const auto slot = server_slot_of(source->kind, *key, address->first, address->second);
    if (slot.empty()) return session.fail("the server's name is no IPv4 address and no host name of at most 63 characters");
    deliver({reinterpret_cast<const char*>(slot.data()), slot.size()}, options.output, mode_shared, session);
    const auto published = source->kind == KeyKind::EcSlot ? published_ec_server_key() : published_server_key();
    const bool of_particle = std::equal(key->begin(), key->end(), published.begin(), published.end());
    session.print(
        fmt::format("Server key with SHA-256 {}\n{}", hex(sha256(*key)),
                    of_particle && !is_of_particle(address->first)
                        ? "This is Particle's published key, and the address is not Particle's: only a server with the private half of the key can answer "
                          "the device.\n"
                        : ""));
}

}  // namespace

void setup_keys_server_slot(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<ServerSlotCommand>();
    auto& command =
        keys.add_subcommand("server-slot", "Write the key of your own server with its address: the 512 bytes for offset 2082 (of UDP devices 320 for 3298)");
    command.add_option("FILE", &options->file, "Dump, for its server key (in whatever form) and address; or a key file").required();
    command.add_option("--key", &options->key, "Public key of the server (DER or PEM), in place of the one in FILE").type_name("FILE");
    command.add_option("--host", &options->host, "Name or IPv4 address of the server, in place of the one in FILE").type_name("HOST");
    command.add_option("--port", &options->port, "Port of the server (default: the one in FILE, or 5683, over UDP 5684)").type_name("NUMBER").range(1, 0xFFFF);
    add_layout_options(command, options->layout);
    add_output_options(command, options->output);
    command.footer =
        "Examples:\n  photopsy keys server-slot dump.bin -o server-key.der\n  photopsy keys server-slot dump.bin --key my-server.pub.pem -o server-key.der";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
