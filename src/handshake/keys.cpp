#include "handshake/keys.h"

#include "facts/dct_copies.h"
#include "handshake/judge.h"
#include "handshake/key_owner.h"
#include "handshake/kinds.h"
#include "handshake/own_server.h"
#include "handshake/public_key.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::string_view slot_itself = "this slot";  ///< KeyFacts::Recovery::source of what stands in the key slot in use

/// Collects what one dump says about keys, in the order in which one thing helps with the next.
class Judge {
public:
    Judge(const Image& image, const Facts& facts, ByteView registered_spki)
        : image_(image), facts_(facts), layout_(*facts.layout), set_(*facts.keys), registered_(modulus_of(registered_spki)) {}

    KeyFacts run() {
        witnesses_ = known_moduli(image_, facts_);
        if (registered_ && registered_->bits() == 1024) witnesses_.push_back(*registered_);
        judge_selected();
        judge_other_copies();
        search_elsewhere();
        judge_swap();
        judge_regeneration();
        judge_owners();
        judge_birth();
        list_recoveries();
        decide_registered();
        return std::move(keys_);
    }

private:
    static std::optional<Number> modulus_of(ByteView spki) {
        const auto key = parse_public_key(spki);
        return key ? std::optional(key->modulus) : std::nullopt;
    }
    Range field(std::string_view name, int copy) const { return copy ? facts_.dct.field_at(layout_, name, copy) : facts_.dct.field_at(layout_, name); }
    int selected() const { return facts_.dct.selected.value_or(0); }
    bool is_selected(int copy) const { return facts_.dct.selected == copy; }

    OlderServer server_of(int copy) const {
        return {judge_server_slot(image_, field(set_.server_key, copy), facts_.system),
                judge_server_address(image_, field(set_.server_address, copy), facts_.system)};
    }

    void judge_selected() {
        const Range at = field(set_.device_key, 0);
        known_.push_back(at);
        auto judged = set_.made_by_device ? judge_device_slot(image_, at, selected(), witnesses_) : judge_fixed_device_slot(image_, at);
        keys_.device = std::move(judged.fact);
        reading_ = std::move(judged.reading);
        keys_.server = judge_server_slot(image_, field(set_.server_key, 0), facts_.system);
        keys_.address = judge_server_address(image_, field(set_.server_address, 0), facts_.system);
        take_own_name_as_meant(keys_);
        if (selected() != 0) consult_older_server(image_, facts_, server_of(3 - selected()), keys_);
        if (facts_.dct.would_reinitialize) {
            std::vector<OlderServer> bodies;
            for (const auto& copy : facts_.dct.copies) bodies.push_back(server_of(copy.number));
            consult_lost_servers(image_, facts_, bodies, keys_);
        }
        keys_.cache = judge_cache(image_, field(set_.public_cache, 0), keys_.device);
    }

    /// Both copies of the table mostly hold the same key: a damaged one need not be rebuilt twice.
    bool same_as_selected(Range at) const {
        const ByteView bytes = image_.leading(at), selected = image_.leading(field(set_.device_key, 0));
        return bytes.size() >= device_slot_size && std::equal(bytes.begin(), bytes.end(), selected.begin(), selected.end());
    }

    void judge_other_copies() {
        for (const auto& copy : facts_.dct.copies) {
            if (is_selected(copy.number)) continue;
            const Range at = field(set_.device_key, copy.number);
            known_.push_back(at);
            auto judged =
                same_as_selected(at) ? JudgedSlot{fact_of(reading_, at, copy.number), reading_} : judge_device_slot(image_, at, copy.number, witnesses_);
            if (judged.fact.what == DeviceKeyClass::NotInFile) continue;
            if (judged.reading.key) add_elsewhere(at, "the other copy of the configuration table", judged.reading);
            if (!keys_.device_in_other_copy || judged.reading.key) keys_.device_in_other_copy = std::move(judged.fact);
        }
    }

