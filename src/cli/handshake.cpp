#include "handshake/handshake.h"

#include "cli/capture_record.h"
#include "cli/command.h"
#include "cli/handshake_words.h"
#include "cli/key_input.h"
#include "cli/options.h"
#include "cli/public_key_file.h"
#include "cli/text_output.h"
#include "handshake/dtls.h"
#include "handshake/ec_slot.h"
#include "handshake/walk.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

struct HandshakeCommand {
    std::string dump, device_slot, server_slot, device_os, registered_public_key, server_public_key, format = "text";
    LayoutOptions layout;
    OutputOptions output;
    LiveOptions live;
    TextOptions text;
};

void take_question(Result<LiveQuestion> question, HandshakeTold& told) {
    if (question)
        told.question = std::move(*question);
    else
        told.no_question = question.error().message;
}

Result<HandshakeTold> of_dump(const HandshakeCommand& options, ByteView registered, ByteView server) {
    const auto layout = asked_layout(options.layout);
    if (!layout) return layout.error();
    auto source = read_key_source(options.dump, layout->get());
    if (!source) return source.error();
    if (!source->dump) return Error{options.dump + " is too short for a dump; for single slots use --device-slot and --server-slot"};
    if (auto why = why_refused({registered, options.registered_public_key}, {server, options.server_public_key}, source->facts.keys); !why.empty())
        return Error{std::move(why)};
    Capture& capture = source->dump->capture;
    HandshakeTold told{.outcome = predict_handshake(capture.image, source->facts, source->keys, registered, server)};
    take_question(live_question(capture.image, source->facts, source->keys), told);
    attach_record(options.dump, capture);
    if (capture.record && capture.record->serial_is_device_id) told.record_id = capture.record->serial;
    return told;
}

Result<std::vector<std::uint8_t>> read_slot(const std::string& path, std::size_t least, std::size_t most, std::string_view what) {
    auto bytes = read_file(path, 1u << 20);
    if (!bytes) return bytes.error();
    if (bytes->size() < least || bytes->size() > most)
        return Error{fmt::format("{} has {} bytes; a {} slot file has {} to {}", path, bytes->size(), what, least, most)};
    return bytes;
}

/// Slots of a UDP device. A server slot without address is Particle's where it resembles Particle's key, else a private server's.
Result<HandshakeTold> of_ec_slots(const HandshakeCommand& options, std::uint16_t version, ByteView registered, ByteView server) {
    const auto device = read_slot(options.device_slot, ec_device_slot_size, ec_device_reach, "device");
    if (!device) return device.error();
    const auto server_slot = read_slot(options.server_slot, ec_spki_size, ec_server_files_size, "server");
    if (!server_slot) return server_slot.error();
    InstalledSystem system;
    system.system_version = version;
    DtlsInput input{.device_slot = *device, .rules = dtls_rules(system), .led = led_generation(version)};
    const auto whole = published_ec_server_slot();
    std::vector<std::uint8_t> private_address(server_address_size, 0), key = *server_slot;
    private_address[2] = 10;
    key.resize(ec_server_slot_size, 0xFF);
    input.server_slot = key;
    const bool foreign = read_ec_server_slot(key).what == ServerKeyClass::ValidOther;
    input.address = server_slot->size() == ec_server_files_size ? ByteView(*server_slot).subspan(ec_server_slot_size)
                    : foreign                                   ? ByteView(private_address)
                                                                : ByteView(whole).subspan(ec_server_slot_size);
    const auto belonging = read_ec_slot(*device, input.rules.parser).public_spki;
    input.registered = parse_ec_spki(registered.empty() ? ByteView(belonging) : registered);
    input.server = parse_ec_spki(server);
    HandshakeTold told{.outcome = simulate_dtls(input)};
    told.no_question = "a live handshake is only offered for devices that connect over TCP with an RSA key";
    return told;
}

/// A slot of UDP devices is shorter than any of the others.
bool are_ec_slots(const HandshakeCommand& options) {
    const auto device = read_file(options.device_slot, 1u << 20);
    return device && device->size() >= ec_device_slot_size && device->size() < 600;
}

