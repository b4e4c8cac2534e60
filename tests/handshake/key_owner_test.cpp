// Whose a key is that lies in a dump: this device's, anybody's, or surely another's.
#include "handshake/key_owner.h"

#include "mend/keys.h"
#include "photopsy.h"
#include "support/keys.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include "catch.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr auto lost_key = R"(, { act = "write", field = "device_private_key", fill = 255, length = 612 }, { act = "write", field = "claimed", hex = "31" })";
constexpr auto lost_cache = R"(, { act = "write", field = "device_public_key", fill = 255, length = 384 })";
/// A table of this device, in the OTA area, with key 2 in its slot: 0x1d7c + 34.
const std::string table_in_ota = R"({ act = "copy", at = "ota", from = "dct1", length = 16384 }, { act = "put", at = "ota+0x1d9e", key = 2, pad = 612 })";

Bytes photon_of_owner(const std::string& then, const std::string& damage) {
    const auto made = sample::make_sample(
        "title = \"x\"\ndevice = \"photon\"\nseed = 181\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
        "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"x\" }, { act = \"provision\" }" +
            then + "]\ndamage = [" + damage + "]\n",
        "owner");
    REQUIRE(made);
    return made->file;
}

Analysis judged_owner(const Bytes& file, const char* device = "photon") {
    const auto& layout = *builtin_layout(device);
    return analyze(recognize(file, "dump.bin", "", layout), layout);
}

Analysis owner_case(const std::string& then, const std::string& damage) { return judged_owner(photon_of_owner(then, damage)); }

/// Of the one key that lies neither in the slot in use nor in that of the other copy.
KeyOwner only_owner(const Analysis& analysis) {
    std::vector<KeyOwner> owners;
    for (const auto& found : analysis.keys.elsewhere)
        if (found.where != "the other copy of the configuration table") owners.push_back(found.owner);
    REQUIRE(owners.size() == 1);
    return owners.front();
}

bool writes_recovered_key(const Analysis& analysis) {
    for (const auto& ways : analysis.remedies)
        for (const auto& way : ways)
            for (const auto& step : way.steps)
                if (step.kind == RemedyStep::Kind::RecoverKey && way.role == Remedy::Role::Way) return true;
    return false;
}

/// A page of the emulated EEPROM with these values from cell 12 on.
Bytes eeprom_with(const Bytes& values) {
    Bytes page = {0x00, 0x00, 0xFF, 0xFF};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto cell = i + 12;
        page.insert(page.end(), {values[i], 0x00, static_cast<std::uint8_t>(cell & 0xFF), static_cast<std::uint8_t>(cell >> 8)});
    }
    return page;
}

}  // namespace

TEST_CASE("a key that lies about is this device's only where something says so", "[keys][handshake]") {
    const std::string stranger = R"({ act = "put", at = "ota+0x1004", key = 2 })", own = R"({ act = "put", at = "ota+0x1004", key = 1 })";
    // The public-key cache names the key that was lost: the one is that key, the other is not.
    const auto proved = owner_case(lost_key, own), refuted = owner_case(lost_key, stranger);
    CHECK(only_owner(proved) == KeyOwner::ThisDevice);
    CHECK(proved.keys.recoveries.size() == 1);
    CHECK(writes_recovered_key(proved));
    CHECK(only_owner(refuted) == KeyOwner::Another);
    CHECK(refuted.keys.recoveries.empty());
    CHECK(refuted.keys.possible.empty());
    CHECK_FALSE(writes_recovered_key(refuted));
    // Nothing names it.
    const auto unknown = owner_case(std::string(lost_cache) + lost_key, stranger);
    CHECK(only_owner(unknown) == KeyOwner::Unknown);
    CHECK(unknown.keys.recoveries.empty());
    CHECK(unknown.keys.possible.size() == 1);
    CHECK_FALSE(writes_recovered_key(unknown));
}