    static bool is_made_by_device(KeyEncoding encoding) { return encoding == KeyEncoding::Device || encoding == KeyEncoding::Unpadded; }
    void add_elsewhere(Range at, std::string where, const SlotReading& reading) {
        KeyElsewhere found{.at = range_of(at.begin, reading.extent ? reading.extent : at.size()), .where = std::move(where), .usable = reading.usable};
        if (!reading.public_spki.empty()) found.public_fingerprint = fingerprint_of(reading.public_spki);
        found.same_as_current = found.public_fingerprint && found.public_fingerprint == keys_.device.public_fingerprint;
        found.made_by_device = is_made_by_device(reading.encoding);
        keys_.elsewhere.push_back(std::move(found));
        methods_.push_back(reading.key ? reading.key->method : "");
    }

    std::string place_name(Address at) const {
        if (keys_.server.at.contains(at)) return "the server key slot";
        const auto* region = layout_.region_at(at);
        return region ? "the " + region->title : "elsewhere";
    }
    /// A key that stands there as text is found by no search for its bytes.
    void add_from_server_slot() {
        const auto reading = read_device_slot(image_.leading(range_of(keys_.server.at.begin, device_text_size)), witnesses_);
        const auto spki = reading.key ? reading.public_spki : std::vector<std::uint8_t>();
        const auto is_it = [&](const KeyElsewhere& known) { return known.public_fingerprint == fingerprint_of(spki); };
        if (!spki.empty() && std::none_of(keys_.elsewhere.begin(), keys_.elsewhere.end(), is_it))
            add_elsewhere(keys_.server.at, "the server key slot", reading);
    }
    void search_elsewhere() {
        const auto search = search_private_keys(image_, known_, witnesses_);
        keys_.places_untried = search.untried;
        for (const auto& found : search.found) add_elsewhere(found.at, place_name(found.at.begin), found.reading);
        if (keys_.server.what == ServerKeyClass::WrongType) add_from_server_slot();
        for (const auto& found : search_eeprom_keys(image_, layout_, witnesses_)) {
            const Range page = layout_.eeprom_pages[static_cast<std::size_t>(found.place.page) - 1];
            add_elsewhere(page, "the values of the emulated EEPROM", found.reading);
            keys_.elsewhere.back().at = range_of(page.begin, 4);
            keys_.elsewhere.back().eeprom = found.place;
        }
    }

    std::optional<Sha256> registered_fingerprint() const {
        return registered_ && registered_->bits() == 1024 ? std::optional(fingerprint_of(device_spki(registered_->bytes(128)))) : std::nullopt;
    }
    void judge_owners() {
        KeyOwners owners(image_, facts_);
        keys_.owner = owner_of_slot(facts_, keys_.device.public_fingerprint, registered_fingerprint());
        if (const auto registered = registered_fingerprint()) owners.add_known(*registered);
        if (!table_is_copied(facts_)) {  // what such a table names is the other device's
            if (keys_.device.public_fingerprint) owners.add_known(*keys_.device.public_fingerprint);
            for (const auto& modulus : witnesses_) owners.add_known(fingerprint_of(device_spki(modulus.bytes(128))));
        }
        const auto in_use = KeyOwners::in_use(keys_.device.what == DeviceKeyClass::Good, keys_.regenerated);
        for (auto& found : keys_.elsewhere) found.owner = owners.owner_of(found, in_use);
    }

    /// Both keys written to each other's place: the device key is then whole, in the server key slot.
    void judge_swap() {
        keys_.swapped = keys_.device.what == DeviceKeyClass::ServerKeyInSlot && keys_.server.what == ServerKeyClass::DeviceKeyInSlot;
        if (!keys_.swapped) return;
        const auto older = selected() != 0 ? std::optional(server_of(3 - selected())) : std::nullopt;
        consult_swapped_server(judge_server_slot(image_, keys_.device.at, facts_.system), older ? &*older : nullptr, keys_);
        const ByteView bytes = image_.leading(range_of(keys_.server.at.begin, device_slot_size));
        const auto reading = read_device_slot(bytes, witnesses_);
        if (reading.public_spki.empty()) return;
        keys_.device.public_spki = reading.public_spki;
        keys_.device.public_fingerprint = fingerprint_of(reading.public_spki);
        keys_.cache = judge_cache(image_, field(set_.public_cache, 0), keys_.device);
    }

