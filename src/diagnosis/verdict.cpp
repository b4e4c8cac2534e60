#include "diagnosis/verdict.h"

#include "boot/checks.h"
#include "diagnosis/cause.h"
#include "diagnosis/led.h"
#include "facts/copied_firmware.h"
#include "handshake/kinds.h"
#include "handshake/live.h"
#include "rules/harmful_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace photopsy {

std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::Healthy:
            return "healthy";
        case Outcome::Attention:
            return "attention";
        case Outcome::CloudFails:
            return "cloud-fails";
        case Outcome::SafeMode:
            return "safe-mode";
        case Outcome::BootFails:
            return "boot-fails";
        case Outcome::BadCapture:
            return "bad-capture";
    }
    return "";
}

static Severity worst(const Findings& findings) {
    Severity result = Severity::Note;
    for (const auto& finding : findings.all()) result = std::max(result, finding.severity);
    return result;
}

static bool names_cause(const Diagnosis& diagnosis, std::string_view id) {
    return std::any_of(diagnosis.causes.begin(), diagnosis.causes.end(), [&](const NamedCause& named) { return named.cause->id == id; });
}

/// True where the owner saw a signal that only a failed handshake (or what follows one) gives.
static bool saw_handshake_fail(const std::optional<LedSymptom>& led, const Facts& facts) {
    if (!led) return false;
    const auto meaning = meaning_of(*led, led_scene(facts));
    return std::any_of(meaning.steps.begin(), meaning.steps.end(), [](Step step) { return step != Step::Connect; });
}

static Outcome outcome_of(const Observations& seen, const Findings& findings, const std::optional<LedSymptom>& led, const Diagnosis& diagnosis) {
    if (seen.facts.untrustworthy_capture) return Outcome::BadCapture;
    switch (seen.boot.result) {
        case BootResult::SafeMode:
            return Outcome::SafeMode;
        case BootResult::Dfu:
        case BootResult::ResetLoop:
        case BootResult::Undefined:
            return Outcome::BootFails;
        case BootResult::FactoryReset:
        case BootResult::Runs:
        case BootResult::Unknown:
            break;
    }
    if (seen.handshake.fails()) return Outcome::CloudFails;
    if (names_cause(diagnosis, "private-key-regenerated") && saw_handshake_fail(led, seen.facts)) return Outcome::CloudFails;
    if (seen.boot.result == BootResult::FactoryReset || worst(findings) > Severity::Note) return Outcome::Attention;
    return Outcome::Healthy;
}

/// Networks were stored once, and as the list is now the device joins none of them.
static bool joins_no_network(const Findings& findings) {
    return std::any_of(findings.all().begin(), findings.all().end(), [](const Finding& finding) {
        const auto id = finding.rule->id;
        return id == "wifi-list-unset" || id == "wifi-networks-not-used" ||
               ((id == "wifi-reset-waits" || id == "wifi-entry-damaged") && finding.severity > Severity::Note);
    });
}

static std::string_view lead_in(Outcome outcome, const Observations& seen, const Findings& findings) {
    const bool start_unknown = seen.boot.result == BootResult::Unknown, connection_unknown = !seen.handshake.unknown.empty();
    switch (outcome) {
        case Outcome::Healthy:
            if (start_unknown) return "Nothing wrong was found, but the file does not hold all that tells whether the device starts";
            if (waits_for_wifi(seen.facts) || seen.facts.wifi.state == WifiFacts::State::ListErased)
                return "Nothing in this flash is wrong; no Wi-Fi network is stored, so the device waits for Wi-Fi setup";
            return "Nothing in this flash keeps the device from starting or from connecting to the cloud";
        case Outcome::Attention:
            if (start_unknown) return "Something is not as it should be, and the file does not hold all that tells whether the device starts";
            if (joins_no_network(findings)) return "The device should start, but as its Wi-Fi list is now it joins no network";
            if (connection_unknown) return "The device should start; whether it connects is not known, and something is not as it should be";
            return "The device should start and connect, but something is not as it should be";
        case Outcome::CloudFails:
            if (start_unknown) return "The cloud handshake fails; whether the device starts at all, the file does not show";
            return "The device starts, but its cloud handshake fails";
        case Outcome::SafeMode:
            return "The device starts in safe mode: the system refuses to run the application";
        case Outcome::BootFails:
            return "The device cannot start its firmware";
        case Outcome::BadCapture:
            return "This file is not a trustworthy copy of the whole flash";
    }
    return "";
}

/// A title as the second half of a sentence: "The private key ..." becomes "the private key ...", "A module ..." "a module ...".
static std::string continued(std::string_view title) {
    std::string text(title);
    if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && ((text[1] >= 'a' && text[1] <= 'z') || text[1] == ' '))
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    while (text.ends_with('.')) text.pop_back();
    return text;
}

/// What is whole in one of two flashes says nothing of the other.
static bool half_is_missing(const Facts& facts) { return facts.has_external_flash && !facts.whole_flash_in_file; }

using RuleTable = std::span<const Rule> (*)();

