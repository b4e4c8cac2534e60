#include "mend/redact.h"

#include "base/hex.h"
#include "flash/redaction_mark.h"
#include "mend/redact_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <string_view>

namespace photopsy {

namespace {

/// The first difference that matters, in words; "" if there is none.
std::string difference(const Analysis& before, const Analysis& after) {
    if (before.diagnosis.outcome != after.diagnosis.outcome) return fmt::format("the outcome would be {} instead of {}", name_of(after.diagnosis.outcome), name_of(before.diagnosis.outcome));
    const auto causes = [](const Analysis& analysis) {
        std::vector<std::string_view> ids;
        for (const auto& named : analysis.diagnosis.causes) ids.push_back(named.cause->id);
        std::sort(ids.begin(), ids.end());
        return ids;
    };
    if (causes(before) != causes(after)) return "other causes would be named";
    const auto& was = before.handshake.predictions;
    const auto& is = after.handshake.predictions;
    const auto same = [](const Prediction& a, const Prediction& b) { return a.policy == b.policy && a.step == b.step && a.code == b.code; };
    if (was.size() != is.size() || !std::equal(was.begin(), was.end(), is.begin(), same)) return "another end of the handshake would be predicted";
    return {};
}

/// Problems and where they begin. The same in most copies; where a place is known only by a secret (a bit of an unknown application), it is not.
bool same_findings(const Analysis& before, const Analysis& after) {
    const auto findings = [](const Analysis& analysis) {
        std::vector<std::pair<std::string_view, Address>> list;
        for (const auto& finding : analysis.findings.all()) list.emplace_back(finding.rule->id, finding.where.at.begin);
        std::sort(list.begin(), list.end());
        return list;
    };
    return findings(before) == findings(after);
}

std::string manifest_of(const DumpRedaction& redaction, ByteView bytes, const RedactWish& wish, bool findings_kept) {
    const auto& capture = redaction.original.capture;
    auto text = fmt::format("{{\n  \"schema\": \"photopsy-redaction/1\",\n  \"tool\": {{\"name\": \"photopsy\", \"version\": \"{}\"}},\n", version);
    text += fmt::format("  \"original\": {{\"size\": {}, \"sha256\": \"{}\"}},\n  \"redacted\": {{\"size\": {}, \"sha256\": \"{}\"}},\n", capture.size, hex(capture.sha256), bytes.size(), hex(sha256(bytes)));
    text += fmt::format("  \"kept\": {{\"eeprom\": {}, \"application\": {}}},\n  \"same_findings\": {},\n  \"changes\": [", wish.keep_eeprom, wish.keep_application, findings_kept);
    for (std::size_t i = 0; i < redaction.notes.size(); ++i) {
        const auto& note = redaction.notes[i];
        text += fmt::format("{}\n    {{\"address\": \"{}\", \"length\": {}, \"what\": \"{}\"}}", i ? "," : "", hex_address(note.at.begin), note.at.size(), note.what);
    }
    return text + "\n  ]\n}\n";
}

DumpRedaction redacted_with(const Analysis& original, const RedactWish& wish, unsigned first_stand_in) {
    DumpRedaction redaction{.original = original, .first_stand_in = first_stand_in};
    const auto whole = original.capture.image.range();
    redaction.bytes.assign(whole.size(), 0xFF);
    for (auto present : original.capture.image.present()) {
        const auto bytes = original.capture.image.bytes(present);
        std::copy(bytes.begin(), bytes.end(), redaction.at(present.begin));
    }
    redact_table_copies(redaction);
    if (!wish.keep_eeprom) redact_eeprom(redaction);
    if (!wish.keep_application) redact_applications(redaction);
    redact_repeats(redaction, wish);
    put_redaction_mark(redaction);
    mend_module_checksums(redaction);
    mend_table_checksums(redaction);
    return redaction;
}

}  // namespace

void put_redaction_mark(DumpRedaction& redaction) {
    if (redaction.original.capture.is_redacted) return;
    const auto* copy = redaction.original.facts.dct.current();
    for (auto place : redaction_mark_places(*redaction.original.layout)) {
        const bool in_table = std::any_of(redaction.original.facts.dct.copies.begin(), redaction.original.facts.dct.copies.end(), [&](const DctCopy& each) { return each.at.contains(place); });
        if (!redaction.image().erased(place) || (in_table && (!copy || !copy->at.contains(place)))) continue;
        std::copy(redaction_mark.begin(), redaction_mark.end(), redaction.at(place.begin));
        redaction.notes.push_back({place, "the mark of a redacted dump"});
        return;
    }
}

Result<RedactedDump> redact(const Analysis& original, const RedactWish& wish) {
    const auto present = original.capture.image.present();
    if (present.size() != 1) return Error{"this file does not hold one unbroken stretch of flash, so no shareable copy of it can be made; capture the flash again"};
    if (original.capture.untrustworthy()) return Error{"this file was read wrongly, so nobody can tell where in it the secrets lie: no shareable copy can be made; capture the flash again"};
    if (original.capture.has(CaptureDefect::Oversized)) return Error{"this file holds more than the flash, and what stands behind it cannot be judged: cut the file to the size of the flash, then redact it"};
    const auto& other = original.keys.device_in_other_copy;
    if (original.keys.device.what == DeviceKeyClass::Mixed || (other && other->what == DeviceKeyClass::Mixed))
        return Error{"two private keys are written over each other in this dump, and it is not certain that every byte of both would be overwritten: no shareable copy was made"};
    constexpr unsigned attempts = 4;  // where luck decides the end of the handshake, another stand-in may share the original's
    std::string reason;
    std::optional<RedactedDump> second_best;
    for (unsigned attempt = 0; attempt < attempts; ++attempt) {
        auto redaction = redacted_with(original, wish, attempt * 3);
        const auto kept = redaction.view(present[0]);
        RedactedDump dump{.bytes = {kept.begin(), kept.end()}, .manifest = {}};
        auto capture = recognize(dump.bytes, original.capture.name, "", *original.layout);
        const auto after = analyze(std::move(capture), *original.layout);
        reason = after.capture.is_redacted ? difference(original, after) : "there is no free place for the mark that says so";
        if (!reason.empty()) continue;
        dump.same_findings = same_findings(original, after);
        dump.manifest = manifest_of(redaction, dump.bytes, wish, dump.same_findings);
        if (dump.same_findings) return dump;
        if (!second_best) second_best = std::move(dump);
    }
    if (second_best) return std::move(*second_best);
    return Error{fmt::format("no shareable copy was made: {}", reason)};
}

}  // namespace photopsy
