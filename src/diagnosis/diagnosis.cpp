#include "diagnosis/diagnosis.h"

#include "diagnosis/led.h"
#include "diagnosis/verdict.h"
#include "handshake/key_owner.h"
#include "rules/harmful_copy.h"

#include <algorithm>

namespace photopsy {

namespace {

/// The same module slot or DCT copy as the obligatory finding is wanted.
bool wants_same_unit(std::string_view entry) { return entry.ends_with("@slot"); }
/// One damage that runs over both is wanted.
bool wants_next_to(std::string_view entry) { return entry.ends_with("@next"); }

bool is_obligatory(const Cause& cause, const Finding& finding) { return !cause.explains.empty() && entry_names(cause.explains.front(), finding.rule->id); }

bool excluded(const Cause& cause, const Findings& findings) {
    return std::any_of(cause.excluded_by.begin(), cause.excluded_by.end(), [&](auto id) { return findings.has(id); });
}

/// The smallest thing of the layout that holds the place: a module slot, else a region (a DCT copy is one).
Range unit_of(Range at, const Layout* layout) {
    if (!layout) return at;
    for (const auto& slot : layout->slots)
        if (slot.at.contains(at.begin)) return slot.at;
    const auto* region = layout->region_at(at.begin);
    return region ? region->at : at;
}

bool same_unit(const Finding& a, const Finding& b, const Layout* layout) { return unit_of(a.where.at, layout).overlaps(unit_of(b.where.at, layout)); }

/// Nothing but the unused end of a field can lie between (90 bytes behind an RSA server key, 101 behind an EC one).
bool adjoin(const Finding& a, const Finding& b) {
    constexpr Address longest_unused_end = 128;
    const auto &first = a.where.at.begin <= b.where.at.begin ? a.where.at : b.where.at, &second = &first == &a.where.at ? b.where.at : a.where.at;
    return second.begin <= first.end || second.begin - first.end < longest_unused_end;
}

/// Indices of the open findings that the cause accounts for. Empty unless an obligatory one is open.
std::vector<std::size_t> accounted_for(const Cause& cause, const Findings& findings, const std::vector<bool>& open, const Layout* layout) {
    const auto& all = findings.all();
    std::vector<std::size_t> seeds;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (open[i] && is_obligatory(cause, all[i])) seeds.push_back(i);
    if (seeds.empty() || excluded(cause, findings)) return {};
    std::vector<std::size_t> covered;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!open[i]) continue;
        const bool covers = std::any_of(cause.explains.begin(), cause.explains.end(), [&](auto entry) {
            if (!entry_names(entry, all[i].rule->id)) return false;
            return std::any_of(seeds.begin(), seeds.end(), [&](auto seed) {
                if (wants_same_unit(entry)) return same_unit(all[i], all[seed], layout);
                return !wants_next_to(entry) || (!all[i].stands_alone && adjoin(all[i], all[seed]) &&
                                                 all[i].severity <= all[seed].severity);  // a lesser fault does not explain a graver one
            });
        });
        if (covers) covered.push_back(i);
    }
    return covered;
}

Severity worst(const NamedCause& named, const Findings& findings) {
    Severity result = Severity::Note;
    for (auto index : named.findings) result = std::max(result, findings.all()[index].severity);
    return result;
}

/// The file moved, lost or garbled bytes, and of the modules in it none is whole: nothing proves that what is read in it was in the flash.
bool nothing_is_proved(const Facts& facts) {
    const bool garbled = std::any_of(facts.capture.begin(), facts.capture.end(), [](const CaptureProblem& problem) {
        switch (problem.defect) {
            case CaptureDefect::Shifted:
            case CaptureDefect::Byteswapped:
            case CaptureDefect::BytesLost:
            case CaptureDefect::RepeatedBlocks:
            case CaptureDefect::Noisy:
            case CaptureDefect::Contradictory:
                return true;
            default:
                return false;
        }
    });
    const auto present = [](const Module& module) { return module.present(); };
    const auto good = [](const Module& module) { return module.good(); };
    return garbled && std::any_of(facts.modules.begin(), facts.modules.end(), present) && std::none_of(facts.modules.begin(), facts.modules.end(), good);
}