    bool set(std::string_view name) const {
        for (const auto& fact : facts_.dct.fields)
            if (fact.field && fact.field->name == name) return fact.state == DctFieldFact::State::Set;
        return false;
    }
    /// A unit that never had a key: nothing in it was ever set up, and its table is not a fresh default in the place of a lost one.
    void judge_birth() {
        const auto* copy = facts_.dct.current();
        const bool lost_table = facts_.dct.would_reinitialize || (copy && (copy->fresh_default || copy->reinitialized_mark));
        // No factory leaves out all three; a reset by code up to 0.6.4 does, and leaves no mark of itself.
        const bool from_no_factory = facts_.layout->dct.field("version_string") && !set("version_string") && !set(set_.server_key) && !set(set_.server_address);
        const bool all_erased =
            keys_.device.what == DeviceKeyClass::Erased && keys_.device.damage.size() == 1 && keys_.device.damage.front().size() == device_slot_size;
        const bool had_key = std::ranges::any_of(keys_.elsewhere, [](const KeyElsewhere& found) { return found.owner == KeyOwner::ThisDevice; });
        const bool lived = set("claimed") || set("claim_code") || set("device_id") || facts_.wifi.configured > 0 || had_key || !witnesses_.empty();
        if (all_erased && !lost_table && !from_no_factory && !lived && keys_.cache.state == PublicKeyCache::State::Unset)
            keys_.device.what = DeviceKeyClass::NeverGenerated;
    }

    /// The other copy is no table from before but what the write of a newer one had come to. Copies without numbers do not tell which is the older; the
    /// public-key cache does: it names the key with which the device went online last.
    bool other_is_unfinished_write() const {
        const auto* other = facts_.dct.other();
        if (!other) return false;
        if (other->state == DctCopyState::Incomplete) return keys_.cache.state != PublicKeyCache::State::BelongsToOtherKey;
        return other->state == DctCopyState::ValidTwin && !other->has_version_struct && keys_.cache.state == PublicKeyCache::State::Matches;
    }

    void judge_regeneration() {
        if (keys_.device.what != DeviceKeyClass::Good || !is_made_by_device(keys_.device.encoding)) return;
        const auto* copy = facts_.dct.current();
        const auto& other = keys_.device_in_other_copy;
        const bool older_key = other && is_own_copy(image_, facts_, other->dct_copy) && other->what == DeviceKeyClass::Good && other->public_fingerprint &&
                               other->public_fingerprint != keys_.device.public_fingerprint && !facts_.dct.other_is_newer() && !newest_was_lost(facts_.dct) &&
                               !other_is_unfinished_write();
        if (copy && copy->reinitialized_mark)
            keys_.regenerated_because = "the table's header carries the mark of a re-initialisation, and the key has the form that the device itself writes";
        else if (older_key)
            keys_.regenerated_because = "the key has the form that the device itself writes, and the other copy of the table holds a different whole key";
        else
            keys_.regenerated_because = why_key_was_lost(image_, facts_, keys_.device.public_spki);
        keys_.regenerated = !keys_.regenerated_because.empty();
        if (keys_.regenerated && keys_.device.what == DeviceKeyClass::Good) keys_.history = history_of_key(image_, facts_, keys_);
    }

    void add_recovery(std::string method, std::string source, const Sha256& fingerprint, KeyOwner owner = KeyOwner::ThisDevice) {
        auto& list = owner == KeyOwner::ThisDevice ? keys_.recoveries : keys_.possible;
        for (const auto& known : list)
            if (known.public_fingerprint == fingerprint) return;
        KeyFacts::Recovery recovery{.method = std::move(method), .source = std::move(source), .public_fingerprint = fingerprint, .proved = true};
        recovery.matches_cache = keys_.cache.fingerprint && *keys_.cache.fingerprint == fingerprint;
        recovery.matches_registered = registered_fingerprint() == fingerprint;
        list.push_back(std::move(recovery));
    }
    /// The cloud is known to hold another key than the one that belongs to the slot.
    bool another_is_registered() const { return registered_ && !keys_.device.public_spki.empty() && modulus_of(keys_.device.public_spki) != registered_; }

