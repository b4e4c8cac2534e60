#include "handshake/dtls.h"
#include "handshake/ec_search.h"
#include "handshake/judge.h"
#include "handshake/key_owner.h"
#include "handshake/own_server.h"

#include <algorithm>

namespace photopsy {

namespace {

/// Collects what one dump says about EC keys, in the order in which one thing helps with the next.
class EcJudge {
public:
    EcJudge(const Image& image, const Facts& facts, ByteView registered_spki)
        : image_(image),
          facts_(facts),
          layout_(*facts.layout),
          set_(*facts.keys),
          rules_(dtls_rules(facts.system)),
          registered_(parse_ec_spki(registered_spki)) {}

    KeyFacts run() {
        witnesses_ = known_ec_points(image_, facts_);
        if (registered_) witnesses_.push_back(*registered_);
        judge_selected();
        judge_other_copies();
        for (const auto& found : search_ec_keys(image_, known_, witnesses_)) add_elsewhere(found.at, place_name(found.at.begin), found.reading);
        add_from_server_slot();
        take_overrun();
        judge_swap();
        judge_regeneration();
        judge_owners();
        judge_birth();
        list_recoveries();
        decide_registered();
        return std::move(keys_);
    }

private:
    static constexpr std::uint32_t longest_thing = 4096;

    Range field(std::string_view name, int copy) const { return copy ? facts_.dct.field_at(layout_, name, copy) : facts_.dct.field_at(layout_, name); }

    OlderServer server_of(int copy) const {
        return {judge_ec_server_slot(image_, field(set_.server_key, copy), rules_), judge_udp_address(image_, field(set_.server_address, copy), rules_)};
    }

    void judge_selected() {
        const Range at = field(set_.device_key, 0);
        known_.push_back(at);
        reading_ = read_ec_slot_at(image_, at, rules_.parser, witnesses_);
        keys_.device = fact_of_ec(reading_, at, facts_.dct.selected.value_or(0));
        keys_.server = judge_ec_server_slot(image_, field(set_.server_key, 0), rules_);
        keys_.address = judge_udp_address(image_, field(set_.server_address, 0), rules_);
        take_own_name_as_meant(keys_);
        if (const int selected = facts_.dct.selected.value_or(0); selected != 0) consult_older_server(image_, facts_, server_of(3 - selected), keys_);
        if (facts_.dct.would_reinitialize) {
            std::vector<OlderServer> bodies;
            for (const auto& copy : facts_.dct.copies) bodies.push_back(server_of(copy.number));
            consult_lost_servers(image_, facts_, bodies, keys_);
        }
        keys_.cache = judge_ec_cache(image_, field(set_.public_cache, 0), keys_.device, facts_.system);
    }

    void judge_other_copies() {
        for (const auto& copy : facts_.dct.copies) {
            if (facts_.dct.selected == copy.number) continue;
            const Range at = field(set_.device_key, copy.number);
            known_.push_back(at);
            auto reading = read_ec_slot_at(image_, at, rules_.parser, witnesses_);
            auto fact = fact_of_ec(reading, at, copy.number);
            if (fact.what == DeviceKeyClass::NotInFile) continue;
            if (reading.key) add_elsewhere(at, "the other copy of the configuration table", reading);
            if (keys_.device_in_other_copy && !reading.key) continue;
            keys_.device_in_other_copy = std::move(fact);
            other_first_key_ = reading.first_key;
        }
    }

    void add_elsewhere(Range at, std::string where, const EcSlotReading& reading) {
        const std::uint32_t size = reading.frame ? reading.frame->extent : at.size();
        KeyElsewhere found{.at = range_of(at.begin, size), .where = std::move(where), .usable = reading.usable};
        if (!reading.public_spki.empty()) found.public_fingerprint = fingerprint_of(reading.public_spki);
        found.same_as_current = found.public_fingerprint && found.public_fingerprint == keys_.device.public_fingerprint;
        found.made_by_device = reading.encoding == KeyEncoding::Device;
        keys_.elsewhere.push_back(std::move(found));
        methods_.push_back(reading.key ? reading.method : "");
    }

    std::string place_name(Address at) const {
        if (keys_.server.at.contains(at)) return "the server key slot";
        const auto* region = layout_.region_at(at);
        return region ? "the " + region->title : "elsewhere";
    }