TEST_CASE("what is left of the slot says whose key a whole one elsewhere is", "[keys][handshake]") {
    const auto cut_to = [](int left) {
        return fmt::format(
            R"({}, {{ act = "write", field = "device_private_key", offset = {}, fill = 255, length = {} }}, {{ act = "write", field = "claimed", hex = "31" }})",
            lost_cache, left, 612 - left);
    };
    const std::string own = R"({ act = "put", at = "ota+0x1004", key = 1 })", stranger = R"({ act = "put", at = "ota+0x1004", key = 2 })";
    for (const int left : {80, 200, 300}) {
        INFO(left);
        CHECK(only_owner(owner_case(cut_to(left), own)) == KeyOwner::ThisDevice);
        CHECK(only_owner(owner_case(cut_to(left), stranger)) != KeyOwner::ThisDevice);
    }
    CHECK(only_owner(owner_case(cut_to(200), stranger)) == KeyOwner::Another);  // the whole modulus is left
    CHECK(only_owner(owner_case("", stranger)) == KeyOwner::Another);           // the key in use is whole
}

TEST_CASE("a key that the device made anew does not refute an older one", "[keys][handshake]") {
    const std::string raw = R"({ act = "put", at = "ota+0x1004", key = 2 })";
    const auto anew = owner_case(R"(, { act = "reinitialize" }, { act = "provision", key = 3 })", raw);
    REQUIRE(anew.keys.regenerated);
    CHECK(only_owner(anew) == KeyOwner::Unknown);
    CHECK(anew.keys.possible.size() == 1);
    CHECK_FALSE(writes_recovered_key(anew));
    CHECK(only_owner(owner_case("", raw)) == KeyOwner::Another);
}

TEST_CASE("a key in the slot of a table is that of the device that the table names", "[keys][handshake]") {
    const auto same = owner_case(lost_key, table_in_ota);
    CHECK(only_owner(same) == KeyOwner::ThisDevice);
    const std::string id_at = "ota+0x2b9e";  // 0x1d7c + 3618
    const auto named = [&](const std::string& hex) { return owner_case(lost_key, table_in_ota + ", { act = \"put\", at = \"" + id_at + "\", " + hex + " }"); };
    CHECK(only_owner(named("hex = \"500033000d51343334363138\"")) == KeyOwner::Another);
    CHECK(named("hex = \"500033000d51343334363138\"").keys.recoveries.empty());
    const auto says_foreign = [](const Analysis& analysis) {
        return std::ranges::any_of(analysis.findings.all(),
                                   [](const Finding& finding) { return finding.explain.find("not this device's") != std::string::npos; });
    };
    CHECK(says_foreign(named("hex = \"500033000d51343334363138\"")));
    CHECK_FALSE(says_foreign(same));
    CHECK(only_owner(named("hex = \"ffffffffffffffffffffffff\"")) == KeyOwner::ThisDevice);
}

TEST_CASE("an older copy of another device's table gives no key, no cache and no history", "[keys][handshake]") {
    const std::string other_key = R"({ act = "put", at = "dct-other.device_private_key", key = 2, pad = 612 })",
                      other_id = R"(, { act = "put", at = "dct-other.device_id", hex = "500033000d51343334363138" })";
    const std::string lost_in_use = R"(, { act = "write", field = "device_private_key", fill = 255, length = 612 })";
    CHECK(owner_case(lost_in_use, other_key).keys.recoveries.size() == 1);
    const auto foreign = owner_case(lost_in_use, other_key + other_id);
    CHECK(foreign.keys.recoveries.empty());
    CHECK(is_own_copy(foreign.capture.image, foreign.facts, *foreign.facts.dct.selected));
    CHECK_FALSE(is_own_copy(foreign.capture.image, foreign.facts, 3 - *foreign.facts.dct.selected));
}