    /// The key with which the device was online last is another than the one in use, and lies whole in this dump.
    bool holds_cached_key() const {
        const auto is_it = [&](const KeyElsewhere& found) { return found.usable && found.public_fingerprint == keys_.cache.fingerprint; };
        return keys_.cache.state == PublicKeyCache::State::BelongsToOtherKey && std::any_of(keys_.elsewhere.begin(), keys_.elsewhere.end(), is_it);
    }

    /// Ways back to an older or the right key; only where the slot's own key is not simply good.
    void list_recoveries() {
        const bool good = keys_.device.what == DeviceKeyClass::Good;
        if (good && !keys_.regenerated && !another_is_registered() && !newest_was_lost(facts_.dct) && !holds_cached_key()) return;
        if (keys_.device.what == DeviceKeyClass::NotInFile && !facts_.dct.would_reinitialize) return;
        if (!good && reading_.key && keys_.device.public_fingerprint && keys_.owner != KeyOwner::Another)
            add_recovery(reading_.key->method, std::string(slot_itself), *keys_.device.public_fingerprint);
        for (std::size_t i = 0; i < keys_.elsewhere.size(); ++i) {
            const auto& found = keys_.elsewhere[i];
            if (found.public_fingerprint && !methods_[i].empty() && !(good && found.same_as_current) && found.owner != KeyOwner::Another)
                add_recovery(methods_[i], found.where, *found.public_fingerprint, found.owner);
        }
        if (!keys_.recoveries.empty()) keys_.possible.clear();
        if (!newest_was_lost(facts_.dct) && !facts_.dct.other_is_newer()) compare_with_named_keys(image_, keys_);
        std::stable_partition(keys_.recoveries.begin(), keys_.recoveries.end(), [](const auto& recovery) { return recovery.matches_cache; });
        // A tool that leaves PKCS#8 in the slot registers that key (docs/formats/keys.md); until the next start the cache still names the one before.
        const bool by_tool = keys_.device.what == DeviceKeyClass::WrongEncoding && keys_.device.encoding == KeyEncoding::Pkcs8;
        std::stable_partition(keys_.recoveries.begin(), keys_.recoveries.end(),
                              [&](const auto& recovery) { return by_tool && recovery.source == slot_itself; });
        std::stable_partition(keys_.recoveries.begin(), keys_.recoveries.end(), [](const auto& recovery) { return recovery.matches_registered; });
    }

    /// Of two keys in one slot the older one is on record, and the device went online with that last.
    void decide_registered() {
        keys_.registered_spki = keys_.device.public_spki;
        if (keys_.device.what == DeviceKeyClass::Mixed && !witnesses_.empty()) keys_.registered_spki = device_spki(witnesses_.front().bytes(128));
        if (keys_.registered_spki.empty() && !witnesses_.empty()) keys_.registered_spki = device_spki(witnesses_.front().bytes(128));
        const auto& other = keys_.device_in_other_copy;
        if (keys_.registered_spki.empty() && other && is_own_copy(image_, facts_, other->dct_copy))
            keys_.registered_spki = keys_.device_in_other_copy->public_spki;
    }

    const Image& image_;
    const Facts& facts_;
    const Layout& layout_;
    const KeySet& set_;
    const std::optional<Number> registered_;  // what the cloud is known to hold
    KeyFacts keys_;
    SlotReading reading_;  // of the selected copy; holds the secret no longer than this object lives
    std::vector<Number> witnesses_;
    std::vector<Range> known_;
    std::vector<std::string> methods_;  // one for each of keys_.elsewhere
};

}  // namespace

std::vector<Number> known_moduli(const Image& image, const Facts& facts) {
    std::vector<Number> list;
    const auto add = [&](Range cache) {
        auto modulus = cached_modulus(image, cache);
        if (modulus && std::find(list.begin(), list.end(), *modulus) == list.end()) list.push_back(std::move(*modulus));
    };
    add(facts.dct.field_at(*facts.layout, facts.keys->public_cache));
    for (const auto& copy : facts.dct.copies)
        if (facts.dct.selected != copy.number && is_own_copy(image, facts, copy.number))
            add(facts.dct.field_at(*facts.layout, facts.keys->public_cache, copy.number));
    return list;
}

KeyFacts judge_rsa_keys(const Image& image, const Facts& facts, ByteView registered_spki) { return Judge(image, facts, registered_spki).run(); }

}  // namespace photopsy
