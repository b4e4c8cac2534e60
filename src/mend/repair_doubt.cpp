#include "mend/repair_doubt.h"

#include "base/hex.h"

#include <algorithm>

namespace photopsy {

static bool is_written(const RepairPlan& plan, const KeyFacts::Recovery& recovery) {
    const auto is_it = [&](const RepairSource& source) { return source.kind == "recovered-key" && source.sha256 == hex(recovery.public_fingerprint); };
    return std::ranges::any_of(plan.steps, [&](const RepairStep& step) { return std::ranges::any_of(step.sources, is_it); });
}

KeyDoubt doubt_of_written_key(const RepairPlan& plan, const Analysis& analysis) {
    const auto& keys = analysis.keys;
    for (const auto& recovery : keys.recoveries) {
        if (recovery.matches_registered || !is_written(plan, recovery)) continue;
        if (analysis.handshake.cloud_witness == CloudWitness::Owner) return KeyDoubt::AnotherOnRecord;
        if (recovery.another_in_slot) return KeyDoubt::AnotherInSlot;
        const bool cached = keys.cache.fingerprint && keys.cache.state != PublicKeyCache::State::Garbage;
        if (cached && !recovery.matches_cache) return KeyDoubt::AnotherInCache;
    }
    return KeyDoubt::None;
}

}  // namespace photopsy
