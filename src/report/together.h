#pragma once
// Several dumps at once: what they have in common often says more than each alone.
#include "photopsy.h"

#include <string>
#include <vector>

namespace photopsy {

/// Sentences about what two or more analyses share: outcome, causes, server key, device, key, file. Nothing for a single one. No ids, no hosts.
/// `names`: of the dumps, as they may be shown; without them the names in the analyses.
std::vector<std::string> what_they_share(const std::vector<Analysis>&, std::vector<std::string> names = {});

}  // namespace photopsy
