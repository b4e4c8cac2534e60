// What a live handshake ends with is what is predicted, case by case: the measured key cases and keys made here, over TCP on loopback with the server of
// session_server.h (our own: it follows either policy). A server of somebody else's is asked in peer.js. PHOTOPSY_FULL=1: every case, every release.
#include "catch.h"
#include "cli/tcp.h"
#include "handshake/live.h"
#include "handshake/public_key.h"
#include "handshake/session_server.h"
#include "handshake/walk.h"
#include "support/keys.h"
#include "support/listener.h"

#include <mutex>
#include <sstream>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct KeyCase {
    std::string name;
    Bytes device, server;  ///< slots; the server's with the key of session_server.h, damaged like the case's
    RsaKey registered;
};

RsaKey public_half(ByteView spki) {
    RsaKey key{};
    if (const auto known = parse_public_key(spki)) key.n = known->modulus, key.e = known->exponent;
    return key;
}

/// The damage of a measured server slot, done to another key: erased and zeroed runs as they are, other bytes by the bits that differ.
Bytes damaged_alike(const Bytes& measured, const Bytes& whole, Bytes own) {
    for (std::size_t at = 0; at < own.size() && at < measured.size() && at < whole.size(); ++at) {
        if (measured[at] == whole[at]) continue;
        const bool filled = measured[at] == 0xFF || measured[at] == 0;
        own[at] = filled ? measured[at] : static_cast<std::uint8_t>(own[at] ^ measured[at] ^ whole[at]);
    }
    return own;
}

std::vector<KeyCase> measured_cases(const SessionServer& server) {
    std::vector<KeyCase> cases;
    const auto& files = shared_archive("groundtruth/cases.tar.zst");
    if (files.empty()) return cases;
    const auto &base = files.at("public/base-key.spki.der"), &whole = files.at("public/server.spki.der");
    for (const auto& [path, bytes] : files) {
        if (!path.starts_with("cases/") || !path.ends_with(".dev")) continue;
        const auto stem = path.substr(0, path.size() - 4);
        cases.push_back({stem.substr(6), bytes, damaged_alike(files.at(stem + ".srv"), whole, server.spki()), public_half(base)});
    }
    return cases;
}

/// One bit of each kind of number, and whole, short and foreign keys.
std::vector<KeyCase> own_cases(const SessionServer& server) {
    std::vector<KeyCase> cases = {{"good", device_slot_of(first_key()), server.spki(), first_key()},
                                  {"minimal", minimal_slot_of(first_key()), server.spki(), first_key()},
                                  {"another on record", device_slot_of(first_key()), server.spki(), second_key()}};
    for (const std::size_t at : {20u, 75u, 150u, 277u, 300u, 360u, 440u, 500u, 570u, 605u}) {
        auto slot = device_slot_of(first_key());
        slot[at] ^= 4;
        cases.push_back({"bit at " + std::to_string(at), slot, server.spki(), first_key()});
    }
    for (const std::size_t at : {5u, 33u, 150u, 288u, 291u}) {
        auto slot = server.spki();
        slot[at] ^= 1;
        cases.push_back({"server key, bit at " + std::to_string(at), device_slot_of(first_key()), slot, first_key()});
    }
    return cases;
}

constexpr HandshakeGeneration all_generations[] = {HandshakeGeneration::V0_4_7, HandshakeGeneration::V0_6_2, HandshakeGeneration::V0_7_0,
                                                   HandshakeGeneration::V1_0_1, HandshakeGeneration::V1_2_1, HandshakeGeneration::V2_3_1};

/// "" where live and prediction end alike; nothing where no handshake is offered, or luck decides.
std::optional<std::string> difference(const KeyCase& one, HandshakeGeneration generation, SessionServer& server, std::uint16_t port) {
    auto question = live_question(one.device, one.server, generation);
    if (!question) return {};
    const auto registered = device_spki(one.registered.n.bytes(128)), server_key = server.spki();
    const auto outcome = simulate_handshake(
        {.device_slot = one.device, .server_slot = one.server, .generation = generation, .registered_spki = registered, .server_spki = server_key});
    const auto& row = outcome.predictions[server.compares ? 0 : 1];
    if (row.chance) return {};
    HandshakeSession session(std::move(question->keys));
    std::vector<SessionMoment> moments;
    const auto answer = shake_hands(session, {"127.0.0.1", port}, std::chrono::seconds(60), moments);
    if (answer.step == row.step) return "";
    return "live " + std::string(name_of(answer.step)) + ", predicted " + std::string(name_of(row.step));
}

}  // namespace

TEST_CASE("a live handshake ends where it is predicted to end, in every key case", "[live][groundtruth]") {
    SessionServer server(first_key());
    auto cases = own_cases(server);
    for (auto& one : measured_cases(server)) cases.push_back(std::move(one));
    std::mutex policy;  // the listener answers in a thread of its own
    const auto answer_of = [&](ByteView message) {
        const std::lock_guard guard(policy);
        return server.answer(message);
    };
    const Listener listener(
        [&](int connection) {
            tell(connection, server.nonce());
            const auto message = hear(connection, 256);
            if (message.size() != 256) return;
            const auto answer = answer_of(message);
            if (answer) tell(connection, *answer);
            if (answer) stay_silent(connection);
        },
        100000);
    const std::size_t stride = full_tests() ? 1 : 5;
    int compared = 0, alike = 0;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto& one = cases[i];
        for (std::size_t number = 0; number < std::size(all_generations); ++number) {
            if (!full_tests() && (i % stride != 0 || number != i % std::size(all_generations))) continue;
            for (const bool compares : {true, false}) {
                if (!full_tests() && compares != (i / stride % 2 == 0)) continue;
                {
                    const std::lock_guard guard(policy);
                    server.compares = compares;
                    server.registered = one.registered;
                }
                const auto differs = difference(one, all_generations[number], server, listener.port);
                if (!differs) continue;
                ++compared;
                alike += differs->empty();
                INFO(one.name << ", release group " << number << ", " << (compares ? "compares" : "uses its record"));
                CHECK(*differs == "");
            }
        }
    }
    CHECK(alike == compared);
    CHECK(compared >= (full_tests() ? 150 : 3));
}
