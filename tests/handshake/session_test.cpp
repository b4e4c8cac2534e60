#include "handshake/session.h"

#include "catch.h"
#include "handshake/public_key.h"
#include "handshake/session_server.h"
#include "support/keys.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

static SessionKeys keys_for(const SessionServer& server, const RsaKey& device, HandshakeGeneration generation = HandshakeGeneration::V2_3_1) {
    SessionKeys keys;
    keys.device_slot = device_slot_of(device);
    keys.server_slot = server.spki();
    keys.generation = generation;
    keys.device_id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    return keys;
}

/// Carries the messages, `piece` bytes at a time.
static LiveAnswer shake(HandshakeSession& session, const SessionServer& server, std::size_t piece = 4096) {
    const auto feed = [&](const Bytes& bytes) {
        for (std::size_t at = 0; at < bytes.size(); at += piece) session.arrived(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    };
    feed(server.nonce());
    if (session.wants() == HandshakeSession::Wants::ToSend) {
        const Bytes message(session.to_send().begin(), session.to_send().end());
        session.sent();
        if (const auto answer = server.answer(message))
            feed(*answer);
        else
            session.ended(LiveEnd::Closed);
    }
    return session.answer();
}

TEST_CASE("a server that knows the key accepts the device, byte by byte too, and hears its id", "[session]") {
    const SessionServer server(first_key());
    for (const auto generation : {HandshakeGeneration::V0_4_7, HandshakeGeneration::V0_6_2, HandshakeGeneration::V0_7_0, HandshakeGeneration::V2_3_1})
        for (const std::size_t piece : {1u, 7u, 4096u}) {
            HandshakeSession session(keys_for(server, first_key(), generation));
            const auto answer = shake(session, server, piece);
            CHECK(answer.end == LiveEnd::Accepted);
            CHECK(answer.step == Step::Done);
            CHECK(session.wants() == HandshakeSession::Wants::Nothing);
            CHECK(server.seen_id[11] == 12);
            REQUIRE(session.messages().size() == 3);
            CHECK(session.messages()[1].bytes == 256);
        }
}

TEST_CASE("another key on record: hung up on, or an answer that only that other key can read, signed by the server", "[session]") {
    SessionServer server(second_key());
    HandshakeSession compared(keys_for(server, first_key()));
    auto answer = shake(compared, server);
    CHECK(answer.step == Step::Recv384);
    CHECK(answer.end == LiveEnd::Closed);
    CHECK(answer.received == 0);

    server.compares = false;
    HandshakeSession stored(keys_for(server, first_key()));
    answer = shake(stored, server);
    CHECK(answer.step == Step::RsaDecrypt);
    CHECK(answer.end == LiveEnd::CannotDecrypt);
    CHECK(answer.signed_by_server);
}

TEST_CASE("who signs with another key is not the server; who sends noise proves nothing", "[session]") {
    SessionServer server(first_key());
    server.signs_with_another = true;
    HandshakeSession session(keys_for(server, first_key()));
    auto answer = shake(session, server);
    CHECK(answer.end == LiveEnd::BadSignature);
    CHECK_FALSE(answer.signed_by_server);

    HandshakeSession noise(keys_for(server, first_key()));
    noise.arrived(server.nonce());
    noise.sent();
    noise.arrived(Bytes(384, 0x5B));
    CHECK(noise.answer().end == LiveEnd::CannotDecrypt);
    CHECK_FALSE(noise.answer().signed_by_server);
}

TEST_CASE("a server key that cannot be used sends nothing", "[session]") {
    const SessionServer server(first_key());
    auto keys = keys_for(server, first_key());
    keys.server_slot[288] &= 0xFE;
    HandshakeSession session(keys);
    session.arrived(server.nonce());
    CHECK(session.answer().step == Step::RsaEncrypt);
    CHECK(session.answer().end == LiveEnd::CannotEncrypt);
    CHECK(session.to_send().empty());
}

TEST_CASE("other protocols are told from silence, and nothing is sent to them", "[session]") {
    const SessionServer server(first_key());
    const auto end_of = [&](const std::string& spoken, LiveEnd how) {
        HandshakeSession session(keys_for(server, first_key()));
        session.arrived(ByteView(reinterpret_cast<const std::uint8_t*>(spoken.data()), spoken.size()));
        session.ended(how);
        CHECK(session.to_send().empty());
        return session.answer().end;
    };
    CHECK(end_of("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", LiveEnd::TimedOut) == LiveEnd::OtherProtocol);
    CHECK(end_of("220 mail ESMTP\r\n", LiveEnd::TimedOut) == LiveEnd::OtherProtocol);
    CHECK(end_of("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", LiveEnd::Closed) == LiveEnd::OtherProtocol);
    CHECK(end_of(std::string(41, '\x9c'), LiveEnd::Closed) == LiveEnd::OtherProtocol);
    CHECK(end_of("\x15\x03\x01\x00\x02\x02\x46", LiveEnd::Closed) == LiveEnd::Closed);
    CHECK(end_of("", LiveEnd::TimedOut) == LiveEnd::TimedOut);
}

TEST_CASE("wherever the line ends the session says where, and takes no more", "[session]") {
    const SessionServer server(first_key());
    HandshakeSession reference(keys_for(server, first_key()));
    reference.arrived(server.nonce());
    const auto answer = server.answer(reference.to_send());
    REQUIRE(answer);
    for (std::size_t cut = 0; cut < 40 + 384; cut += cut < 40 ? 1 : 13) {
        HandshakeSession session(keys_for(server, first_key()));
        session.arrived(ByteView(server.nonce()).first(std::min<std::size_t>(cut, 40)));
        if (session.wants() == HandshakeSession::Wants::ToSend) session.sent();
        if (cut > 40) session.arrived(ByteView(*answer).first(cut - 40));
        session.ended(LiveEnd::Broken);
        CHECK(session.answer().step == (cut < 40 ? Step::RecvNonce : Step::Recv384));
        CHECK(session.answer().end == LiveEnd::Broken);
        CHECK(session.answer().received == (cut < 40 ? cut : cut - 40));
        session.arrived(*answer);
        session.ended(LiveEnd::Closed);
        CHECK(session.answer().end == LiveEnd::Broken);
    }
}