TEST_CASE("the key of a table that was copied from another device is that device's", "[keys][handshake]") {
    const std::string id = "410033000f47353138383138",
                      named = R"(, { act = "write", field = "device_id", hex = "500033000d47343334363138" }, { act = "write", field = "claimed", hex = "31" })",
                      flipped = R"({ act = "flip", at = "dct.device_private_key+60", bit = 1 })";
    const auto in_chip = [](const Bytes& file, const std::string& chip, const AnalyzeOptions& options = {}) {
        const auto& layout = *builtin_layout("photon");
        auto capture = recognize(file, "dump.bin", "", layout);
        capture.record.emplace();
        capture.record->serial = chip;
        capture.record->serial_is_device_id = true;
        return analyze(std::move(capture), layout, options);
    };
    const auto file = photon_of_owner(named, flipped);
    const auto own = in_chip(file, "500033000D47343334363138"), copied = in_chip(file, id);
    CHECK(own.keys.owner == KeyOwner::ThisDevice);
    CHECK(own.keys.recoveries.size() == 1);
    CHECK(writes_recovered_key(own));
    CHECK(copied.keys.owner == KeyOwner::Another);
    CHECK(copied.keys.recoveries.empty());
    CHECK_FALSE(writes_recovered_key(copied));
    REQUIRE(copied.diagnosis.causes.size() == 2);
    CHECK(copied.diagnosis.causes.front().cause->id == "table-copied-from-other-device");
    CHECK(own.diagnosis.causes.front().cause->id == "private-key-bit-flip");
    // The original may want it back, and the owner's word for it counts.
    const auto list = recover_keys(copied.capture.image, copied.facts);
    REQUIRE_FALSE(list.empty());
    CHECK(list.front().owner == KeyOwner::Another);
    const auto registered = in_chip(file, id, {.registered_spki = own.keys.registered_spki});
    CHECK(registered.keys.owner == KeyOwner::ThisDevice);
    CHECK(registered.keys.recoveries.size() == 1);
    // An older copy from there does not make it this device's.
    const auto lost = in_chip(photon_of_owner(named + lost_key, ""), id);
    CHECK(lost.keys.recoveries.empty());
    CHECK(lost.keys.possible.empty());
}

TEST_CASE("an older key is doubted where the slot or the cache names another", "[keys][handshake]") {
    // Key 2, loaded over key 1, came in part.
    const std::string loaded =
                          std::string(lost_cache) +
                          R"(, { act = "write", field = "device_private_key", key = 2, form = "device" }, { act = "write", field = "claimed", hex = "31" })",
                      older = R"({ act = "put", at = "dct-other.device_private_key", key = 1, pad = 612 })",
                      elsewhere = R"({ act = "put", at = "ota+0x1004", key = 2 })";
    for (const int left : {80, 200}) {
        INFO(left);
        const auto damage = older + fmt::format(R"(, {{ act = "fill", at = "dct.device_private_key+{}", value = 255, length = {} }})", left, 612 - left);
        const auto doubted = owner_case(loaded, damage);
        REQUIRE(doubted.keys.recoveries.size() == 1);
        CHECK(doubted.keys.recoveries.front().another_in_slot);
        CHECK(doubted.keys.recoveries.front().another_is_named);
        const auto both = owner_case(loaded, damage + ", " + elsewhere);
        REQUIRE(both.keys.recoveries.size() == 2);
        CHECK_FALSE(both.keys.recoveries.front().another_is_named);
        CHECK(both.keys.recoveries.back().another_is_named);
        CHECK(recover_keys(both.capture.image, both.facts).front().public_fingerprint == both.keys.recoveries.front().public_fingerprint);
    }
    const std::string erased = R"(, { act = "write", field = "device_private_key", fill = 255, length = 612 })";
    const auto plain = owner_case(erased, "");
    REQUIRE(plain.keys.recoveries.size() == 1);
    CHECK_FALSE(plain.keys.recoveries.front().another_is_named);
    const auto cached = owner_case(R"(, { act = "write", field = "device_public_key", key = 2, form = "public" })" + erased, "");
    REQUIRE(cached.keys.recoveries.size() == 1);
    CHECK(cached.keys.recoveries.front().another_is_named);
    CHECK_FALSE(cached.keys.recoveries.front().another_in_slot);
}

