// What else in the table says that a whole key of the device's own making is not the first one, where no older key is left.
#include "handshake/judge.h"

#include <algorithm>

namespace photopsy {

namespace {

bool was_claimed(ByteView claimed) { return !claimed.empty() && claimed[0] == '1'; }

/// Written when a claim code had been used: by then the device had been online, with a key. The cache is written at a start with a key.
bool had_a_key(const Image& image, const Facts& facts, int copy) {
    const auto bytes = [&](std::string_view name) { return image.bytes(facts.dct.field_at(*facts.layout, name, copy)); };
    const auto claimed = bytes("claimed"), cache = bytes(facts.keys->public_cache);
    return was_claimed(claimed) || (!cache.empty() && !all_erased(cache));
}

bool is_set(const Facts& facts, std::string_view name) {
    return std::any_of(facts.dct.fields.begin(), facts.dct.fields.end(),
                       [&](const DctFieldFact& fact) { return fact.field->name == name && fact.state == DctFieldFact::State::Set; });
}

/// The device came with keys for the other transport: nothing was lost, and this key is the first of its kind.
std::string why_transport_key_is_new(const Facts& facts) {
    for (const auto& set : facts.layout->keys)
        if (set.when == KeySet::When::FieldErased && is_set(facts, set.device_key))
            return "the device was switched from UDP to TCP, the key for TCP has the form that the device itself writes, and the one for UDP still stands in "
                   "its own slot";
    return "";
}

}  // namespace

bool key_has_history(const Image& image, const Facts& facts, const PublicKeyCache& cache) {
    const auto *copy = facts.dct.current(), *older = facts.dct.other();
    if (cache.state != PublicKeyCache::State::Matches || !copy || copy->fresh_default || copy->reinitialized_mark) return false;
    const auto claimed = [&](int number) { return was_claimed(image.bytes(facts.dct.field_at(*facts.layout, "claimed", number))); };
    const bool goes_on = older && older->state == DctCopyState::Superseded && claimed(older->number);
    return claimed(copy->number) && (goes_on || is_set(facts, "version_string"));
}

std::string why_key_was_lost(const Image& image, const Facts& facts, ByteView spki) {
    if (facts.keys->when == KeySet::When::FieldSet) return why_transport_key_is_new(facts);
    const auto* older = facts.dct.other();
    if (!older || older->state != DctCopyState::Superseded || !had_a_key(image, facts, older->number)) return "";
    const auto slot = image.bytes(facts.dct.field_at(*facts.layout, facts.keys->device_key, older->number));
    const auto cache = image.bytes(facts.dct.field_at(*facts.layout, facts.keys->public_cache, older->number));
    const bool put_back = !spki.empty() && cache.size() >= spki.size() && std::equal(spki.begin(), spki.end(), cache.begin());  // it is the one from before
    if (slot.empty() || !all_erased(slot) || put_back) return "";
    return "the key has the form that the device itself writes, and in the older copy of the table, of a device that had been online, the key slot is empty";
}

}  // namespace photopsy
