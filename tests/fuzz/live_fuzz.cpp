// Whatever a server sends, in pieces of any size, and however the line ends: the handshake comes to an end, says how, and keeps nothing to send.
#include "handshake/live.h"
#include "handshake/session.h"

#include <algorithm>
#include <cstdlib>

using namespace photopsy;

static void require(bool truth) {
    if (!truth) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    ByteView rest{bytes, size};
    const auto take = [&rest]() -> std::uint8_t {
        if (rest.empty()) return 0;
        const auto first = rest.front();
        rest = rest.subspan(1);
        return first;
    };
    SessionKeys keys;
    keys.generation = static_cast<HandshakeGeneration>(take() % 6);
    const std::size_t device = take() * 3, server = take() * 2;
    keys.device_slot.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(std::min(device, rest.size())));
    keys.server_slot.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(std::min(server, rest.size())));
    HandshakeSession session(std::move(keys));
    std::size_t heard = 0;
    while (session.wants() != HandshakeSession::Wants::Nothing && !rest.empty()) {
        if (session.wants() == HandshakeSession::Wants::ToSend) {
            require(session.to_send().size() == session_message_size);
            if (take() % 8) session.sent();
        }
        const std::size_t length = std::size_t{take()} + 1;  // taken before the rest is measured
        const auto piece = rest.first(std::min(rest.size(), length));
        heard += piece.size();
        rest = rest.subspan(std::min(piece.size(), rest.size()));
        session.arrived(piece);
    }
    session.ended(static_cast<LiveEnd>(1 + take() % 6));
    require(session.wants() == HandshakeSession::Wants::Nothing && session.to_send().empty());
    require(session.answer().received <= session_answer_size && session.messages().size() <= 3 && heard <= size);
    const auto meaning = meaning_of(session.answer());
    require(!meaning.seen.empty() && !meaning.proves.empty());
    (void)proof_of(session.answer());
    return 0;
}