    /// A key that stands there as text is found by no search for its bytes.
    void add_from_server_slot() {
        if (keys_.server.what != ServerKeyClass::WrongType) return;
        const auto reading = read_ec_slot_at(image_, range_of(keys_.server.at.begin, ec_device_slot_size), rules_.parser, witnesses_);
        if (!reading.key || reading.public_spki.empty()) return;
        for (const auto& known : keys_.elsewhere)
            if (known.public_fingerprint == fingerprint_of(reading.public_spki)) return;
        add_elsewhere(keys_.server.at, "the server key slot", reading);
    }
    /// A key of another kind in the device's slot is longer than that: where it ran on, no server key is left behind it.
    void take_overrun() {
        const auto& server = keys_.server;
        if (keys_.device.by_text_transfer && server.what == ServerKeyClass::Corrupted && server.damage.front().begin == server.at.begin)
            keys_.device.reach = server.damage.front().end - keys_.device.at.begin;
        const bool nothing_left = keys_.server.what == ServerKeyClass::Corrupted && keys_.server.damage == std::vector{keys_.server.at};
        if (keys_.device.what != DeviceKeyClass::WrongType || keys_.device.reach != 0 || !nothing_left) return;
        const ByteView bytes = image_.leading(range_of(keys_.device.at.begin, ec_device_slot_size));
        if (bytes.size() < 4 || bytes[0] != 0x30 || bytes[1] != 0x82) return;
        const std::uint32_t size = 4u + big_endian<std::uint16_t>(bytes.subspan(2));
        if (size <= longest_thing) keys_.device.reach = size;
    }

    /// Of a public key alone nothing says whose it is; beside a private key in the server's slot it is the server's, unless it is that key's own half.
    bool is_servers(const ServerKey& in_device_slot, const EcSlotReading& in_server_slot) const {
        return keys_.device.what == DeviceKeyClass::WrongType && in_device_slot.what == ServerKeyClass::ValidOther && !in_server_slot.public_spki.empty() &&
               in_device_slot.fingerprint != fingerprint_of(in_server_slot.public_spki);
    }
    void judge_swap() {
        if (keys_.server.what != ServerKeyClass::DeviceKeyInSlot) return;
        const auto reading = read_ec_slot_at(image_, range_of(keys_.server.at.begin, ec_device_slot_size), rules_.parser, witnesses_);
        const auto in_device_slot = judge_ec_server_slot(image_, keys_.device.at, rules_);
        if (is_servers(in_device_slot, reading)) {
            keys_.device.what = DeviceKeyClass::ServerKeyInSlot;
            keys_.device.detail = "the slot holds a server's EC public key, as it belongs into the server key slot";
        }
        keys_.swapped = keys_.device.what == DeviceKeyClass::ServerKeyInSlot;
        if (!keys_.swapped) return;
        const int selected = facts_.dct.selected.value_or(0);
        const auto older = selected != 0 ? std::optional(server_of(3 - selected)) : std::nullopt;
        consult_swapped_server(in_device_slot, older ? &*older : nullptr, keys_);
        if (reading.public_spki.empty()) return;
        keys_.device.public_spki = reading.public_spki;
        keys_.device.public_fingerprint = fingerprint_of(reading.public_spki);
        keys_.cache = judge_ec_cache(image_, field(set_.public_cache, 0), keys_.device, facts_.system);
    }

    void judge_owners() {
        KeyOwners owners(image_, facts_);
        const auto registered = registered_ ? std::optional(fingerprint_of(ec_spki(*registered_))) : std::nullopt;
        keys_.owner = owner_of_slot(facts_, keys_.device.public_fingerprint, registered);
        if (registered) owners.add_known(*registered);
        if (!table_is_copied(facts_)) {  // what such a table names is the other device's
            if (keys_.device.public_fingerprint) owners.add_known(*keys_.device.public_fingerprint);
            for (const auto& point : witnesses_) owners.add_known(fingerprint_of(ec_spki(point)));
        }
        const auto in_use = KeyOwners::in_use(keys_.device.what == DeviceKeyClass::Good, keys_.regenerated);
        for (auto& found : keys_.elsewhere) found.owner = owners.owner_of(found, in_use);
    }

    bool set(std::string_view name) const {
        for (const auto& fact : facts_.dct.fields)
            if (fact.field && fact.field->name == name) return fact.state == DctFieldFact::State::Set;
        return false;
    }
    bool table_is_fresh() const {
        const auto* copy = facts_.dct.current();
        return facts_.dct.would_reinitialize || (copy && (copy->fresh_default || copy->reinitialized_mark));
    }
    bool slot_is_blank() const { return keys_.device.what == DeviceKeyClass::Erased && keys_.device.damage.front().size() == ec_device_slot_size; }

    /// From 0.8.0-rc.2 on each start with a key writes the cache, up to 1.4.4 with zeros.
    bool started_before() const {
        const ByteView cache = image_.leading(field(set_.public_cache, 0));
        return !cache.empty() && !all_erased(cache);
    }
    /// A unit that never had a key: nothing in it was ever set up, and its table is not a fresh default in the place of a lost one.
    void judge_birth() {
        const bool had_key = std::ranges::any_of(keys_.elsewhere, [](const KeyElsewhere& found) { return found.owner == KeyOwner::ThisDevice; });
        const bool lived = set("claimed") || set("claim_code") || started_before() || had_key || !witnesses_.empty();
        if (slot_is_blank() && !table_is_fresh() && !lived) keys_.device.what = DeviceKeyClass::NeverGenerated;
    }