/// The first cause that stands on a finding of these rules which keeps a device from working.
template <class Holds>
static const NamedCause* cause_on(const Diagnosis& diagnosis, const Findings& findings, std::initializer_list<RuleTable> tables, Holds holds) {
    const auto counts = [&](std::size_t index) {
        const auto& finding = findings.all()[index];
        const auto is_in = [&](RuleTable table) { return std::ranges::any_of(table(), [&](const Rule& rule) { return &rule == finding.rule; }); };
        return finding.severity >= Severity::Problem && std::ranges::any_of(tables, is_in) && holds(finding);
    };
    const auto found = std::ranges::find_if(diagnosis.causes, [&](const NamedCause& named) { return std::ranges::any_of(named.findings, counts); });
    return found == diagnosis.causes.end() ? nullptr : &*found;
}

/// Where the handshake ends decides what can have ended it: a key that nothing asks for any more has not.
static const NamedCause* ender_of_handshake(const Diagnosis& diagnosis, const Observations& seen, const Findings& findings) {
    const auto any = [](const Finding&) { return true; };
    const auto of_handshake = [](const Finding& finding) {
        return finding.rule->id != "dct-spare-unwritable" && finding.rule->id != "static-address-unreachable";
    };
    if (!seen.handshake.fails()) {
        const auto renewed = std::ranges::find_if(diagnosis.causes, [](const NamedCause& named) { return named.cause->id == "private-key-regenerated"; });
        return renewed == diagnosis.causes.end() ? nullptr : &*renewed;
    }
    const auto& row = seen.handshake.predictions.front();  // the same for both policies where it ends before the device's key
    if (row.step == Step::Connect) {
        if (seen.keys.address.unreachable && !seen.facts.settings.ip.leads_nowhere())
            return cause_on(diagnosis, findings, {server_rules, server_address_rules}, any);
        return cause_on(diagnosis, findings, {setting_rules, module_rules, system_rules}, any);
    }
    if (ends_before_device_key(seen.handshake, row)) {
        const auto of_server = [](const Finding& finding) { return finding.rule->id == "keys-exchanged" || finding.rule->id == "keys-of-other-transport"; };
        const auto* alone = cause_on(diagnosis, findings, {key_rules, setting_rules}, of_server);
        return alone ? alone
                     : cause_on(diagnosis, findings, {server_rules, server_address_rules, live_rules, dct_rules, dct_damage_rules, dcd_rules}, of_handshake);
    }
    return cause_on(diagnosis, findings, {key_rules, live_rules, dct_rules, dct_damage_rules, dcd_rules, setting_rules}, of_handshake);
}

/// Which module the system refuses the application for: boot/ names the check that failed.
static const NamedCause* ender_of_application(const Diagnosis& diagnosis, const Observations& seen, const Findings& findings) {
    const std::string_view reason = seen.boot.safe_mode_reason;
    const auto* part2 = seen.facts.system_part(2);
    const std::string_view slot = reason.starts_with("bootloader")       ? "bootloader"
                                  : reason.starts_with("part2") && part2 ? std::string_view(part2->slot)
                                  : reason.find("user") != reason.npos   ? "user"
                                                                         : "";
    const auto of_slot = [&](const Finding& finding) { return finding.where.region.starts_with(slot); };
    if (const auto* named = cause_on(diagnosis, findings, {module_rules, system_rules}, of_slot)) return named;
    return cause_on(diagnosis, findings, {module_rules, system_rules}, [](const Finding&) { return true; });
}

/// Of a file that is no copy of the flash it is told why it is none, whatever else shows; of a device that fails, what really makes it fail.
static const NamedCause& cause_of_headline(const Diagnosis& diagnosis, const Observations& seen, const Findings& findings) {
    const NamedCause* found = nullptr;
    if (harm_waits_for_repair(seen.facts) && diagnosis.causes.front().cause->id == "ota-pending") return diagnosis.causes.front();  // it comes before all else
    if (diagnosis.outcome == Outcome::BadCapture) {
        const auto of_file = std::ranges::find_if(diagnosis.causes, [](const NamedCause& named) { return is_of_file(*named.cause); });
        if (of_file != diagnosis.causes.end()) found = &*of_file;
    }
    if (diagnosis.outcome == Outcome::CloudFails) found = ender_of_handshake(diagnosis, seen, findings);
    if (diagnosis.outcome == Outcome::SafeMode) found = ender_of_application(diagnosis, seen, findings);
    return found ? *found : diagnosis.causes.front();
}

static std::string headline(const Diagnosis& diagnosis, const Observations& seen, const Findings& findings) {
    std::string text(lead_in(diagnosis.outcome, seen, findings));
    if (diagnosis.outcome == Outcome::Healthy && half_is_missing(seen.facts))
        text = "Nothing in what was given keeps the device from starting or connecting; the rest of its two flashes was not seen";
    if (seen.handshake.live && proof_of(*seen.handshake.live) == LiveProof::Accepted && diagnosis.outcome == Outcome::Healthy)
        text += ", and the server accepts its keys";
    if (diagnosis.causes.empty()) return text + ".";
    text += text.find(':') == std::string::npos ? ": " : "; ";
    return text + continued(cause_of_headline(diagnosis, seen, findings).title()) + ".";
}

