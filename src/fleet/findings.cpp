#include "fleet/findings.h"

namespace photopsy::fleet {

std::span<const FleetFinding> fleet_findings() {
    static constexpr FleetFinding list[] = {
        {"private-key-shares-prime", "Two different keys have a prime in common",
         "The greatest common divisor of the two public keys is that prime, and with it anybody who has the public keys computes both private ones. Devices "
         "make their key at their first start, where chance may be scarce. Only a new key helps. Proof: the divisor is greater than 1, which anyone can "
         "compute again from the public keys in the reports; the prime itself is never told. Found by `photopsy triage`.",
         "D. J. Bernstein, How to find smooth parts of integers (2004); N. Heninger and others, Mining your Ps and Qs (2012)"},
    };
    return list;
}

}  // namespace photopsy::fleet