    bool other_holds_another_key() const {
        const auto& other = keys_.device_in_other_copy;
        return other && is_own_copy(image_, facts_, other->dct_copy) && other->public_fingerprint && other->what == DeviceKeyClass::Good &&
               other->public_fingerprint != keys_.device.public_fingerprint;
    }
    /// The other copy's key was loaded over the one of this copy, whose point still stands behind it: this copy is the older one.
    bool other_replaced_this() const { return other_first_key_ && !keys_.device.public_spki.empty() && ec_spki(*other_first_key_) == keys_.device.public_spki; }

    /// The other copy is no table from before but what the write of a newer one had come to.
    bool other_is_unfinished_write() const {
        const auto* other = facts_.dct.other();
        return other && other->state == DctCopyState::Incomplete && keys_.cache.state != PublicKeyCache::State::BelongsToOtherKey;
    }

    void judge_regeneration() {
        const auto& other = keys_.device_in_other_copy;
        const bool old_key_left = other && is_own_copy(image_, facts_, other->dct_copy) && other->what == DeviceKeyClass::Good;
        if (slot_is_blank() && table_is_fresh() && old_key_left && !facts_.dct.would_reinitialize)
            keys_.regenerated_because = "the table in use is a fresh one without any key, and the other copy still holds the key that the device had";
        if (keys_.device.what == DeviceKeyClass::Good && keys_.device.encoding == KeyEncoding::Device && other_holds_another_key() &&
            !facts_.dct.other_is_newer() && !other_is_unfinished_write() && !other_replaced_this())
            keys_.regenerated_because = "the key has the form that the device itself writes, and the other copy of the table holds a different whole key";
        else if (keys_.device.what == DeviceKeyClass::Good && keys_.device.encoding == KeyEncoding::Device)
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
        recovery.matches_registered = registered_ && fingerprint_of(ec_spki(*registered_)) == fingerprint;
        list.push_back(std::move(recovery));
    }

    /// The key with which the device was online last is another than the one in use, and lies whole in this dump.
    bool holds_cached_key() const {
        const auto is_it = [&](const KeyElsewhere& found) { return found.usable && found.public_fingerprint == keys_.cache.fingerprint; };
        return keys_.cache.state == PublicKeyCache::State::BelongsToOtherKey && std::any_of(keys_.elsewhere.begin(), keys_.elsewhere.end(), is_it);
    }

    void list_recoveries() {
        const bool good = keys_.device.what == DeviceKeyClass::Good;
        const bool another_is_registered = registered_ && !keys_.device.public_spki.empty() && keys_.device.public_spki != ec_spki(*registered_);
        if (good && !keys_.regenerated && !another_is_registered && !undone_key() && !holds_cached_key()) return;
        if (keys_.device.what == DeviceKeyClass::NotInFile && !facts_.dct.would_reinitialize) return;
        if (!good && reading_.key && keys_.device.public_fingerprint && keys_.owner != KeyOwner::Another)
            add_recovery(reading_.method, "this slot", *keys_.device.public_fingerprint);
        for (std::size_t i = 0; i < keys_.elsewhere.size(); ++i) {
            const auto& found = keys_.elsewhere[i];
            if (found.public_fingerprint && !methods_[i].empty() && !(good && found.same_as_current) && found.owner != KeyOwner::Another)
                add_recovery(methods_[i], found.where, *found.public_fingerprint, found.owner);
        }
        if (!keys_.recoveries.empty()) keys_.possible.clear();
        if (!undone_key() && !facts_.dct.other_is_newer()) compare_with_named_keys(image_, keys_);
        std::stable_partition(keys_.recoveries.begin(), keys_.recoveries.end(), [](const auto& recovery) { return recovery.matches_cache; });
        std::stable_partition(keys_.recoveries.begin(), keys_.recoveries.end(), [](const auto& recovery) { return recovery.matches_registered; });
    }

    /// The firmware passes over a copy whose write was complete, and with it over the key in it: whoever loaded that key has registered it by then.
    bool undone_key() const {
        const auto& dcd = facts_.dct.dcd;
        return dcd && dcd->undone != DcdFacts::Undone::No && !dcd->tie && other_holds_another_key();
    }

    void decide_registered() {
        keys_.registered_spki = keys_.device.public_spki;
        const auto& other = keys_.device_in_other_copy;
        if (undone_key()) keys_.registered_spki = other->public_spki;
        if (keys_.registered_spki.empty() && other && is_own_copy(image_, facts_, other->dct_copy)) keys_.registered_spki = other->public_spki;
    }

    const Image& image_;
    const Facts& facts_;
    const Layout& layout_;
    const KeySet& set_;
    const DtlsRules rules_;
    const std::optional<EcPoint> registered_;  // what the cloud is known to hold
    KeyFacts keys_;
    EcSlotReading reading_;  // of the selected copy; holds the secret no longer than this object lives
    std::optional<EcPoint> other_first_key_;
    std::vector<EcPoint> witnesses_;
    std::vector<Range> known_;
    std::vector<std::string> methods_;  // one for each of keys_.elsewhere
};

}  // namespace

KeyFacts judge_ec_keys(const Image& image, const Facts& facts, ByteView registered_spki) { return EcJudge(image, facts, registered_spki).run(); }

}  // namespace photopsy
