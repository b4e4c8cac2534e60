// What a way back to an old key is worth: arithmetic proves a key, and only the cache and the slot say whose it is.
#include "remedy/ways.h"

#include <algorithm>

namespace photopsy {

std::string what_it_means(const Observations& seen, const KeyFacts::Recovery& recovery) {
    if (recovery.matches_cache && seen.keys.regenerated && seen.keys.device.usable)
        return " and is the one named by the device's public-key cache, with which it went online last: unless the key that is in the device now was "
               "registered "
               "since, the cloud goes on with that one.";
    if (recovery.matches_cache)
        return " and is the one named by the device's public-key cache: the cloud goes on with the key it knows, and nothing must be registered anew.";
    if (recovery.matches_registered) return " and is the one on record, as it was given: nothing must be registered anew.";
    const auto& cache = seen.keys.cache;
    if (seen.keys.device.what == DeviceKeyClass::Mixed && !cache.fingerprint)
        return ", but it is one of two keys that stand in the slot, and nothing in the dump tells which of them the cloud knows: if it refuses the device with "
               "this one, register it.";
    if (recovery.another_in_slot)
        return ", but what is left in the slot is of another key: if that one is on record, the cloud refuses the device with this one until it is "
               "registered.";
    const bool another = cache.fingerprint && cache.state != PublicKeyCache::State::Garbage && *cache.fingerprint != recovery.public_fingerprint;
    const bool came_in_part = seen.keys.device.what == DeviceKeyClass::Truncated;
    if (!another && came_in_part && std::ranges::any_of(seen.keys.recoveries, &KeyFacts::Recovery::another_in_slot))
        return " and is the one of which the slot holds a part. Another whole key lies in this dump as well, and nothing tells which of them the cloud knows: "
               "if it refuses the device with this one, register it.";
    return another
               ? ", but the device's public-key cache names another key. If this one was registered after that, the cloud goes on with it and nothing must be "
                 "registered anew; else register it."
               : ": the cloud goes on with the key it knows, and nothing must be registered anew.";
}

Remedy gone_with_own_key() {
    auto remedy = nothing_to_repair("The key of its own that the device gets, as told at the copied table, takes the place of this one.");
    remedy.title = "Mend nothing of the other device's key";
    return remedy;
}

}  // namespace photopsy
