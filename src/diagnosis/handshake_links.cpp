#include "diagnosis/handshake_links.h"

#include <fmt/format.h>

namespace photopsy {

static std::string step_words(const Prediction& row) {
    if (row.step == Step::Done) return "connects";
    if (row.step == Step::Connect) return "does not reach the server";
    return row.code ? fmt::format("ends at step {} with code {}", name_of(row.step), *row.code) : fmt::format("ends at step {}", name_of(row.step));
}

std::vector<ChainLink> handshake_links(const Observations& seen) {
    const auto& rows = seen.handshake.predictions;
    if (rows.size() != 2) return {};
    if (rows[0].step == rows[1].step)
        return {{.says = fmt::format("The handshake then {}: {}. The light: {}.", step_words(rows[0]), rows[0].explain, rows[0].led), .seen = false}};
    std::vector<ChainLink> links;
    for (const auto& row : rows) {
        const auto who = row.policy == ServerPolicy::ComparesPresentedKey ? "A server that compares the key which the device presents with its record"
                                                                          : "A server that only uses its record";
        links.push_back({.says = fmt::format("{}: the handshake {}: {}. The light: {}.", who, step_words(row), row.explain, row.led), .seen = false});
    }
    return links;
}

}  // namespace photopsy
