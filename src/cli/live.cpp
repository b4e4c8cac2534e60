#include "cli/live.h"

#include "base/hex.h"
#include "cli/output_file.h"
#include "cli/random_openssl.h"
#include "cli/tcp.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace photopsy {

static constexpr auto group = "Asking the server itself", live = "--live";

void add_live_options(CommandDefinition& command, LiveOptions& options) {
    command.add_flag("--live", &options.live, "Begin the handshake with the real server from this computer, and stop before a session is opened").group(group);
    command.add_option("--server", &options.server, "Ask this server instead of the one that the dump names")
        .type_name("HOST:PORT")
        .group(group)
        .only_with(live);
    command.add_option("--device-id", &options.device_id, "The device's id, where neither dump nor record holds it: 24 hex digits")
        .type_name("ID")
        .group(group)
        .only_with(live);
    command.add_flag("--with-published-server-key", &options.published_key, "Use Particle's published key instead of the one in the dump")
        .group(group)
        .only_with(live);
    command.add_option("--transcript", &options.transcript, "Write the steps with their sizes and times to this file; it holds no secret")
        .type_name("FILE")
        .group(group)
        .only_with(live);
    command.add_flag("--yes", &options.yes, "Do not ask before connecting").group(group).only_with(live);
}

void add_live_timeout(CommandDefinition& command, LiveOptions& options) {
    command.add_option("--timeout", &options.timeout_seconds, "Longest time for all of it (default 30)")
        .type_name("SECONDS")
        .group(group)
        .range(1, 600)
        .only_with(live);
}

namespace {

Result<std::array<std::uint8_t, session_device_id_size>> id_bytes(const std::string& text) {
    const auto bytes = from_hex(text);
    std::array<std::uint8_t, session_device_id_size> id{};
    if (!bytes || bytes->size() != id.size()) return Error{"a device id has 24 hex digits"};
    std::copy(bytes->begin(), bytes->end(), id.begin());
    return id;
}

/// Whose id is presented: what the person says, then the capture's record, then the table.
Result<std::array<std::uint8_t, session_device_id_size>> device_id(const LiveQuestion& question, const LiveOptions& options, const std::string& record_id) {
    if (!options.device_id.empty()) return id_bytes(options.device_id);
    if (!record_id.empty()) return id_bytes(record_id);
    if (question.device_id) return id_bytes(*question.device_id);
    return Error{
        "neither this dump nor its record holds the device's id, and a server can only be asked about an id; give it with --device-id (it stands on the "
        "box, in the console, and in `photopsy devices`)"};
}

Result<ServerName> server_name(const LiveQuestion& question, const LiveOptions& options) {
    if (!options.server.empty()) return parse_server_name(options.server, cloud_port);
    if (question.server.unreachable)
        return Error{"the dump names no server that could be reached: " + question.server.detail + " Give one with --server HOST:PORT"};
    if (question.server.falls_back || question.server.particle || question.server.host.empty()) return ServerName{std::string(particle_host), cloud_port};
    return ServerName{question.server.host, question.server.port};
}

/// The key in the slot has the modulus of the one that was given.
bool is_key_of(ByteView given, ByteView slot) {
    constexpr std::size_t modulus_at = 33, modulus_size = 256;
    const auto modulus = [](ByteView key) { return key.size() >= modulus_at + modulus_size ? key.subspan(modulus_at, modulus_size) : ByteView{}; };
    return !modulus(given).empty() && std::ranges::equal(modulus(given), modulus(slot));
}

bool agreed(const LiveOptions& options, Session& session) {
    if (options.yes) return true;
    if (!session.terminal.input_is_tty || !session.terminal.errors_are_tty) {
        session.fail("--live connects to a server and asks first; without a terminal to ask at it needs --yes. Nothing was sent");
        return false;
    }
    session.say("Go on? (y or n)");
    std::string line;
    if (std::getline(std::cin, line) && (line == "y" || line == "Y" || line == "yes")) return true;
    session.fail("not asked; nothing was sent");
    return false;
}

std::string transcript_text(const std::vector<SessionMoment>& moments, const std::string& server, const LiveAnswer& answer) {
    std::string text = fmt::format("photopsy live handshake with {}\n", server);
    for (const auto& moment : moments) text += fmt::format("{:>8} ms  {}\n", moment.at.count(), moment.what);
    return text + fmt::format("ended at {}: {}\n", name_of(answer.step), name_of(answer.end));
}

}  // namespace

std::optional<LiveRun> ask_server(LiveQuestion question, const LiveOptions& options, const std::string& record_id, Session& session) {
    const auto id = device_id(question, options, record_id);
    if (!id) return session.fail(id.error().message), std::nullopt;
    const auto server = server_name(question, options);
    const auto named = server_name(question, {});
    const bool key_is_given = is_key_of(options.server_spki, question.keys.server_slot);
    if (!server) return session.fail(server.error().message), std::nullopt;
    if (!options.transcript.empty())
        if (const auto refused = refused_output(options.transcript, options.force ? Overwrite::Yes : Overwrite::No))
            return session.fail(*refused), std::nullopt;
    if (options.published_key) use_published_server_key(question);
    question.keys.device_id = *id;
    if (!fill_random(question.keys.padding)) return session.fail("this system gives no random numbers"), std::nullopt;

    const bool is_ipv6 = server->host.find(':') != std::string::npos;
    LiveRun run{{}, (is_ipv6 ? "[" + server->host + "]" : server->host) + ":" + std::to_string(server->port)};
    session.say(fmt::format("This computer will connect to {} and begin the handshake in the place of device {}.", run.server, hex(*id)));
    session.say("It sends the device's id and its public key, and nothing else; no session is opened, and nothing changes in the cloud or on the device.");
    if (!agreed(options, session)) return {};

    HandshakeSession handshake(std::move(question.keys));
    std::vector<SessionMoment> moments;
    session.progress("asking " + run.server);
    run.answer = shake_hands(handshake, *server, std::chrono::seconds(options.timeout_seconds), moments);
    session.progress("");
    run.answer.known = question.known;
    run.answer.known.asked_particle = server->host == particle_host && server->port == cloud_port;
    run.answer.known.server_key_is_given = key_is_given;
    run.answer.known.asked_another = named && (named->host != server->host || named->port != server->port);
    if (!options.transcript.empty())
        if (const auto failure = write_output(options.transcript, transcript_text(moments, run.server, run.answer),
                                              options.force ? Overwrite::Yes : Overwrite::No, mode_private))
            session.fail(*failure);
    return run;
}

}  // namespace photopsy
