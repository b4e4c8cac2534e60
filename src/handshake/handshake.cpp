#include "handshake/handshake.h"

#include "handshake/device_slot.h"
#include "handshake/firmware_rsa.h"
#include "handshake/public_key.h"
#include "handshake/server_address.h"
#include "handshake/server_slot.h"
#include "handshake/walk.h"

#include <algorithm>
#include <array>

namespace photopsy {

namespace {

constexpr std::size_t credentials_size = 40;

/// What the device takes out of its two slots, and whom it talks to.
struct Sides {
    HandshakeGeneration generation{};
    std::array<std::uint8_t, device_slot_size> device{};
    std::array<std::uint8_t, server_slot_size> server{};
    bool regenerates = false, generation_fails = false, uses_builtin = false;
    DecodedAddress address;
    ServerKeySource source = ServerKeySource::Assumed;
    bool server_has_key = false;  ///< the server can decrypt what the device sends
    std::vector<std::uint8_t> registered;
};

template <std::size_t size>
std::array<std::uint8_t, size> filled(ByteView bytes) {
    std::array<std::uint8_t, size> out;
    out.fill(0xFF);
    std::copy_n(bytes.begin(), std::min(bytes.size(), size), out.begin());
    return out;
}

/// The modulus the device encrypts to: its slot's, or from 0.7.0 on the built-in key's if byte 0 of the slot is erased.
ByteView used_server_modulus(const Sides& sides) {
    const ByteView key = sides.uses_builtin ? published_server_key() : ByteView(sides.server);
    return key.subspan(server_modulus_at, 256);
}

bool holds(ByteView server_spki, ByteView modulus) {
    const auto key = parse_public_key(server_spki);
    return key && key->modulus == Number(modulus) && key->exponent == Number(65537);  // the device always encrypts with 65537
}

void decide_server(const HandshakeInput& input, Sides& sides) {
    const ByteView modulus = used_server_modulus(sides);
    if (!input.server_spki.empty()) {
        sides.source = ServerKeySource::Given;
        sides.server_has_key = holds(input.server_spki, modulus);
        return;
    }
    const bool address_given = input.server_slot.size() >= server_address_at + 2;
    const bool to_particle = address_given ? sides.address.particle || sides.address.of_particle : sides.uses_builtin || resembles_published_key(sides.server);
    if (to_particle) {
        sides.source = sides.uses_builtin ? ServerKeySource::BuiltIn : ServerKeySource::Published;
        sides.server_has_key = holds(published_server_key(), modulus);
        return;
    }
    // A private server: it is assumed to hold the key of the slot, if that is one. Particle's key, whole or damaged, it cannot have.
    sides.source = ServerKeySource::Assumed;
    sides.server_has_key = !sides.uses_builtin && could_be_server_modulus(sides.server) && !resembles_published_key(sides.server);
}

Sides take_sides(const HandshakeInput& input) {
    Sides sides{.generation = input.generation};
    sides.device = filled<device_slot_size>(input.device_slot);
    sides.server = filled<server_slot_size>(input.server_slot);
    const bool no_key = input.device_makes_keys && sides.device[0] == 0xFF;  // the only presence test (ota_flash_hal_stm32f2xx.cpp@v0.7.0:428)
    sides.generation_fails = no_key && input.generation == HandshakeGeneration::V0_7_0;
    sides.regenerates = no_key && !sides.generation_fails;
    sides.uses_builtin = sides.server[0] == 0xFF && input.generation >= HandshakeGeneration::V0_7_0;
    if (input.server_slot.size() >= server_address_at + 2) {
        sides.address = decode_server_address(input.server_slot.subspan(server_address_at), input.generation);
        if (sides.address.falls_back && sides.uses_builtin) sides.address.particle = true;
        if (!sides.uses_builtin && read_server_slot(sides.server).kind == ServerSlotKind::Rsa2048) take_as_meant(sides.address, particle_host);
    }
    decide_server(input, sides);
    if (!input.registered_key_known) return sides;
    if (input.registered_spki.empty())
        sides.registered = belonging_public_key(sides.device);  // rebuilt, if need be
    else
        sides.registered.assign(input.registered_spki.begin(), input.registered_spki.end());
    return sides;
}

/// Code of a step at which the device only waits: sockets' -1 before 0.8.0, then numbers of the LightSSL channel.
int waiting_code(const HandshakeInput& input, int light_ssl) {
    return input.generation <= HandshakeGeneration::V0_7_0 && !input.light_ssl_codes ? -1 : light_ssl;
}
int decryption_code(HandshakeGeneration generation) { return generation == HandshakeGeneration::V0_4_7 ? 1 : 6; }

Prediction& end_at(Prediction& prediction, Step step, std::optional<int> code, std::string explain) {
    prediction.step = step;
    prediction.code = code;
    prediction.explain = std::move(explain);
    return prediction;
}

/// The bytes the device presents as its public key. A freshly generated key is a stranger to the cloud.
bool presents_registered_key(const Sides& sides) {
    if (sides.regenerates) return false;
    const auto registered = parse_public_key(sides.registered);
    return registered && registered->exponent == Number(65537) && registered->modulus == Number(ByteView(sides.device).subspan(presented_modulus_at, 128));
}

/// Steps 5 and 6: the cloud encrypts 40 session bytes to the registered key, the device decrypts them with its slot.
void decrypt_credentials(const Sides& sides, Prediction& prediction) {
    const auto fail = [&](std::string why) { end_at(prediction, Step::RsaDecrypt, decryption_code(sides.generation), std::move(why)); };
    if (sides.regenerates) return fail("the key slot counts as empty, so the firmware makes a new key; the cloud answers with the old one");
    const auto registered = parse_public_key(sides.registered);
    if (!registered || registered->modulus.bits() > 1024 || !registered->modulus.is_odd())
        return fail("the cloud encrypts to a key that is not the one in the slot");
    const Number text(padded_sample(128, credentials_size));
    const Number ciphertext = power(text, registered->exponent, registered->modulus);
    const FirmwareKey key = read_firmware_key(sides.device);
    if (!decrypts(sides.generation, key, ciphertext, text)) return fail("the device cannot decrypt the cloud's answer with the key in its slot");
    const double luck = chance_of_ciphertext_below(sides.generation, key.n, registered->modulus);
    prediction.chance = luck > 0.001 && luck < 0.999;
    if (luck < 0.5) return fail("the damaged modulus is smaller than most answers of the cloud, and this firmware then refuses to decrypt");
    end_at(prediction, Step::Done, 0, prediction.chance ? "it connects at most attempts, but not at all of them" : "both keys fit");
}

/// Steps 0 to 4, the same for both policies. True where the server has decrypted the device's message and looks up the device.
bool reaches_lookup(const HandshakeInput& input, const Sides& sides, Prediction& prediction) {
    const auto fail = [&](Step step, std::optional<int> code, std::string why) { return end_at(prediction, step, code, std::move(why)), false; };
    if (sides.address.unreachable) return fail(Step::Connect, {}, sides.address.detail);
    if (const int code = encryption_code(sides.generation, used_server_modulus(sides)); code != 0)
        return fail(Step::RsaEncrypt, code, "the number in the server key slot is no RSA modulus: the device cannot even encrypt to it");
    const int refused = waiting_code(input, 26);
    if (!sides.server_has_key)
        return fail(Step::Recv384, refused, "the server cannot decrypt what the device sends: the key in the server key slot is not the server's");
    if (!input.device_known_to_cloud) return fail(Step::Recv384, refused, "the cloud does not know this device and hangs up");
    return true;
}

void refuse_presented_key(const HandshakeInput& input, const Sides& sides, Prediction& prediction) {
    end_at(prediction, Step::Recv384, waiting_code(input, 26),
           sides.regenerates ? "the firmware makes a new key, and the cloud, which knows the old one, hangs up"
                             : "the public key that the device presents is not the one the cloud has on record: it hangs up");
}

}  // namespace

HandshakeOutcome simulate_handshake(const HandshakeInput& input) {
    const Sides sides = take_sides(input);
    HandshakeOutcome outcome{.server_key_source = sides.source, .server_has_key = sides.server_has_key};
    Prediction stored{.policy = ServerPolicy::UsesStoredKey,
                      .regenerates_key = sides.regenerates,
                      .generation_fails = sides.generation_fails,
                      .uses_builtin_server_key = sides.uses_builtin};
    const bool looked_up = reaches_lookup(input, sides, stored);
    if (looked_up) decrypt_credentials(sides, stored);
    Prediction compares = stored;
    compares.policy = ServerPolicy::ComparesPresentedKey;
    if (looked_up && !presents_registered_key(sides)) {
        refuse_presented_key(input, sides, compares);
        compares.chance = false;
    }
    outcome.predictions = {std::move(compares), std::move(stored)};
    for (auto& prediction : outcome.predictions) prediction.led = led_of(prediction.step, input.led);
    return outcome;
}

}  // namespace photopsy
