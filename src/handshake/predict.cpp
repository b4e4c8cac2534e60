#include "handshake/handshake.h"
#include "handshake/keys.h"
#include "handshake/walk.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t server_field_size = 768;
constexpr std::size_t server_bytes_needed = server_address_at + 128;

HandshakeInput with_settings(const Facts& facts, const KeyFacts& keys, ByteView registered_spki, ByteView server_spki) {
    HandshakeInput input{.generation = facts.system.handshake, .led = facts.system.led};
    input.registered_spki = registered_spki.empty() ? ByteView(keys.registered_spki) : registered_spki;
    input.registered_key_known = !input.registered_spki.empty();
    input.server_spki = server_spki;
    return input;
}

/// Without a usable radio nothing is ever sent: the connection fails under either policy.
HandshakeOutcome without_network(std::string_view why) {
    HandshakeOutcome outcome;
    for (const auto policy : {ServerPolicy::ComparesPresentedKey, ServerPolicy::UsesStoredKey})
        outcome.predictions.push_back({.policy = policy, .step = Step::Connect, .led = "never cyan: the radio does not start", .explain = std::string(why)});
    return outcome;
}

}  // namespace

HandshakeOutcome predict_handshake(const Image& image, const Facts& facts, const KeyFacts& keys, ByteView registered_spki, ByteView server_spki) {
    if (!facts.layout || facts.layout->dct.format != DctLayout::Format::Wiced) return {.unknown = "photopsy does not predict the handshake of this device"};
    if (facts.of_other_device) return {.unknown = "the file is not the flash of such a device"};
    switch (radio_use(facts)) {
        case RadioUse::Damaged:
            return without_network("the firmware of the Wi-Fi chip inside system part 1 is damaged, so the device reaches no network");
        case RadioUse::NotUnpacked:
            return without_network("system part 1 holds the Wi-Fi firmware packed and this system part 2 cannot unpack it, so the device reaches no network");
        case RadioUse::Unknown:
        case RadioUse::Usable:
            break;
    }
    auto input = with_settings(facts, keys, registered_spki, server_spki);
    const std::vector<std::uint8_t> erased(server_field_size, 0xFF);
    if (facts.dct.would_reinitialize) {  // the firmware writes defaults before it reads a key: both slots erased
        input.device_slot = input.server_slot = erased;
        return simulate_handshake(input);
    }
    if (keys.device.what == DeviceKeyClass::NotInFile) return {.unknown = "the device's key slot is not in the file"};
    if (keys.server.what == ServerKeyClass::NotInFile) return {.unknown = "the server key slot is not in the file"};
    if (keys.device.what == DeviceKeyClass::NeverGenerated && registered_spki.empty())
        return {.unknown = "the device has no key yet: it makes one at its first start, and whether the cloud then knows it depends on who registers it"};
    input.device_slot = image.bytes(keys.device.at);
    const Range wanted = range_of(keys.server.at.begin, static_cast<std::uint32_t>(server_bytes_needed));
    input.server_slot = image.has(wanted) ? image.bytes(wanted) : image.bytes(keys.server.at);
    return simulate_handshake(input);
}

}  // namespace photopsy
