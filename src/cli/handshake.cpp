#include "handshake/handshake.h"

#include "cli/command.h"
#include "cli/key_input.h"
#include "cli/options.h"
#include "cli/public_key_file.h"
#include "handshake/walk.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct HandshakeCommand {
    std::string dump, device_slot, server_slot, device_os, registered_public_key, server_public_key, format = "text";
    LayoutOptions layout;
    OutputOptions output;
};

std::string as_json(const HandshakeOutcome& outcome) {
    if (!outcome.unknown.empty()) return fmt::format("{{\n  \"unknown\": \"{}\"\n}}\n", outcome.unknown);
    std::string rows;
    for (const auto& row : outcome.predictions) {
        rows += fmt::format("{}    {{\n      \"server_policy\": \"{}\",\n      \"step\": \"{}\",\n      \"code\": {},\n      \"led\": \"{}\"{}\n    }}",
                            rows.empty() ? "" : ",\n", name_of(row.policy), name_of(row.step), row.code ? fmt::format("{}", *row.code) : "null", row.led,
                            row.chance ? ",\n      \"chance\": true" : "");
    }
    return fmt::format("{{\n  \"server_key_source\": \"{}\",\n  \"predictions\": [\n{}\n  ]\n}}\n", name_of(outcome.server_key_source), rows);
}

std::string_view mark(LadderStep::State state, bool utf8) {
    switch (state) {
        case LadderStep::State::Passed:
            return utf8 ? "\u2714" : "ok";
        case LadderStep::State::Failed:
            return utf8 ? "\u2718" : "XX";
        case LadderStep::State::Unknown:
            return utf8 ? "?" : " ?";
        case LadderStep::State::NotReached:
            return utf8 ? "\u00b7" : " .";
    }
    return "";
}

std::string_view words_for(ServerPolicy policy) {
    return policy == ServerPolicy::ComparesPresentedKey ? "If the server compares the key that the device presents with its record"
                                                        : "If the server only uses the key on record";
}

std::string_view words_for(ServerKeySource source) {
    switch (source) {
        case ServerKeySource::Published:
            return "Particle's published key";
        case ServerKeySource::BuiltIn:
            return "the key built into the firmware, which is Particle's";
        case ServerKeySource::Given:
            return "the one given with --server-public-key";
        case ServerKeySource::Assumed:
            return "assumed to be the one in the slot (a private server)";
    }
    return "";
}

std::string as_text(const HandshakeOutcome& outcome, bool utf8) {
    if (!outcome.unknown.empty()) return "The handshake cannot be predicted: " + outcome.unknown + ".\n";
    std::string text = fmt::format("Key of the server: {}.\n", words_for(outcome.server_key_source));
    if (outcome.predictions.front().regenerates_key) text += "The device's slot counts as empty: the firmware makes a new key first.\n";
    if (outcome.predictions.front().generation_fails)
        text += "The device's slot counts as empty, but Device OS 0.7.0 cannot make a key: it goes on with the slot as it is.\n";
    if (outcome.predictions.front().uses_builtin_server_key) text += "The server's slot counts as empty: the firmware uses the key that is built into it.\n";
    for (const auto& row : outcome.predictions) {
        text += fmt::format("\n{}:\n", words_for(row.policy));
        for (const auto& rung : handshake_ladder(row)) text += fmt::format("  {} {:<16} {}\n", mark(rung.state, utf8), name_of(rung.step), rung.explain);
        text += fmt::format("  Result: {}{}. The light: {}.{}\n", name_of(row.step), row.code ? fmt::format(", code {}", *row.code) : "", row.led,
                            row.chance ? " Luck decides; this is the likelier result." : "");
    }
    return text;
}

Result<std::vector<std::uint8_t>> optional_public_key(const std::string& path) {
    if (path.empty()) return std::vector<std::uint8_t>{};
    return read_public_key_file(path);
}

