#include "handshake/live.h"
#include "catch.h"
#include "cli/tcp.h"
#include "handshake/session_server.h"
#include "support/keys.h"
#include "support/listener.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

SessionKeys device_keys(const SessionServer& server) {
    SessionKeys keys;
    keys.device_slot = device_slot_of(first_key());
    keys.server_slot = server.spki();
    return keys;
}

LiveAnswer ask(const SessionServer& server, std::function<void(int)> serve, std::chrono::milliseconds timeout = std::chrono::seconds(60)) {
    Listener listener(std::move(serve));
    HandshakeSession session(device_keys(server));
    std::vector<SessionMoment> moments;
    return shake_hands(session, {"127.0.0.1", listener.port}, timeout, moments);
}

constexpr std::chrono::milliseconds hasty{300};

}  // namespace

TEST_CASE("over a real socket: accepted, refused, and an answer for another key", "[live]") {
    SessionServer server(first_key());
    const auto honest = [&](int connection) {
        for (const std::uint8_t byte : server.nonce()) tell(connection, ByteView(&byte, 1));
        if (const auto answer = server.answer(hear(connection, 256)))
            for (std::size_t at = 0; at < answer->size(); at += 50)
                tell(connection, ByteView(*answer).subspan(at, std::min<std::size_t>(50, answer->size() - at)));
        stay_silent(connection);
    };
    CHECK(ask(server, honest).end == LiveEnd::Accepted);
    server.registered = second_key();
    const auto closing = [&](int connection) {
        tell(connection, server.nonce());
        CHECK_FALSE(server.answer(hear(connection, 256)));
    };
    CHECK(ask(server, closing).end == LiveEnd::Closed);
    server.compares = false;
    const auto answer = ask(server, honest);
    CHECK(answer.end == LiveEnd::CannotDecrypt);
    CHECK(answer.signed_by_server);
}

TEST_CASE("hostile and foreign servers end with one reason, in time", "[live]") {
    const SessionServer server(first_key());
    const auto at = [](const LiveAnswer& answer) { return std::string(name_of(answer.step)) + " " + std::string(name_of(answer.end)); };
    const Bytes garbage(10u << 20, 0x9C);
    CHECK(at(ask(server, stay_silent, hasty)) == "recv_nonce timed-out");
    CHECK(at(ask(server, [](int) {})) == "recv_nonce closed");
    CHECK(at(ask(server, [&](int connection) { tell(connection, garbage); })) == "recv_nonce other-protocol");
    CHECK(at(ask(server, [&](int connection) {
              const std::string text = "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n";
              tell(connection, ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
          })) == "recv_nonce other-protocol");
    CHECK(at(ask(
              server, [&](int connection) { tell(connection, server.nonce()), stay_silent(connection); }, hasty)) == "recv_384 timed-out");
    CHECK(at(ask(server, [&](int connection) {
              tell(connection, server.nonce()), hear(connection, 256), tell(connection, Bytes(385, 7)), stay_silent(connection);
          })) == "recv_384 other-protocol");
    CHECK(at(ask(server, [&](int connection) {
              tell(connection, server.nonce()), hear(connection, 256), tell(connection, Bytes(384, 7)), stay_silent(connection);
          })) == "rsa_decrypt cannot-decrypt");
    CHECK(at(ask(server, [&](int connection) { tell(connection, server.nonce()), hear(connection, 256), tell(connection, Bytes(383, 7)); })) ==
          "recv_384 closed");
    HandshakeSession session(device_keys(server));
    std::vector<SessionMoment> moments;
    std::uint16_t free_port = 0;
    {
        free_port = Listener([](int) {}).port;
    }
    const NetworkAllowed allowed;
    CHECK(at(shake_hands(session, {"127.0.0.1", free_port}, std::chrono::seconds(20), moments)) == "connect refused");
    CHECK(moments.back().what == "not connected");
}

TEST_CASE("a server's name is read, or refused in a sentence", "[live]") {
    const auto both = [](std::string_view text) {
        const auto name = parse_server_name(text, 5683);
        return name ? name->host + " " + std::to_string(name->port) : "refused";
    };
    CHECK(both("device.spark.io") == "device.spark.io 5683");
    CHECK(both("10.0.0.4:9000") == "10.0.0.4 9000");
    CHECK(both("[::1]:5683") == "::1 5683");
    for (const auto* text : {"", ":5683", "host:", "host:0", "host:70000", "host:5683x", "[::1", "http://host/", "a b"}) CHECK(both(text) == "refused");
}

TEST_CASE("each end of a live handshake has its own words, and never blames a key that was not tried", "[live]") {
    std::vector<std::string> said;
    for (const Step step : {Step::Connect, Step::RecvNonce, Step::RsaEncrypt, Step::Recv384, Step::RsaDecrypt, Step::VerifySignature, Step::Done}) {
        const auto meaning = meaning_of({.step = step, .end = LiveEnd::TimedOut});
        CHECK_FALSE(meaning.seen.empty());
        CHECK_FALSE(meaning.proves.empty());
        CHECK(std::find(said.begin(), said.end(), meaning.proves) == said.end());
        said.push_back(meaning.proves);
    }
    const auto other_key = meaning_of({.step = Step::RsaDecrypt, .end = LiveEnd::CannotDecrypt, .signed_by_server = true});
    CHECK(other_key.proves.find("another public key on record") != std::string::npos);
    const auto unsigned_answer = meaning_of({.step = Step::RsaDecrypt, .end = LiveEnd::CannotDecrypt});
    CHECK(unsigned_answer.proves.find("proves nothing about the device's own key") != std::string::npos);
}
