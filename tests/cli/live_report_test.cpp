// `photopsy analyze --live`: what a real server says goes into ladder, findings, causes, remedies and verdict; and nothing is ever connected to unasked.
#include "cli/tcp.h"
#include "handshake/public_key.h"
#include "handshake/session_server.h"
#include "photopsy.h"
#include "support/key_folder.h"
#include "support/listener.h"
#include "support/sample/sample.h"
#include "support/story.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

namespace {

const SessionServer& cloud() {
    static const SessionServer server(first_key());
    return server;
}

/// A Photon that was set up for a private server whose key is that of cloud().
Bytes dump_for_own_server(std::string_view more = "", std::string_view damage = "") {
    const auto recipe = fmt::format(R"(title = "a private server"
story = "a device of a private server"
device = "photon"
seed = 77
life = [
  {{ act = "install-release", release = "1.5.2" }},
  {{ act = "factory-table", release = "1.4.0", version_string = "2019-11-05" }},
  {{ act = "provision" }},
  {{ act = "write", field = "server_public_key", hex = "{}" }},
  {{ act = "write", field = "server_address", ip = [192, 168, 7, 20], port = 5683 }},
{}]
damage = [{}]
[expect]
outcome = "healthy"
causes = []
)",
                                    hex(cloud().spki()), more, damage);
    auto sample = sample::make_sample(recipe, "test");
    if (!sample) FAIL(sample.error().message);
    return std::move(sample->file);
}

RsaKey public_key_in(const Bytes& dump) {
    const auto& layout = layout_for(dump);
    const auto analysis = analyze(recognize(dump, "d.bin", "", layout), layout);
    const auto key = parse_public_key(analysis.keys.device.public_spki);
    REQUIRE(key);
    RsaKey known{};
    known.n = key->modulus, known.e = key->exponent;
    return known;
}

std::function<void(int)> serving(const SessionServer& server) {
    return [&server](int connection) {
        tell(connection, server.nonce());
        const auto message = hear(connection, 256);
        if (message.size() != 256) return;
        const auto answer = server.answer(message);
        if (!answer) return;
        tell(connection, *answer);
        stay_silent(connection);
    };
}

std::vector<std::string> causes_in(const json& report) {
    std::vector<std::string> ids;
    for (const auto& cause : report["causes"]) ids.push_back(cause["id"]);
    return ids;
}

struct Asked {
    Spoken spoken;
    json report;
};

Asked ask(const Bytes& dump, const std::string& server, std::vector<std::string> more = {}) {
    const KeyFolder folder("live-report");
    std::vector<std::string> words = {"analyze", folder.put("d.bin", dump), "--live", "--yes", "--server", server, "--format", "json"};
    words.insert(words.end(), more.begin(), more.end());
    Asked asked{run(words), {}};
    asked.report = json::parse(asked.spoken.out, nullptr, false);
    return asked;
}

std::string all_commands(const json& report) {
    std::string text;
    for (const auto& cause : report["causes"])
        for (const auto& remedy : cause["remedies"])
            for (const auto& command : remedy["commands"]) text += command.get<std::string>() + "\n";
    return text;
}

}  // namespace

TEST_CASE("a server that accepts the device is proof, and the report says so", "[live][cli]") {
    const auto dump = dump_for_own_server();
    SessionServer server = cloud();
    server.registered = public_key_in(dump);
    const Listener listener(serving(server));
    const auto asked = ask(dump, listener.name());
    CHECK(asked.spoken.status == 0);
    CHECK(asked.report["verdict"]["outcome"] == "healthy");
    CHECK(has(asked.report["verdict"]["headline"], "the server accepts its keys"));
    CHECK(asked.report["handshake"]["live"]["end"] == "accepted");
    CHECK(asked.report["causes"].empty());
    CHECK_FALSE(has(asked.report["cannot_tell"][0], "Compare the fingerprint"));
    CHECK(has(asked.spoken.err, listener.name()));
}

