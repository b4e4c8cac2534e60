// Whatever a server answers, in pieces of any size: the handshake ends, and says where.
#include "fuzz/edited_dump.h"
#include "handshake/session.h"

#include <algorithm>
#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 2) return 0;
    SessionKeys keys;
    keys.device_slot = fuzz::true_key_slot();
    keys.server_slot.assign(294, static_cast<std::uint8_t>(bytes[0] & 1 ? 0xFF : 0x30));
    HandshakeSession session(std::move(keys));
    ByteView rest(bytes + 2, size - 2);
    const std::size_t piece = static_cast<std::size_t>(bytes[1]) + 1;
    for (int steps = 0; session.wants() != HandshakeSession::Wants::Nothing; ++steps) {
        if (steps > 100000) std::abort();
        if (session.wants() == HandshakeSession::Wants::ToSend) {
            if (session.to_send().empty()) std::abort();
            session.sent();
        } else if (rest.empty()) {
            session.ended(static_cast<LiveEnd>(1));
        } else {
            const auto part = rest.first(std::min(piece, rest.size()));
            rest = rest.subspan(part.size());
            session.arrived(part);
        }
    }
    return 0;
}
