#include "diagnosis/handshake_links.h"

#include <fmt/format.h>

namespace photopsy {

static std::string step_words(const Prediction& row) {
    if (row.step == Step::Done) return "succeeds";
    return row.step == Step::Connect ? "does not begin" : "fails";
}

/// A step before the server has understood the device: nothing there depends on the device's own key. It is the same for both policies.
static bool ends_at_server(const HandshakeOutcome& handshake) {
    switch (handshake.predictions.front().step) {
        case Step::Recv384:
            return !handshake.server_has_key;
        case Step::Connect:
        case Step::RsaEncrypt:
        case Step::DtlsServerKey:
        case Step::DtlsNoAnswer:
        case Step::DtlsVerifyServer:
            return true;
        default:
            return false;
    }
}

static bool is_about(HandshakeEnd end, const HandshakeOutcome& handshake) {
    if (end == HandshakeEnd::Any || !handshake.fails()) return true;
    return ends_at_server(handshake) == (end == HandshakeEnd::OfServer);
}

std::vector<ChainLink> handshake_links(const Observations& seen, HandshakeEnd end) {
    const auto& rows = seen.handshake.predictions;
    if (rows.size() != 2 || !is_about(end, seen.handshake)) return {};
    if (rows[0].step == rows[1].step)
        return {{.says = fmt::format("The handshake then {}: {}. The light: {}.", step_words(rows[0]), rows[0].explain, rows[0].led), .seen = false}};
    std::string says = "What happens then depends on the server.";
    for (const auto& row : rows)
        says += fmt::format(" If it {}: {} (the light: {}).",
                            row.policy == ServerPolicy::ComparesPresentedKey ? "compares the key that the device presents" : "only uses the key on record",
                            row.explain, row.led);
    return {{.says = std::move(says), .seen = false}};
}

}  // namespace photopsy
