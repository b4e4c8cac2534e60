#include "photopsy.h"

#include "base/hex.h"
#include "boot/after_copy.h"
#include "diagnosis/led.h"
#include "facts/proved_public.h"
#include "flash/redaction_mark.h"
#include "handshake/gone_code.h"
#include "rules/waiting_copy.h"

#include <algorithm>

namespace photopsy {

static constexpr std::uint32_t most_evidence = 32;

static Range shown_of(const Finding& finding) { return range_of(finding.where.at.begin, std::min(finding.where.at.size(), most_evidence)); }

/// What must be looked at to prove a place public: the blocks around it, the table or page that it lies in, and a module that is no release's as a whole.
static void add_surroundings(Range shown, const Image& image, const Facts& facts, std::vector<Range>& surroundings) {
    constexpr Address block = 4096;
    const auto add = [&](Range at) {
        if (image.has(at) && !at.empty()) surroundings.push_back(at);
    };
    add(intersection({shown.begin / block * block, (shown.end + block - 1) / block * block}, image.range()));
    add(shown);
    for (const auto& table : facts.layout->dct.copies)
        if (table.overlaps(shown)) add(table);
    for (const auto& page : facts.layout->eeprom_pages)
        if (page.overlaps(shown)) add(page);
    for (const auto& module : facts.modules)
        if (module.present() && !module.damage.blocks && Range{module.at.begin, module.at.end + 4}.overlaps(shown)) add({module.at.begin, module.at.end + 4});
}

/// The first bytes of each finding's place, in hexadecimal, where every byte shown is proved public.
static void show_bytes(Findings& findings, const Image& image, const Facts& facts) {
    std::vector<Range> surroundings;
    for (const auto& finding : findings.all()) {
        const auto shown = shown_of(finding);
        if (!shown.empty()) add_surroundings(shown, image, facts, surroundings);
    }
    if (surroundings.empty()) return;
    const auto shared = proved_public(image.with_only(surroundings), *facts.layout, facts.modules, facts.dct);
    for (auto& finding : findings.all()) {
        const auto shown = shown_of(finding);
        if (shown.empty() || !image.has(shown) || !shared.covers(shown)) continue;
        finding.evidence = hex_spaced(image.bytes(shown));
        if (shown.size() < finding.where.at.size()) finding.evidence += " ...";
    }
}

/// How far short of running its application and reaching the cloud the device falls. A bootloader that is too old comes from the cloud by itself.
static int shortfall(const BootOutcome& boot, const HandshakeOutcome& handshake) {
    if (boot.result == BootResult::Dfu || boot.result == BootResult::ResetLoop || boot.result == BootResult::Undefined) return 3;
    if (handshake.fails()) return 2;
    if (!handshake.unknown.empty()) return 1;
    return boot.result == BootResult::SafeMode && boot.safe_mode_reason != "bootloader-too-old" ? 1 : 0;
}

/// What becomes of the handshake, the code of the parts then decides.
static bool goes_on(const BootOutcome& boot) { return boot.result == BootResult::Runs || boot.result == BootResult::SafeMode; }

/// The copy that waits may bring the code of the other format: what becomes of the pages is decided by the system that starts behind it.
static void judge_eeprom_after(const Eeprom& then, Eeprom& eeprom) {
    if (then.code == eeprom.code || then.code == EepromCode::Unknown) return;
    const auto without = eeprom.at_start;
    eeprom = then;
    eeprom.without_update = without;
}

/// A copy that waits is carried out before anything else of the next start: what follows is judged on the flash that it leaves, and whether that is worse than
/// what the device would do without it.
static void judge_waiting_copy(Analysis& analysis, const AnalyzeOptions& options) {
    const auto after = after_waiting_copy(analysis.capture, analysis.facts);
    if (!after) return;
    judge_eeprom_after(after->facts.eeprom, analysis.facts.eeprom);
    auto handshake = analysis.handshake;
    if (const auto* image = waiting_image(analysis.facts); image && image->function.value != FunctionUserPart) {
        const auto keys = judge_keys(after->image, after->facts, options.registered_spki);
        handshake = predict_handshake(after->image, after->facts, keys, options.registered_spki, options.server_spki, options.live);
    }
    const auto& ota = analysis.facts.ota;
    const auto boot_now = predict_boot(without_waiting_copy(analysis.facts)), boot_then = predict_boot(after->facts);
    auto handshake_now = analysis.handshake;
    if (goes_on(boot_now)) judge_code(analysis.capture.image, analysis.facts, handshake_now);
    if (goes_on(boot_then)) judge_code(after->image, after->facts, handshake);
    const bool loses_table = is_reached(ota.access) && is_out_of_reach(after->facts.ota.access);
    const bool is_worse = loses_table || shortfall(boot_then, handshake) > shortfall(boot_now, handshake_now);
    if (is_worse && ota.kind == OtaCase::Pending) analysis.facts.ota.resumes = OtaFacts::Resumes::MakesItWorse;
    analysis.handshake = std::move(handshake);
}

/// A device that was seen online has the key on record, where nothing in the dump says that it cannot be online: not what is only presumed of that record.
static void hear_light(const AnalyzeOptions& options, Analysis& analysis) {
    auto& handshake = analysis.handshake;
    const bool heard = options.led && shows_online(*options.led, analysis.facts) && analysis.keys.device.usable && !analysis.facts.untrustworthy_capture;
    if (!heard || !handshake.unknown.empty() || handshake.cloud_witness != CloudWitness::Nobody) return;
    if (handshake.fails()) {
        if (analysis.boot.resumes_update || analysis.facts.ota.kind == OtaCase::Pending) return;
        auto with_this_key = predict_handshake(analysis.capture.image, analysis.facts, analysis.keys, analysis.keys.device.public_spki, options.server_spki);
        if (goes_on(analysis.boot)) judge_code(analysis.capture.image, analysis.facts, with_this_key);
        if (!with_this_key.unknown.empty() || with_this_key.fails()) return;
        with_this_key.registered_fingerprint.reset();
        handshake = std::move(with_this_key);
    }
    handshake.cloud_witness = CloudWitness::Light;
}

/// In safe mode the system connects as ever, and online the light breathes magenta, not cyan (as documented for every release).
static void show_safe_mode(HandshakeOutcome& handshake) {
    for (auto& prediction : handshake.predictions)
        if (prediction.step == Step::Done) prediction.led = "breathing magenta";
}

Analysis analyze(Capture capture, const Layout& layout, const AnalyzeOptions& options) {
    Analysis analysis{.capture = std::move(capture), .layout = &layout, .registered_spki = options.registered_spki};
    analysis.capture.is_redacted = has_redaction_mark(analysis.capture.image, layout);
    analysis.capture.is_less_sure = is_marked_less_sure(analysis.capture.image, layout);
    analysis.facts = collect_facts(analysis.capture, layout);
    const auto& image = analysis.capture.image;
    analysis.keys = judge_keys(image, analysis.facts, options.registered_spki);
    analysis.handshake = predict_handshake(image, analysis.facts, analysis.keys, options.registered_spki, options.server_spki, options.live);
    judge_waiting_copy(analysis, options);
    analysis.boot = predict_boot(analysis.facts);
    if (!analysis.boot.resumes_update && goes_on(analysis.boot)) judge_code(image, analysis.facts, analysis.handshake);
    hear_light(options, analysis);
    if (analysis.boot.result == BootResult::SafeMode) show_safe_mode(analysis.handshake);
    analysis.findings = find_problems(analysis.observations());
    if (options.shows_bytes) show_bytes(analysis.findings, image, analysis.facts);
    analysis.diagnosis = diagnose(analysis.observations(), analysis.findings, options.led);
    analysis.remedies = find_remedies(analysis.observations(), analysis.findings, analysis.diagnosis);
    analysis.afterwards = see_whether_it_worked(analysis.remedies, analysis.observations(), analysis.diagnosis);
    if (options.led && light_contradicts(analysis.observations(), *options.led)) {
        analysis.for_the_light = remedies_of_contradicting_light();
        doubt_writes_of_keys(analysis.remedies);
    }
    if (options.led && tells_of_unknown_key(analysis.observations(), *options.led, analysis.diagnosis))
        analysis.for_the_light = remedies_of_unknown_key(analysis.observations());
    return analysis;
}

}  // namespace photopsy