TEST_CASE("another key on record is named with both remedies, certain where the answer proves it", "[live][cli]") {
    const auto dump = dump_for_own_server();
    for (const bool compares : {false, true}) {
        SessionServer server = cloud();
        server.registered = second_key();
        server.compares = compares;
        const Listener listener(serving(server));
        const auto asked = ask(dump, listener.name());
        INFO((compares ? "hangs up" : "answers to another key"));
        CHECK(asked.spoken.status == 1);
        CHECK(asked.report["verdict"]["outcome"] == "cloud-fails");
        REQUIRE(causes_in(asked.report) == std::vector<std::string>{"cloud-holds-another-key"});
        CHECK(asked.report["causes"][0]["confidence"] == (compares ? "possible" : "certain"));
        CHECK(has(all_commands(asked.report), "photopsy keys export"));
        CHECK_FALSE(has(all_commands(asked.report), "particle keys send"));  // a private server has its own way to take a key
        CHECK(asked.report["handshake"]["live"]["step"] == (compares ? "recv_384" : "rsa_decrypt"));
    }
    // Whoever runs the server says that the key is right: then only the device's key, or its id, is left.
    SessionServer server = cloud();
    server.registered = second_key();
    const KeyFolder folder("live-server");
    const Listener listener(serving(server));
    const auto asked = ask(dump, listener.name(), {"--server-public-key", folder.put("server.der", cloud().spki())});
    REQUIRE(causes_in(asked.report) == std::vector<std::string>{"cloud-holds-another-key"});
    CHECK(asked.report["causes"][0]["confidence"] == "likely");
}

TEST_CASE("the key that the device had before is offered first where the cloud holds another one", "[live][cli]") {
    const auto dump = dump_for_own_server("  { act = \"write\", field = \"device_private_key\", key = 2 },\n");
    SessionServer server = cloud();
    server.registered = second_key();
    server.compares = false;
    const Listener listener(serving(server));
    const auto asked = ask(dump, listener.name());
    REQUIRE(causes_in(asked.report) == std::vector<std::string>{"cloud-holds-another-key"});
    const auto commands = all_commands(asked.report);
    CHECK(has(commands, "photopsy keys recover"));
    CHECK(commands.find("photopsy keys recover") < commands.find("particle keys send"));
}

TEST_CASE("who answers without the server's key is another server; who cannot be reached proves nothing", "[live][cli]") {
    const auto dump = dump_for_own_server();
    SessionServer server = cloud();
    server.registered = public_key_in(dump);
    server.signs_with_another = true;
    {
        const Listener listener(serving(server));
        const auto asked = ask(dump, listener.name());
        CHECK(causes_in(asked.report) == std::vector<std::string>{"server-key-of-other-server"});
        CHECK(asked.report["handshake"]["live"]["end"] == "bad-signature");
    }
    {
        const Listener listener([](int connection) { tell(connection, Bytes{'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0', '\n'}); });
        const auto asked = ask(dump, listener.name());
        CHECK(asked.spoken.status == 0);
        CHECK(asked.report["verdict"]["outcome"] == "attention");
        CHECK(causes_in(asked.report) == std::vector<std::string>{"server-not-reached"});
        CHECK(asked.report["handshake"]["live"]["agrees_with_prediction"].is_null());
    }
}

TEST_CASE("where the real server does otherwise than predicted the report says so first", "[live]") {
    const auto dump = dump_for_own_server();
    const auto& layout = layout_for(dump);
    const KeyFolder folder("live-differs");
    AnalyzeOptions options;
    const auto other = second_key();
    options.registered_spki = device_spki(other.n.bytes(128));  // said to be on record, and the server accepts the slot's all the same
    options.live = LiveAnswer{.step = Step::Done, .end = LiveEnd::Accepted, .received = 384, .signed_by_server = true, .known = {}};
    const auto analysis = analyze(recognize(dump, "d.bin", "", layout), layout, options);
    CHECK(has(analysis.diagnosis.headline, "The real server did otherwise than photopsy predicts"));
    CHECK(analysis.diagnosis.headline.find("The real server") == 0);
    CHECK(analysis.findings.has("live-not-as-predicted"));
    // The same answer about another server than the one in the dump contradicts nothing.
    options.live->known.asked_another = true;
    CHECK_FALSE(analyze(recognize(dump, "d.bin", "", layout), layout, options).findings.has("live-not-as-predicted"));
}