static bool contradicted(const Observations& seen) { return seen.handshake.live && agrees(*seen.handshake.live, seen.handshake) == false; }

static std::vector<std::string> cannot_tell(const Observations& seen) {
    std::vector<std::string> list;
    const auto add = [&](std::string text) { list.push_back(std::move(text)); };
    if (seen.handshake.cloud_witness == CloudWitness::Owner)
        add("Whether the public key that was given is still the one on record.");
    else if (seen.handshake.cloud_witness == CloudWitness::Server)
        add("Whether the cloud still holds tomorrow what it held when it was asked.");
    else if (seen.handshake.cloud_witness == CloudWitness::Light)
        add("Whether the light was seen with the keys of this dump, and whether the cloud still holds what it held then.");
    else if (seen.keys.device.public_fingerprint)
        add("Whether the cloud holds this device's public key. Compare the fingerprint of the public key with the one on record: a perfect key that the cloud "
            "does not know looks the same in a dump.");
    else
        add("Which public key the cloud holds for this device.");
    if (seen.keys.device.searched_in_part)
        add("Whether the key in the slot can be got back: the search for it was given up when it had taken as long as one may.");
    if (seen.keys.places_untried != 0)
        add(fmt::format("Whether further private keys stand in the flash: {} more places than are tried look like the beginning of one.",
                        seen.keys.places_untried));
    add("Whether the device is claimed, by whom, and whether the cloud accepts it at all.");
    add(seen.facts.keys && seen.facts.keys->transport == Transport::Dtls
            ? "The network: reception, SIM and its data plan, firewall (UDP port 5684), DNS, power supply."
        : seen.facts.layout && seen.facts.layout->dct.store == StoreKind::Dcd
            ? "The network: reception, SIM and its data plan, firewall (TCP port 5683), DNS, power supply."
            : "The network: Wi-Fi password and reception, firewall (TCP port 5683), DNS, power supply.");
    if (!seen.facts.system.system_checks_modules_at_boot() || seen.facts.ota.by_flag)
        add("What buttons or the running application asked for: part of it stands in memory that a dump does not hold.");
    else
        add("System flags, reset cause and requests for safe mode: since Device OS 0.7.0 they stand in backup registers, outside the flash.");
    add(seen.facts.chip_id ? "Option bytes (write protection) and the one-time-programmable area: they lie outside the dump."
                           : "Option bytes (write protection), the one-time-programmable area and the chip's own id: they lie outside the dump.");
    if (!seen.facts.layout) return list;
    if (const auto& layout = *seen.facts.layout; layout.external && !seen.facts.has_external_flash)
        add(fmt::format("What the {} holds: a dump of the internal flash has nothing of it. No released firmware keeps anything there; an application may.",
                        layout.external->title));
    if (!seen.facts.layout->limits.empty()) add(seen.facts.layout->limits);
    return list;
}

/// The start copies an image of which a few bytes are wrong: it runs where those are not needed.
static bool copies_doubtful_image(const Observations& seen) {
    const auto* image = seen.facts.ota.by_flag ? copied_by(*seen.facts.ota.by_flag) : nullptr;
    const auto end = seen.boot.result;
    return image && !image->whole && (end == BootResult::Runs || end == BootResult::FactoryReset || end == BootResult::Undefined);
}

static Confidence confidence_of(const Observations& seen, const Findings& findings, const Diagnosis& diagnosis) {
    Confidence confidence = diagnosis.causes.empty() ? Confidence::Certain : cause_of_headline(diagnosis, seen, findings).story.confidence;
    const bool by_luck = diagnosis.outcome == Outcome::CloudFails &&
                         std::any_of(seen.handshake.predictions.begin(), seen.handshake.predictions.end(), [](const Prediction& row) { return row.chance; });
    if (by_luck || copies_doubtful_image(seen) || runs_unproved_firmware(seen.facts) || end_is_likely(seen.facts, seen.boot) ||
        seen.facts.system.newer_than_known)
        confidence = std::min(confidence, Confidence::Likely);
    return confidence;
}

void give_verdict(const Observations& seen, const Findings& findings, const std::optional<LedSymptom>& led, Diagnosis& diagnosis) {
    diagnosis.outcome = outcome_of(seen, findings, led, diagnosis);
    diagnosis.headline = (contradicted(seen) ? "The real server did otherwise than photopsy predicts. " : "") +
                         std::string(seen.handshake.given_key_is_anothers
                                         ? "The public key that was given as the server's is another server's: the device has Particle's key and address. "
                                         : "") +
                         headline(diagnosis, seen, findings);
    diagnosis.confidence = confidence_of(seen, findings, diagnosis);
    diagnosis.cannot_tell = cannot_tell(seen);
    if (led) diagnosis.led_remark = led_remark(seen, *led);
    const bool fine = diagnosis.outcome == Outcome::Healthy || (diagnosis.outcome == Outcome::Attention && worst(findings) <= Severity::Warning);
    diagnosis.exit_status = fine ? 0 : 1;
}

}  // namespace photopsy
