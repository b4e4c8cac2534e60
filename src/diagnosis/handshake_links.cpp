#include "diagnosis/handshake_links.h"

#include "handshake/kinds.h"

#include <fmt/format.h>

namespace photopsy {

static std::string step_words(const Prediction& row) {
    if (row.step == Step::Done) return "succeeds";
    return row.step == Step::Connect ? "does not begin" : "fails";
}

static bool is_about(HandshakeEnd end, const HandshakeOutcome& handshake) {
    if (end == HandshakeEnd::Any || !handshake.fails()) return true;
    const bool at_server = ends_before_device_key(handshake, handshake.predictions.front());  // the same for both policies
    return at_server == (end == HandshakeEnd::OfServer);
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
