// What a dump is known by among many. Personal things (the device's id, a private server's name, somebody's program) stand there as tags only.
#include "base/base64.h"
#include "base/digest.h"
#include "base/hex.h"
#include "fleet/place.h"
#include "report/document_parts.h"

#include <algorithm>

namespace photopsy {

/// 48 bits of a hash: enough to tell a hundred thousand devices apart. Who can guess the identity can confirm it, so tags stand in the rows of a fleet
/// only (ndjson), never in a report that is posted.
static std::string tag_of(std::string_view kind, std::string_view identity) {
    if (identity.empty()) return "";
    static constexpr std::size_t digits = 12;
    const auto text = "photopsy fleet\n" + std::string(kind) + "\n" + std::string(identity);
    return hex(sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()})).substr(0, digits);
}

static std::string application_tag(const Module& module) {
    if (!module.present() || !module.known_as.empty()) return "";  // a published one is nobody's own
    return tag_of("application", hex(module.stored_sha256) + hex_word(module.stored_crc.value) + std::to_string(module.length()));
}

/// Without a product the suffix holds the platform's id, or is erased there.
static std::optional<std::uint32_t> product_of(const Module& module) {
    static constexpr std::uint16_t erased = 0xFFFF;
    if (!module.good() || !module.product_id) return {};
    const auto id = module.product_id->value;
    return id == module.platform_id.value || id == erased ? std::nullopt : std::optional<std::uint32_t>(id);
}

static std::string address_tag(const ServerAddress& address) {
    if (address.kind == ServerAddress::Kind::NotInFile) return "";
    if (address.particle || address.of_particle || address.falls_back) return "particle";
    return address.host.empty() ? "" : tag_of("address", address.host + ":" + std::to_string(address.port));
}

static std::string old_key_of(const KeyFacts& keys) {
    if (keys.device.usable) return "in-place";
    if (!keys.recoveries.empty()) return "recoverable";
    const bool none_seen = keys.device.what == DeviceKeyClass::NotInFile || keys.device.what == DeviceKeyClass::NeverGenerated;
    return none_seen ? "unknown" : "lost";
}

/// What is said of many dumps is what cures each: that photopsy can do it is the same for all.
/// The offer to plan all; not the way whose only command is a plan.
static bool plans_repair(const Remedy& remedy) {
    return remedy.cost == Remedy::Cost::Nothing && remedy.steps.size() == 1 && remedy.steps.front().kind == RemedyStep::Kind::PlanRepair;
}

static void list_steps(Document& document, const Analysis& analysis, const Discretion& discretion) {
    for (const auto& remedies : analysis.remedies)
        for (const auto& remedy : remedies) {
            const auto title = discretion.text(remedy.title);
            const bool told = std::count(document.fleet.steps.begin(), document.fleet.steps.end(), title) > 0;
            const bool instead = remedy.role == Remedy::Role::OtherWay;  // one dump's last resort may not be what all are told to do
            if (!instead && remedy.turn != Remedy::Turn::KeepDump && !plans_repair(remedy) && !told) document.fleet.steps.push_back(title);
        }
}

static void place_causes(Document& document, const Analysis& analysis, const Discretion& discretion) {
    for (std::size_t i = 0; i < document.causes.size(); ++i)
        document.causes[i].place = discretion.text(fleet::place_of(analysis.diagnosis.causes[i], analysis.findings, analysis.facts));
}

static void show_public_keys(Document& document, const KeyFacts& keys) {
    const auto& other = keys.device_in_other_copy;
    for (auto& text : document.keys) {
        if (text.role == "device-private-key" && !keys.device.public_spki.empty()) text.spki = base64(keys.device.public_spki);
        if (text.role == "device-private-key-in-other-copy" && other && other->usable) text.spki = base64(other->public_spki);
    }
}

void describe_for_fleet(Document& document, const Analysis& analysis, const Discretion& discretion, const ReportStyle& style) {
    const auto& facts = analysis.facts;
    auto& fleet = document.fleet;
    if (facts.chip_id) document.chip_id = discretion.shown_id(*facts.chip_id);
    place_causes(document, analysis, discretion);
    show_public_keys(document, analysis.keys);
    fleet.path = discretion.text(style.given);
    fleet.old_key = old_key_of(analysis.keys);
    list_steps(document, analysis, discretion);
    fleet.device = tag_of("device", facts.device_id.value_or(""));
    fleet.chip = tag_of("device", facts.chip_id.value_or(""));
    fleet.address = address_tag(analysis.keys.address);
    fleet.exit_status = analysis.diagnosis.exit_status;
    if (const auto* user = facts.module("user")) {
        fleet.application = application_tag(*user);
        fleet.product = product_of(*user);
    }
    if (const auto* copy = facts.dct.current(); copy && copy->has_version_struct) fleet.sequence = copy->sequence.value;
}

}  // namespace photopsy
