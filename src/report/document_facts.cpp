#include "base/counted.h"
#include "base/hex.h"
#include "facts/headerless.h"
#include "facts/published_name.h"
#include "report/document_parts.h"
#include "report/words.h"

#include <fmt/format.h>

namespace photopsy {

static std::string in_words(std::string_view what, std::optional<bool> check) {
    return fmt::format("{} {}", what, !check ? "not checked" : *check ? "ok" : "BAD");
}

static std::string checks_of(const Module& module) {
    if (!module.present()) return "";
    return in_words("checksum", module.integrity_ok()) + ", " + in_words("range", module.range_ok) + ", " + in_words("platform", module.platform_ok) + ", " +
           in_words("dependencies", module.dependencies_ok);
}

static std::string remark_on(const Module& module) {
    switch (module.presence) {
        case Presence::Absent:
            return "not in the file";
        case Presence::Erased:
            return "erased";
        case Presence::NoHeader:
            if (may_lack_header(module)) return "no module header: firmware of before 0.4 has none";
            return module.slot == "factory" ? "no factory image: the end of an earlier update lies there (normal)" : "no module header";
        case Presence::Present:
            break;
    }
    if (module.integrity == Integrity::Placeholder) return "built without a checksum";
    if (module.integrity == Integrity::Bad) return "checksum fails";
    if (!module.known_as.empty()) return module.releases.empty() ? "published: " + published_name(module.known_as) : "";
    return module.integrity == Integrity::Good ? "valid, unknown build" : "";
}

void describe_modules(Document& document, const Facts& facts, const Layout* layout, const Discretion& discretion) {
    for (const auto& module : facts.modules) {
        const auto* slot = layout ? layout->slot(module.slot) : nullptr;
        ModuleText text{
            .slot = module.slot, .title = slot ? slot->title : module.slot, .state = state_of(module), .at = module.at.empty() ? module.slot_at : module.at};
        text.remark = discretion.text(remark_on(module));
        text.checks = checks_of(module);
        if (module.present()) text.version = std::to_string(module.version.value);
        for (const auto& release : module.releases) text.release += (text.release.empty() ? "" : ", ") + discretion.text(release);
        document.modules.push_back(std::move(text));
    }
}

/// A sum may be there and not be asked, or be left over from newer code.
static std::string dcd_checksum_of(const DcdFacts& dcd, const DctCopy& copy) {
    const auto& head = dcd.head(copy.number);
    if (!head.watermark) return "";
    if (dcd.system != DcdGeneration::D1 && head.crc_good(dcd.system)) return "good";
    return copy.damage ? "BAD" : "none that counts";
}

static std::string checksum_of(const Dct& dct, const DctCopy& copy) {
    if (dct.dcd) return dcd_checksum_of(*dct.dcd, copy);
    if (!copy.has_version_struct) return copy.magic_good() ? "none in this format" : "";
    if (!copy.computed_crc) return "not checked";
    if (copy.crc_good()) return "good";
    if (copy.computed_crc_if_current && *copy.computed_crc_if_current == copy.stored_crc.value) return "good as it was before the last write";
    return copy.fresh_default ? "none yet (fresh table)" : "BAD";
}

static std::string what_is(const Dct& dct, const DctCopy& copy) {
    const bool not_counted = dct.dcd && dct.dcd->undone == DcdFacts::Undone::NoWatermark && copy.state == DctCopyState::Rejected;
    return not_counted ? "newer, but not counted: its footer has no watermark" : std::string(title_of(copy.state));
}

void describe_dct(Document& document, const Dct& dct, const Discretion& discretion) {
    for (const auto& copy : dct.copies)
        document.dct.push_back({.copy = copy.number,
                                .at = copy.at,
                                .state = state_of(copy),
                                .selected = dct.selected == copy.number,
                                .what = what_is(dct, copy),
                                .checksum = checksum_of(dct, copy)});
    if (dct.would_reinitialize)
        document.remarks.push_back("Neither copy of the configuration table is usable: the firmware will write a fresh one at its next start.");
    if (!dct.selected_because.empty()) document.other.emplace_back("Configuration table", discretion.text(dct.selected_because));
}

static std::string fingerprint_of(const std::optional<Sha256>& digest) { return digest ? hex(*digest) : ""; }

/// A class of keys as an owner would say it; the state says good and empty already.
static std::string_view owner_word_of(DeviceKeyClass what) {
    static constexpr std::string_view words[] = {"not in the file",
                                                 "",
                                                 "never made",
                                                 "erased",
                                                 "overwritten with zeros",
                                                 "its end is missing",
                                                 "bits are wrong",
                                                 "two keys over each other",
                                                 "no private key of this device",
                                                 "of another size",
                                                 "in a form that the firmware cannot read",
                                                 "a length octet is wrong",
                                                 "perfect, and misread by the firmware",
                                                 "a server's public key lies here",
                                                 "",
                                                 "its halves belong to different keys"};
    static_assert(std::size(words) == static_cast<std::size_t>(DeviceKeyClass::HalvesDiffer) + 1);
    return words[static_cast<std::size_t>(what)];
}

static std::string for_owners(const DeviceKey& key) {
    std::string says(owner_word_of(key.what));
    const auto add = [&](const std::string& more) { says += (says.empty() ? "" : ", ") + more; };
    if (key.bits) add(fmt::format("{} {} bits", key.kind == KeyKind::EcSlot ? "EC" : "RSA", key.bits));
    if (key.encoding == KeyEncoding::Pkcs8) add("as PKCS#8");
    if (key.encoding == KeyEncoding::Pem) add("as PEM text");
    return says;
}

static KeyText device_key(const DeviceKey& key, std::string role, std::string title, const Discretion& discretion) {
    std::string what(name_of(key.what));
    if (key.bits) what += fmt::format(", {} {} bits", key.kind == KeyKind::EcSlot ? "EC" : "RSA", key.bits);
    if (key.encoding != KeyEncoding::None) what += fmt::format(", encoding: {}", name_of(key.encoding));
    return {.role = std::move(role),
            .title = std::move(title),
            .what = std::move(what),
            .fingerprint = fingerprint_of(key.public_fingerprint),
            .detail = discretion.text(key.detail),
            .says = for_owners(key),
            .state = state_of(key),
            .at = key.at};
}

/// An empty slot is fine or fatal: the reader must see which.
static std::string server_key(const ServerKey& server, std::string what) {
    if (server.what != ServerKeyClass::Erased) return what;
    return what + (server.uses_builtin ? "; this Device OS has the key built in and uses that" : "; this Device OS needs it and has no other");
}

static std::string_view owner_word_of(ServerKeyClass what) {
    static constexpr std::string_view words[] = {"not in the file",
                                                 "Particle's",
                                                 "a whole key, not Particle's",
                                                 "erased",
                                                 "",
                                                 "its end is missing",
                                                 "no server key as this firmware reads it",
                                                 "a device's private key lies here"};
    static_assert(std::size(words) == static_cast<std::size_t>(ServerKeyClass::DeviceKeyInSlot) + 1);
    return words[static_cast<std::size_t>(what)];
}

static std::string_view owner_word_of(PublicKeyCache::State state, const DeviceKey& device) {
    const bool has_key = device.what == DeviceKeyClass::Good || device.usable || !device.method.empty();
    if (state == PublicKeyCache::State::Matches && !has_key) return "a public key; no private key to compare it with";
    static constexpr std::string_view words[] = {"not in the file", "not set", "belongs to the private key", "belongs to another private key", "no public key"};
    static_assert(std::size(words) == static_cast<std::size_t>(PublicKeyCache::State::Garbage) + 1);
    return words[static_cast<std::size_t>(state)];
}

static std::string server_address(const ServerAddress& address, const Discretion& discretion) {
    std::string what(name_of(address.kind));
    if (!discretion.host().empty()) what = fmt::format("{}, port {}", discretion.host(), address.port);
    if (address.falls_back) what += fmt::format("; the firmware uses {} instead", address.default_host);
    return what;
}

void describe_keys(Document& document, const KeyFacts& keys, const Discretion& discretion) {
    document.keys.push_back(device_key(keys.device, "device-private-key", "device private key", discretion));
    if (keys.device_in_other_copy) {
        auto other = device_key(*keys.device_in_other_copy, "device-private-key-in-other-copy", "device private key in the other copy", discretion);
        // A copy that is not in use may be erased: that is no damage, and no key stands there whose fingerprint could be told.
        if (keys.device_in_other_copy->what == DeviceKeyClass::Erased) other.state = State::Empty, other.fingerprint.clear();
        document.keys.push_back(std::move(other));
    }
    document.keys.push_back({.role = "device-public-key",
                             .title = "device public key (cached)",
                             .what = std::string(name_of(keys.cache.state)),
                             .fingerprint = fingerprint_of(keys.cache.fingerprint),
                             .detail = "",
                             .says = std::string(owner_word_of(keys.cache.state, keys.device)),
                             .state = state_of(keys.cache),
                             .at = keys.cache.at});
    document.keys.push_back({.role = "server-public-key",
                             .title = "server public key",
                             .what = server_key(keys.server, std::string(name_of(keys.server.what))),
                             .fingerprint = fingerprint_of(keys.server.fingerprint),
                             .detail = discretion.text(keys.server.detail),
                             .says = server_key(keys.server, std::string(owner_word_of(keys.server.what))),
                             .state = state_of(keys.server),
                             .at = keys.server.at});
    document.keys.push_back({.role = "server-address",
                             .title = "server address",
                             .what = server_address(keys.address, discretion),
                             .fingerprint = "",
                             .detail = discretion.text(keys.address.detail),
                             .says = keys.address.kind == ServerAddress::Kind::NotInFile ? "not in the file" : server_address(keys.address, discretion),
                             .state = state_of(keys.address),
                             .at = keys.address.at});
    for (const auto& copy : keys.elsewhere) {
        if (keys.device_in_other_copy && copy.at.overlaps(keys.device_in_other_copy->at)) continue;  // has its row above
        std::string what = copy.same_as_current ? "the same key" : copy.usable ? "another key, usable" : "another key, not usable";
        const auto seen = keys.device.what == DeviceKeyClass::NotInFile && !copy.same_as_current ? "a" + what.substr(std::string_view("another").size()) : what;
        const auto says =
            copy.owner == KeyOwner::ThisDevice ? seen : seen + (copy.owner == KeyOwner::Unknown ? "; perhaps not this device's" : "; not this device's");
        document.keys.push_back({.role = "key-elsewhere",
                                 .title = "key in " + discretion.text(copy.where),
                                 .what = what,
                                 .fingerprint = fingerprint_of(copy.public_fingerprint),
                                 .detail = "",
                                 .says = says,
                                 .state = copy.usable ? State::Good : State::NotChecked,
                                 .at = copy.at});
    }
}

/// A name of the contract as words.
static std::string spelled_out(std::string_view name) {
    std::string words(name);
    for (auto& c : words)
        if (c == '-') c = ' ';
    return words;
}

static std::string wifi_in_words(const WifiFacts& wifi, const Dct& dct) {
    if (dct.would_reinitialize) return "neither copy of the table is in use";
    if (wifi.state == WifiFacts::State::NotInFile) return "not in the file";
    if (wifi.state == WifiFacts::State::ListErased) return "the list of networks is erased";
    return wifi.configured == 0 ? "no network stored" : fmt::format("{} network{} stored", wifi.configured, wifi.configured == 1 ? "" : "s");
}

void describe_other(Document& document, const Facts& facts) {
    const auto& ota = facts.ota;
    auto update =
        facts.dct.is_unseen() && ota.kind == OtaCase::None ? "none seen; the table that lists them is not in the file" : spelled_out(name_of(ota.kind));
    if (ota.progress)
        update += fmt::format(": {} of {} bytes of {} copied, boundary {}", ota.progress->copied, ota.progress->total, ota.progress->slot,
                              hex_address(ota.progress->boundary));
    else if (ota.expected)
        update += fmt::format(": {} of {} bytes received", ota.received, ota.expected);
    document.other.emplace_back("Update", update);
    document.other.emplace_back("EEPROM", fmt::format("{}, {} in use", spelled_out(name_of(facts.eeprom.state)), counted(facts.eeprom.cells_in_use, "cell")));
    if (facts.layout && facts.layout->dct.store == StoreKind::Dcd) return;  // a modem: no networks are stored
    document.other.emplace_back("Wi-Fi", wifi_in_words(facts.wifi, facts.dct));
}

}  // namespace photopsy
