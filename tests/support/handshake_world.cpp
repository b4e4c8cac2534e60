#include "support/handshake_world.h"

#include "base/hex.h"
#include "handshake/handshake.h"
#include "handshake/public_key.h"

#include "catch.h"

#include <algorithm>

namespace photopsy::test {

static const Bytes& our_server() {
    static const Bytes key = rolled_server_key(11);
    return key;
}

World::World()
    : device(minimal_slot_of(first_key())),
      server(our_server()),
      registered(device_spki(first_key().n.bytes(128))),
      cloud(our_server()),
      walk(walk_device_key(device)) {}

static std::string written(const Prediction& row) {
    return std::string(name_of(row.step)) + ":" + (row.code ? std::to_string(*row.code) : "null") + (row.regenerates_key ? "+regen" : "") +
           (row.generation_fails ? "+genfail" : "") + (row.uses_builtin_server_key ? "+bak" : "");
}

void check_cases(const Row& compares, const Row& uses_stored, const std::vector<HandshakeCase>& cases) {
    const World healthy;
    for (const auto& one : cases) {
        World world = healthy;
        one.edit(world);
        for (std::size_t i = 0; i < compares.size(); ++i) {
            const auto outcome = simulate_handshake({.device_slot = world.device,
                                                     .server_slot = world.server,
                                                     .generation = static_cast<HandshakeGeneration>(i),
                                                     .registered_spki = world.registered,
                                                     .device_known_to_cloud = world.known,
                                                     .server_spki = world.cloud});
            INFO(one.name << ", " << name_of(static_cast<HandshakeGeneration>(i)));
            REQUIRE(outcome.predictions.size() == 2);
            CHECK(written(outcome.predictions[0]) == compares[i]);
            CHECK(written(outcome.predictions[1]) == uses_stored[i]);
        }
    }
}

Bytes rolled_server_key(std::uint64_t seed) {
    Dice dice(seed);
    const Number product = rolled_key(dice).n * rolled_key(dice).n;
    return server_spki((product.bits() == 2048 ? product : product + (Number(1) << 2047)).bytes(256));
}

static void flip_bit(Bytes& bytes, std::size_t at, unsigned bit) { bytes[at] ^= static_cast<std::uint8_t>(1u << bit); }
static void fill_bytes(Bytes& bytes, std::size_t begin, std::size_t end, std::uint8_t value) {
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.begin() + static_cast<std::ptrdiff_t>(end), value);
}
static Bytes sized(Bytes bytes, std::size_t size) {
    bytes.resize(size, 0xFF);
    return bytes;
}

Edit flip(ComponentIndex part, std::size_t byte, unsigned bit) {
    return [=](World& w) { flip_bit(w.device, w.walk.at[part] + byte, bit); };
}
Edit flip_length(ComponentIndex part, unsigned bit) {
    return [=](World& w) { flip_bit(w.device, w.walk.length_octet[part], bit); };
}
Edit flip_server(std::size_t at, unsigned bit) {
    return [=](World& w) { flip_bit(w.server, at, bit); };
}
Edit put(std::size_t at, std::uint8_t value) {
    return [=](World& w) { w.device[at] = value; };
}
Edit fill(std::size_t begin, std::size_t end, std::uint8_t value) {
    return [=](World& w) { fill_bytes(w.device, begin, end, value); };
}
Edit fill_server(std::size_t begin, std::size_t end, std::uint8_t value) {
    return [=](World& w) { fill_bytes(w.server, begin, end, value); };
}
Edit slot(std::function<Bytes()> make) {
    return [=](World& w) { w.device = sized(make(), device_slot_size); };
}
Edit server_slot(std::function<Bytes()> make) {
    return [=](World& w) { w.server = sized(make(), server_slot_size); };
}
Edit provisioned(std::function<RsaKey()> make, bool fixed) {
    return [=](World& w) {
        const RsaKey key = make();
        w.device = fixed ? device_slot_of(key) : minimal_slot_of(key);
        w.registered = any_spki(key.n, key.e);
    };
}

Bytes element(std::uint8_t tag, const std::vector<Bytes>& parts) {
    Bytes content;
    for (const auto& part : parts) content.insert(content.end(), part.begin(), part.end());
    const auto low = static_cast<std::uint8_t>(content.size());
    Bytes out = {tag};
    if (content.size() >= 0x100)
        out.insert(out.end(), {0x82, static_cast<std::uint8_t>(content.size() >> 8), low});
    else if (content.size() >= 0x80)
        out.insert(out.end(), {0x81, low});
    else
        out.push_back(low);
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

Bytes integer_element(const Number& value) { return element(0x02, {value.bytes(static_cast<std::size_t>(value.bits() / 8 + 1))}); }

Bytes any_spki(const Number& modulus, const Number& exponent) {
    const Bytes algorithm = *from_hex("300d06092a864886f70d0101010500");
    return element(0x30, {algorithm, element(0x03, {{0}, element(0x30, {integer_element(modulus), integer_element(exponent)})})});
}

}  // namespace photopsy::test