Result<HandshakeOutcome> of_dump(const HandshakeCommand& options, ByteView registered, ByteView server) {
    const auto layout = asked_layout(options.layout);
    if (!layout) return layout.error();
    const auto source = read_key_source(options.dump, layout->get());
    if (!source) return source.error();
    if (!source->dump) return Error{options.dump + " is too short for a dump; for single slots use --device-slot and --server-slot"};
    return predict_handshake(source->dump->capture.image, source->facts, source->keys, registered, server);
}

Result<std::vector<std::uint8_t>> read_slot(const std::string& path, std::size_t least, std::size_t most, std::string_view what) {
    auto bytes = read_file(path, 1u << 20);
    if (!bytes) return bytes.error();
    if (bytes->size() < least || bytes->size() > most)
        return Error{fmt::format("{} has {} bytes; a {} slot file has {} to {}", path, bytes->size(), what, least, most)};
    return bytes;
}

Result<HandshakeOutcome> of_slots(const HandshakeCommand& options, ByteView registered, ByteView server) {
    if (options.device_slot.empty() || options.server_slot.empty() || options.device_os.empty())
        return Error{"give a dump, or --device-slot, --server-slot and --device-os together"};
    const auto version = system_version_of_release(options.device_os);
    if (!version) return Error{"\"" + options.device_os + "\" is no Device OS release (like 1.2.1)"};
    const auto device = read_slot(options.device_slot, 600, 1216, "device");
    if (!device) return device.error();
    const auto server_slot = read_slot(options.server_slot, server_slot_size, 768, "server");
    if (!server_slot) return server_slot.error();
    return simulate_handshake({.device_slot = *device,
                               .server_slot = *server_slot,
                               .generation = handshake_generation(*version),
                               .led = led_generation(*version),
                               .registered_spki = registered,
                               .server_spki = server});
}

void run(const HandshakeCommand& options, Session& session) {
    if (options.format != "text" && options.format != "json") return session.fail("--format is text or json, not \"" + options.format + "\"");
    const bool slots = !options.device_slot.empty() || !options.server_slot.empty() || !options.device_os.empty();
    if (slots && !options.dump.empty()) return session.fail("give a dump or single slots, not both");
    const auto registered = optional_public_key(options.registered_public_key);
    if (!registered) return session.fail(registered.error().message);
    const auto server = optional_public_key(options.server_public_key);
    if (!server) return session.fail(server.error().message);
    const auto outcome = options.dump.empty() ? of_slots(options, *registered, *server) : of_dump(options, *registered, *server);
    if (!outcome) return session.fail(outcome.error().message);
    const bool utf8 = session.terminal.utf8 || !options.output.to_stdout();
    deliver(options.format == "json" ? as_json(*outcome) : as_text(*outcome, utf8), options.output, mode_shared, session);
    if (outcome->unknown.empty() && outcome->fails()) session.raise(exit_problem);
}

}  // namespace

void setup_handshake(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<HandshakeCommand>();
    auto& command = program.add_subcommand("handshake", "Say where the cloud handshake of the installed firmware ends, and why");
    command.add_option("DUMP", &options->dump, "Flash dump");
    command.add_option("--device-slot", &options->device_slot, "Instead of a dump: the 612 bytes of the device key slot").type_name("FILE");
    command.add_option("--server-slot", &options->server_slot, "... the server key slot, 294 bytes, or 512 and more with the address").type_name("FILE");
    command.add_option("--device-os", &options->device_os, "... and the Device OS release").type_name("VERSION");
    command
        .add_option("--registered-public-key", &options->registered_public_key, "Public key that the cloud holds (default: the one that belongs to the slot)")
        .type_name("FILE");
    command
        .add_option("--server-public-key", &options->server_public_key,
                    "Public key that the server really has (default: Particle's, or for a private address the slot's)")
        .type_name("FILE");
    command.add_option("--format", &options->format, "text or json").type_name("NAME").choices({"text", "json"});
    add_layout_options(command, options->layout);
    add_output_options(command, options->output);
    command.footer =
        "Exit status: 0 it connects or cannot be predicted, 1 it fails, 2 bad usage or file.\n\nExamples:\n  photopsy handshake dump.bin\n  photopsy handshake "
        "--device-slot key.bin --server-slot server.bin --device-os 1.2.1 --format json";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