Result<HandshakeTold> of_slots(const HandshakeCommand& options, ByteView registered, ByteView server) {
    if (options.device_slot.empty() || options.server_slot.empty() || options.device_os.empty())
        return Error{"give a dump, or --device-slot, --server-slot and --device-os together"};
    const auto version = system_version_of_release(options.device_os);
    if (!version) return Error{"\"" + options.device_os + "\" is no Device OS release (like 1.2.1)"};
    const bool ec = are_ec_slots(options);
    KeySet read;
    read.kind = ec ? KeyKind::EcSlot : KeyKind::RsaSlot;
    if (auto why = why_refused({registered, options.registered_public_key}, {server, options.server_public_key}, &read); !why.empty())
        return Error{std::move(why)};
    if (ec) return of_ec_slots(options, *version, registered, server);
    const auto device = read_slot(options.device_slot, 600, 1216, "device");
    if (!device) return device.error();
    const auto server_slot = read_slot(options.server_slot, server_slot_size, 768, "server");
    if (!server_slot) return server_slot.error();
    const auto generation = handshake_generation(*version);
    HandshakeTold told{.outcome = simulate_handshake({.device_slot = *device,
                                                      .server_slot = *server_slot,
                                                      .generation = generation,
                                                      .led = led_generation(*version),
                                                      .registered_spki = registered,
                                                      .server_spki = server})};
    take_question(live_question(*device, *server_slot, generation), told);
    const auto reads = [](const Prediction& row) { return row.step != Step::RsaDecrypt; };
    if (told.question) told.question->known.device_key_usable = std::all_of(told.outcome.predictions.begin(), told.outcome.predictions.end(), reads);
    return told;
}

/// Asks the server where that is wanted. False where it could not be or the person said no; that was told.
bool ask(const HandshakeCommand& options, ByteView server_spki, HandshakeTold& told, Session& session) {
    if (!options.live.live) return true;
    if (!told.question) return session.fail(told.no_question), false;
    LiveOptions live = options.live;
    live.force = options.output.force;
    live.server_spki.assign(server_spki.begin(), server_spki.end());
    told.live = ask_server(std::move(*told.question), live, told.record_id, session);
    return told.live.has_value();
}

void run(const HandshakeCommand& options, Session& session) {
    if (options.format != "text" && options.format != "json") return session.fail("--format is text or json, not \"" + options.format + "\"");
    const auto paint = asked_paint(options.text, session.terminal, options.output.to_stdout() ? TextPlace::StandardOutput : TextPlace::File);
    if (!paint) return session.fail(paint.error().message);
    const bool slots = !options.device_slot.empty() || !options.server_slot.empty() || !options.device_os.empty();
    if (slots && !options.dump.empty()) return session.fail("give a dump or single slots, not both");
    const auto registered = read_public_key_if_given(options.registered_public_key);
    if (!registered) return session.fail(registered.error().message);
    const auto server = read_public_key_if_given(options.server_public_key);
    if (!server) return session.fail(server.error().message);
    auto told = options.dump.empty() ? of_slots(options, *registered, *server) : of_dump(options, *registered, *server);
    if (!told) return session.fail(told.error().message);
    if (!ask(options, *server, *told, session)) return;
    deliver(options.format == "json" ? handshake_json(*told) : laid_out(handshake_text(*told), *paint), options.output, mode_shared, session);
    const bool live_fails = told->live && told->live->answer.end != LiveEnd::Accepted;
    if (live_fails || (!told->live && told->outcome.unknown.empty() && told->outcome.fails())) session.raise(exit_problem);
}

}  // namespace

void setup_handshake(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<HandshakeCommand>();
    auto& command = program.add_subcommand("handshake", "Say where the cloud handshake of the installed firmware ends, and why");
    command.add_option("DUMP", &options->dump, "Flash dump");
    command.add_option("--device-slot", &options->device_slot, "Instead of a dump: the device key slot, 612 bytes (192 of a UDP device)").type_name("FILE");
    command.add_option("--server-slot", &options->server_slot, "... the server key slot, 294 bytes, or 512 and more with the address (UDP: 192, or 320)")
        .type_name("FILE");
    command.add_option("--device-os", &options->device_os, "... and the Device OS release").type_name("VERSION");
    command
        .add_option("--registered-public-key", &options->registered_public_key, "Public key that the cloud holds (default: the one that belongs to the slot)")
        .type_name("FILE");
    command
        .add_option("--server-public-key", &options->server_public_key,
                    "Public key that the server really has (default: Particle's, or for a private address the slot's)")
        .type_name("FILE");
    command.add_option("--format", &options->format, "text or json").type_name("NAME").choices({"text", "json"});
    add_text_options(command, options->text);
    add_live_options(command, options->live);
    add_live_timeout(command, options->live);
    add_layout_options(command, options->layout);
    add_output_options(command, options->output);
    command.footer =
        "Exit status: 0 it connects or cannot be predicted, 1 it fails (with --live: the server did not accept the device), 2 bad usage or file, or --live was "
        "not carried out.\n\nExamples:\n  photopsy handshake dump.bin\n  photopsy handshake dump.bin --live\n  photopsy handshake "
        "--device-slot k.bin --server-slot s.bin --device-os 1.2.1";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