/// Parsimonious covering: again and again the cause that accounts for most of what is still open; the table's order breaks ties.
std::vector<NamedCause> fewest_causes(const Observations& seen, const Findings& findings, std::vector<bool>& open) {
    std::vector<NamedCause> chosen;
    const bool doubtful = nothing_is_proved(seen.facts);
    for (;;) {
        NamedCause best;
        for (const auto* cause : all_causes()) {
            auto covered = accounted_for(*cause, findings, open, seen.facts.layout);
            if (covered.size() > best.findings.size()) best = {.cause = cause, .findings = std::move(covered)};
        }
        if (!best.cause) return chosen;
        for (auto index : best.findings) open[index] = false;
        best.story.confidence = findings.all()[best.findings.front()].confidence;
        best.cause->tell(seen, findings, best.story);
        if (doubtful && !is_of_file(*best.cause)) best.story.confidence = std::min(best.story.confidence, Confidence::Likely);
        chosen.push_back(std::move(best));
    }
}

int led_rank(const NamedCause& named, const std::optional<LedMeaning>& meaning) {
    if (!meaning) return 0;
    switch (fit(named.cause->id, *meaning)) {
        case LedFit::Fits:
            return -1;
        case LedFit::Unrelated:
            return 0;
        case LedFit::Contradicts:
            return 1;
    }
    return 0;
}

/// What mends this cause lets the bootloader reach a record that destroys: the record is named before it.
bool arms_harm(const NamedCause& named, const Observations& seen) {
    return harm_waits_for_repair(seen.facts) && !seen.facts.untrustworthy_capture && named.cause->id != "ota-pending";
}

/// Whatever is wrong with the key of such a table: it is the other device's, and no more than this cause is to be mended.
void put_copied_table_first(std::vector<NamedCause>& causes) {
    const auto copied = std::ranges::find_if(causes, [](const NamedCause& named) { return named.cause->id == "table-copied-from-other-device"; });
    const auto is_of_keys = [](const NamedCause& named) {
        return std::ranges::any_of(key_causes(), [&](const Cause& cause) { return &cause == named.cause; });
    };
    const auto of_key = std::find_if(causes.begin(), copied, is_of_keys);
    if (copied != causes.end() && of_key != copied) std::rotate(of_key, copied, copied + 1);
}

}  // namespace

Diagnosis diagnose(const Observations& seen, const Findings& findings, std::optional<LedSymptom> led) {
    Diagnosis diagnosis;
    std::vector<bool> open(findings.all().size(), true);
    diagnosis.causes = fewest_causes(seen, findings, open);
    for (std::size_t i = 0; i < open.size(); ++i)
        if (open[i] && findings.all()[i].severity > Severity::Note) diagnosis.unexplained.push_back(i);

    std::optional<LedMeaning> meaning;
    if (led) meaning = meaning_of(*led, led_scene(seen.facts));
    std::stable_sort(diagnosis.causes.begin(), diagnosis.causes.end(), [&](const NamedCause& a, const NamedCause& b) {
        const int a_rank = led_rank(a, meaning), b_rank = led_rank(b, meaning);
        if (arms_harm(a, seen) != arms_harm(b, seen)) return arms_harm(b, seen);
        if (a.cause->stands_in_the_way != b.cause->stands_in_the_way) return a.cause->stands_in_the_way;
        return a_rank != b_rank ? a_rank < b_rank : worst(a, findings) > worst(b, findings);
    });
    if (table_is_copied(seen.facts)) put_copied_table_first(diagnosis.causes);
    give_verdict(seen, findings, led, diagnosis);
    return diagnosis;
}

}  // namespace photopsy