TEST_CASE("what DeviceKeyHelperRK saves is this device's key by its form", "[keys][eeprom]") {
    const auto& layout = *builtin_layout("photon");
    const auto key = encode_for_device(second_key());
    const auto with_page = [&](const std::string& then, const Bytes& values) {
        Image image(photon_of_owner(then, ""), layout.flash.begin);
        image.put(layout.eeprom_pages[0].begin, eeprom_with(values));
        const auto flash = image.everything();
        return only_owner(judged_owner({flash.begin(), flash.end()}));
    };
    Bytes saved = {0x63, 0x5C, 0xA6, 0x75, 0x40, 0x06, 0x00, 0x00};
    saved.insert(saved.end(), key.begin(), key.end());
    CHECK(with_page(std::string(lost_cache) + lost_key, saved) == KeyOwner::ThisDevice);
    CHECK(with_page("", saved) == KeyOwner::ThisDevice);  // the one in use was made after it, as far as the form says
    CHECK(with_page(lost_key, saved) == KeyOwner::Another);
    CHECK(with_page(std::string(lost_cache) + lost_key, key) == KeyOwner::Unknown);
}

TEST_CASE("a key that lies about on an Electron is judged alike", "[keys][electron]") {
    const auto electron = [](const std::string& then, int key) {
        const auto made = sample::make_sample(
            "title = \"x\"\ndevice = \"electron\"\nseed = 182\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
            "{ act = \"factory-table\", release = \"1.5.2\" }, { act = \"provision\" }, { act = \"write\", field = \"alt_device_public_key\", key = 1, form = "
            "\"public\" }" +
                then + fmt::format("]\ndamage = [{{ act = \"put\", at = \"ota+0x1004\", key = {} }}]\n", key),
            "owner");
        REQUIRE(made);
        return judged_owner(made->file, "electron");
    };
    const std::string
        lost = R"(, { act = "write", field = "alt_device_private_key", fill = 255, length = 192 }, { act = "write", field = "claimed", hex = "31" })",
        no_cache = R"(, { act = "write", field = "alt_device_public_key", fill = 255, length = 128 })";
    CHECK(only_owner(electron(no_cache + lost, 2)) == KeyOwner::Unknown);
    CHECK(electron(no_cache + lost, 2).keys.recoveries.empty());
    CHECK(only_owner(electron("", 2)) == KeyOwner::Another);
}

TEST_CASE("keys recover lists the device's own key before all others", "[keys][mend]") {
    const auto first = [](const Analysis& analysis) {
        const auto list = recover_keys(analysis.capture.image, analysis.facts);
        REQUIRE_FALSE(list.empty());
        return list.front();
    };
    const std::string stranger = R"({ act = "put", at = "ota+0x1004", key = 2 })";
    CHECK(first(owner_case("", stranger)).is_present_key);
    CHECK(first(owner_case("", stranger)).owner == KeyOwner::ThisDevice);
    CHECK(first(owner_case(lost_key, stranger)).owner == KeyOwner::Another);
    CHECK(first(owner_case(lost_key, stranger + R"(, { act = "put", at = "ota+0x3004", key = 1 })")).owner == KeyOwner::ThisDevice);
}

TEST_CASE("the key that the cache names is a way back where another one was put over it", "[keys][handshake]") {
    const std::string other_key = R"(, { act = "write", field = "device_private_key", key = 2, form = "pkcs1" })";
    const auto replaced = owner_case(other_key, "");
    REQUIRE(replaced.keys.cache.state == PublicKeyCache::State::BelongsToOtherKey);
    REQUIRE(replaced.keys.recoveries.size() == 1);
    CHECK(replaced.keys.recoveries.front().matches_cache);
    CHECK_FALSE(writes_recovered_key(replaced));  // only as the other way: the key in use is whole
    CHECK(owner_case("", "").keys.recoveries.empty());
}
