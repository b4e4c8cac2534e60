// Every single bit of both slots: the rules of docs/formats/handshake.md, held on keys of our own.
#include "handshake/handshake.h"
#include "handshake/public_key.h"
#include "handshake/walk.h"
#include "support/keys.h"
#include "support/shared.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Answer {
    Step compares, uses_stored;
    bool operator==(const Answer&) const = default;
};

Answer answer(const Bytes& device, const Bytes& server, HandshakeGeneration generation, const Bytes& registered, const Bytes& cloud) {
    const auto outcome =
        simulate_handshake({.device_slot = device, .server_slot = server, .generation = generation, .registered_spki = registered, .server_spki = cloud});
    return {outcome.predictions[0].step, outcome.predictions[1].step};
}

/// What the rules say of a flipped bit, from where it lies. `lower`: the flip made n smaller.
Answer ruled(const Bytes& slot, const KeyWalk& walk, std::size_t byte, unsigned bit, HandshakeGeneration generation) {
    if (byte == 0 && (slot[0] ^ (1u << bit)) == 0xFF) return {Step::Recv384, Step::RsaDecrypt};
    const bool old = generation <= HandshakeGeneration::V0_6_2;
    if (byte >= 11 && byte < 139) return {Step::Recv384, old ? Step::Done : Step::RsaDecrypt};
    for (std::size_t i = 0; i < 7; ++i) {
        if (walk.length_octet[i] == byte && bit == 0) return {Step::RsaDecrypt, Step::RsaDecrypt};
        if (i != ComponentN && i != ComponentD && byte >= walk.at[i] && byte < walk.at[i] + component_widths[i]) return {Step::RsaDecrypt, Step::RsaDecrypt};
    }
    return {Step::Done, Step::Done};
}

unsigned count_wrong(const RsaKey& key, const Bytes& whole, HandshakeGeneration generation) {
    const auto modulus = key.n.bytes(128);
    const Bytes registered = device_spki(modulus);
    const Bytes server(published_server_key().begin(), published_server_key().end());
    const KeyWalk walk = walk_device_key(whole);
    unsigned wrong = 0;
    for (std::size_t byte = 0; byte < whole.size(); ++byte) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            Bytes slot = whole;
            slot[byte] = static_cast<std::uint8_t>(slot[byte] ^ (1u << bit));
            // The top byte of n decides by luck on old firmware whether an answer is refused.
            if (byte == 11 && generation <= HandshakeGeneration::V0_6_2) continue;
            wrong += !(answer(slot, server, generation, registered, server) == ruled(whole, walk, byte, bit, generation));
        }
    }
    return wrong;
}

}  // namespace

TEST_CASE("every single flipped bit of a device slot ends where the rules say", "[handshake][flips]") {
    const auto key = first_key();
    CHECK(count_wrong(key, minimal_slot_of(key), HandshakeGeneration::V1_2_1) == 0);
    if (!full_tests()) return;
    CHECK(count_wrong(key, device_slot_of(key), HandshakeGeneration::V1_2_1) == 0);
    for (const auto generation :
         {HandshakeGeneration::V0_4_7, HandshakeGeneration::V0_6_2, HandshakeGeneration::V0_7_0, HandshakeGeneration::V1_0_1, HandshakeGeneration::V2_3_1}) {
        CHECK(count_wrong(key, minimal_slot_of(key), generation) == 0);
        CHECK(count_wrong(second_key(), device_slot_of(second_key()), generation) == 0);
    }
}

TEST_CASE("every single flipped bit of a server key ends where the rules say", "[handshake][flips]") {
    const auto key = first_key();
    const auto modulus = key.n.bytes(128);
    const Bytes device = device_slot_of(key), registered = device_spki(modulus);
    const Bytes whole(published_server_key().begin(), published_server_key().end());
    unsigned wrong = 0;
    for (std::size_t byte = 0; byte < whole.size(); ++byte) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            Bytes server = whole;
            server[byte] = static_cast<std::uint8_t>(server[byte] ^ (1u << bit));
            const bool in_modulus = byte >= server_modulus_at && byte < server_modulus_at + 256;
            const Step wanted = !in_modulus ? Step::Done : byte == server_modulus_at + 255 && bit == 0 ? Step::RsaEncrypt : Step::Recv384;
            wrong += !(answer(device, server, HandshakeGeneration::V1_2_1, registered, whole) == Answer{wanted, wanted});
        }
    }
    CHECK(wrong == 0);
}
