#pragma once
// Several dumps at once: what they have in common often says more than each alone.
#include "photopsy.h"

#include <string>
#include <vector>

namespace photopsy {

/// What one dump may share with others: all that is kept of it.
struct SharedTraits {
    std::string name;  ///< as it may be shown
    Outcome outcome = Outcome::Healthy;
    std::vector<const Cause*> causes;
    std::string sha256, device_os;
    std::string device_id, chip;         ///< "" unknown
    std::string private_key;             ///< SHA-256 of its public half
    std::string foreign_server_key;      ///< SHA-256 of a server key that is not Particle's; "" else
    std::string private_server_address;  ///< "" where it is Particle's
};
SharedTraits traits_of(const Analysis&, std::string name);

/// Sentences about what two or more dumps share: outcome, causes, server key, device, key, file. Nothing for a single one. No ids, no hosts.
std::vector<std::string> what_traits_share(const std::vector<SharedTraits>&);
/// `names`: of the dumps, as they may be shown; without them the names in the analyses.
std::vector<std::string> what_they_share(const std::vector<Analysis>&, std::vector<std::string> names = {});

}  // namespace photopsy
