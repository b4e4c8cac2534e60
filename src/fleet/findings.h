#pragma once
// What is found only where many dumps lie beside each other. Their words for `explain`.
#include <span>
#include <string_view>

namespace photopsy::fleet {

struct FleetFinding {
    std::string_view id, title, why, source;
};

std::span<const FleetFinding> fleet_findings();

}  // namespace photopsy::fleet