TEST_CASE("live is refused where an answer would say nothing about the device", "[live][cli]") {
    const NetworkCounted network;
    const auto refusal = [&](const Bytes& dump) {
        const KeyFolder folder("live-refused");
        const auto spoken = run({"analyze", folder.put("d.bin", dump), "--live", "--yes", "--format", "json"});
        CHECK(spoken.status == 2);
        CHECK_FALSE(spoken.out.empty());
        return spoken.err;
    };
    for (const auto& story : stories())
        if (story.name == "other-program") CHECK(has(refusal(story.sample.file), "another program runs in the place of the system"));
    CHECK(has(refusal(Bytes(0x100000, 0xFF)), "not the flash of such a device"));
    CHECK(network.attempts() == 0);
}

TEST_CASE("nothing connects to anything without --live, nor before the question is answered", "[live][cli]") {
    const NetworkCounted network;
    const KeyFolder folder("no-network");
    const auto dump = folder.put("d.bin", dump_for_own_server()), copy = folder.file("copy.bin"), key = folder.put("slot.bin", device_slot_of(first_key())),
               server = folder.put("server.bin", cloud().spki());
    const std::vector<std::vector<std::string>> commands = {
        {"analyze", dump},
        {"analyze", dump, "--led", "3 orange", "--show-ids"},
        {"analyze", dump, "--format", "html", "-o", folder.file("r.html")},
        {"analyze", dump, "--server", "127.0.0.1:9"},
        {"report", dump, "-o", folder.file("r.zip")},
        {"handshake", dump},
        {"handshake", dump, "--server", "127.0.0.1:9", "--yes"},
        {"handshake", "--device-slot", key, "--server-slot", server, "--device-os", "1.2.1"},
        {"diff", dump, dump},
        {"disasm", dump, "0x08060200"},
        {"redact", dump, "-o", copy},
        {"convert", dump, "-o", folder.file("c.bin")},
        {"keys", "show", dump},
        {"keys", "check", key},
        {"keys", "export", dump, "-o", folder.file("p.pem")},
        {"keys", "recover", dump, "-o", folder.file("k.der")},
        {"keys", "new", "-o", folder.file("n.der")},
        {"keys", "server", "-o", folder.file("s.der")},
        {"keys", "convert", key, "--to", "pem", "-o", folder.file("k.pem")},
        {"layouts"},
        {"explain", "--all"},
        {"schema"},
        {"--version"},
        {"--help"},
        {"analyze", dump, "--live"},
        {"handshake", dump, "--live"},
        {"analyze", dump, "--live", "--server", "127.0.0.1:9"},
    };
    for (const auto& words : commands) {
        INFO(words[0] << " " << (words.size() > 1 ? words[1] : ""));
        const auto spoken = run(words);
        CHECK(network.attempts() == 0);
        const bool live = std::find(words.begin(), words.end(), "--live") != words.end();
        if (live) CHECK(has(spoken.err, "Nothing was sent"));
    }
    // The ban would have seen it.
    (void)run({"handshake", dump, "--live", "--yes", "--server", "127.0.0.1:9", "--timeout", "1"});
    CHECK(network.attempts() > 0);
}

TEST_CASE("neither report nor transcript of a live handshake tells a secret", "[live][cli][leaks]") {
    const auto dump = dump_for_own_server();
    SessionServer server = cloud();
    server.registered = public_key_in(dump);
    const Listener listener(serving(server));
    const KeyFolder folder("live-leaks");
    const auto spoken = run({"analyze", folder.put("d.bin", dump), "--live", "--yes", "--server", listener.name(), "--transcript", folder.file("t.txt")});
    const auto transcript = folder.get("t.txt");
    const auto& layout = layout_for(dump);
    const auto capture = recognize(dump, "d.bin", "", layout);
    const auto slot = capture.image.bytes(analyze(capture, layout).keys.device.at);
    for (const std::string& text : {spoken.out, spoken.err, std::string(transcript.begin(), transcript.end())})
        for (std::size_t at = 140; at + 8 <= slot.size(); at += 4) {
            const auto part = slot.subspan(at, 8);
            if (std::all_of(part.begin(), part.end(), [](auto byte) { return byte == 0 || byte == 0xFF; })) continue;
            CHECK_FALSE(has(text, hex(part)));
            CHECK_FALSE(has(text, std::string(part.begin(), part.end())));
        }
    CHECK(has(std::string(transcript.begin(), transcript.end()), "received"));
}
