#include "photopsy.h"

#include "base/hex.h"
#include "facts/proved_public.h"
#include "flash/redaction_mark.h"

#include <algorithm>

namespace photopsy {

static constexpr std::uint32_t most_evidence = 32;

/// The first bytes of each finding's place, in hexadecimal, where every byte shown is proved public.
static void show_bytes(Findings& findings, const Image& image, const Facts& facts) {
    if (findings.all().empty()) return;
    const auto shared = proved_public(image, *facts.layout, facts.modules, facts.dct);
    for (auto& finding : findings.all()) {
        const Range shown = range_of(finding.where.at.begin, std::min(finding.where.at.size(), most_evidence));
        if (shown.empty() || !image.has(shown) || !shared.covers(shown)) continue;
        finding.evidence = hex_spaced(image.bytes(shown));
        if (shown.size() < finding.where.at.size()) finding.evidence += " ...";
    }
}

Analysis analyze(Capture capture, const Layout& layout, const AnalyzeOptions& options) {
    Analysis analysis{.capture = std::move(capture), .layout = &layout};
    analysis.capture.is_redacted = has_redaction_mark(analysis.capture.image, layout);
    analysis.facts = collect_facts(analysis.capture, layout);
    const auto& image = analysis.capture.image;
    analysis.keys = judge_keys(image, analysis.facts, options.registered_spki);
    analysis.handshake = predict_handshake(image, analysis.facts, analysis.keys, options.registered_spki, options.server_spki, options.live);
    analysis.boot = predict_boot(analysis.facts);
    analysis.findings = find_problems(analysis.observations());
    show_bytes(analysis.findings, image, analysis.facts);
    analysis.diagnosis = diagnose(analysis.observations(), analysis.findings, options.led);
    analysis.remedies = find_remedies(analysis.observations(), analysis.findings, analysis.diagnosis);
    return analysis;
}

}  // namespace photopsy
