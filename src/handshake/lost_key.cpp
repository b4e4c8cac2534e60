// What else in the table says that a whole key of the device's own making is not the first one, where no older key is left.
#include "handshake/judge.h"
#include "handshake/key_owner.h"

#include <fmt/format.h>

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

static bool was_never_lost(const Image& image, const Facts& facts, const PublicKeyCache& cache) {
    const auto *copy = facts.dct.current(), *older = facts.dct.other();
    if (cache.state != PublicKeyCache::State::Matches || !copy || copy->fresh_default || copy->reinitialized_mark) return false;
    const auto claimed = [&](int number) { return was_claimed(image.bytes(facts.dct.field_at(*facts.layout, "claimed", number))); };
    const bool goes_on = older && older->state == DctCopyState::Superseded && claimed(older->number);
    return claimed(copy->number) && (goes_on || is_set(facts, "version_string"));
}

static bool replaced_a_whole_key(const Image& image, const Facts& facts, const KeyFacts& keys) {
    const auto* copy = facts.dct.other();
    const auto& older = keys.device_in_other_copy;
    return copy && copy->state == DctCopyState::Superseded && older && is_own_copy(image, facts, older->dct_copy) && older->what == DeviceKeyClass::Good &&
           older->public_fingerprint != keys.device.public_fingerprint;
}

std::string history_of_key(const Image& image, const Facts& facts, const KeyFacts& keys) {
    if (was_never_lost(image, facts, keys.cache))
        return "the table was never lost, the device was claimed, and its public-key cache names the key that it has now";
    if (replaced_a_whole_key(image, facts, keys))
        return "the copy of the table from before the last write holds another whole key, and no firmware makes itself a key where it has one: somebody wrote "
               "this one";
    const auto in_a_copy = [&](Address at) { return std::ranges::any_of(facts.dct.copies, [&](const DctCopy& copy) { return copy.at.contains(at); }); };
    for (const auto& found : keys.elsewhere)
        if (found.same_as_current && found.usable && (found.eeprom || !in_a_copy(found.at.begin)))
            return fmt::format("the same key lies in {} as well, as one does that somebody kept", found.where);
    return "";
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
