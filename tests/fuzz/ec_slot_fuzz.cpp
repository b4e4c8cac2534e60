// Any bytes as EC slots of device and server: total, equal answers, and every key that is offered is one.
#include "handshake/dtls.h"
#include "handshake/ec_slot.h"

#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const ByteView given(bytes, size);
    for (const auto parser : {EcParser::WantsPublicHalf, EcParser::ComputesPublicHalf}) {
        const auto reading = read_ec_slot(given, parser);
        if (reading.usable && !reading.walk.accepted) std::abort();
        if (reading.key && !is_proved(*reading.key)) std::abort();
        for (const auto& damage : reading.damage)
            if (damage.begin >= damage.end || damage.end > ec_device_slot_size) std::abort();
    }
    const auto server = read_ec_server_slot(given);
    if (server.point && !on_curve(*server.point)) std::abort();
    const auto outcome = simulate_dtls({.device_slot = given, .server_slot = given, .address = given, .rules = {}, .registered = {}, .server = {}});
    if (outcome.predictions.size() != 2) std::abort();
    return 0;
}
