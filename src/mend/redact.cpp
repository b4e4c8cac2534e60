#include "mend/redact.h"

#include "base/hex.h"
#include "flash/redaction_mark.h"
#include "mend/redact_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace photopsy {

namespace {

/// The first difference that matters, in words; "" if there is none.
std::string difference(const Analysis& before, const Analysis& after) {
    if (before.diagnosis.outcome != after.diagnosis.outcome)
        return fmt::format("the outcome would be {} instead of {}", name_of(after.diagnosis.outcome), name_of(before.diagnosis.outcome));
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
    text += fmt::format("  \"original\": {{\"size\": {}}},\n  \"redacted\": {{\"size\": {}, \"sha256\": \"{}\"}},\n", capture.size, bytes.size(),
                        hex(sha256(bytes)));
    text += fmt::format("  \"kept\": {{\"eeprom\": {}, \"application\": {}}},\n  \"same_findings\": {},\n  \"changes\": [", wish.keep_eeprom,
                        wish.keep_application, findings_kept);
    for (std::size_t i = 0; i < redaction.notes.size(); ++i) {
        const auto& note = redaction.notes[i];
        text += fmt::format("{}\n    {{\"address\": \"{}\", \"length\": {}, \"what\": \"{}\"}}", i ? "," : "", hex_address(note.at.begin), note.at.size(),
                            note.what);
    }
    return text + "\n  ]\n}\n";
}

DumpRedaction redacted_with(const Analysis& original, const RedactWish& wish, unsigned first_stand_in, bool thorough) {
    DumpRedaction redaction{.original = original, .first_stand_in = first_stand_in, .thorough = thorough};
    const auto whole = original.capture.image.range();
    redaction.bytes.assign(whole.size(), 0xFF);
    for (auto present : original.capture.image.present()) {
        const auto bytes = original.capture.image.bytes(present);
        std::copy(bytes.begin(), bytes.end(), redaction.at(present.begin));
    }
    redact_table_copies(redaction);
    if (!wish.keep_eeprom) redact_eeprom(redaction);
    redact_applications(redaction, wish);
    redact_strays(redaction);
    redact_repeats(redaction, wish);
    put_redaction_mark(redaction);
    mend_module_checksums(redaction);
    mend_table_checksums(redaction);
    return redaction;
}

}  // namespace

void put_redaction_mark(DumpRedaction& redaction) {
    if (redaction.original.capture.is_redacted) {  // overwritten with everything else that no release has
        for (auto place : redaction_mark_places(*redaction.original.layout)) {
            const auto before = redaction.image().bytes(place);
            if (before.size() >= redaction_mark.size() && std::equal(redaction_mark.begin(), redaction_mark.end(), before.begin(),
                                                                     [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }))
                std::copy(before.begin(), before.end(), redaction.at(place.begin));
        }
        return;
    }
    const auto* copy = redaction.original.facts.dct.current();
    const bool upload = redaction.original.capture.is_dct_upload;  // of the copy in use, without the header that says so
    for (auto place : redaction_mark_places(*redaction.original.layout)) {
        const bool in_table = std::any_of(redaction.original.facts.dct.copies.begin(), redaction.original.facts.dct.copies.end(),
                                          [&](const DctCopy& each) { return each.at.contains(place); });
        if (!redaction.image().erased(place) || (in_table && !upload && (!copy || !copy->at.contains(place)))) continue;
        std::copy(redaction_mark.begin(), redaction_mark.end(), redaction.at(place.begin));
        redaction.notes.push_back({place, "the mark of a redacted dump"});
        return;
    }
}

/// Why no copy of this file can be made at all; "" if one may be. The address of every byte must be sure, and the file must be nothing but those bytes.
static std::string why_not(const Analysis& original) {
    const auto& capture = original.capture;
    const std::string instead = "; capture the flash again (photopsy capture), or share a report, which holds no secrets (photopsy FILE --format markdown)";
    if (capture.has(CaptureDefect::Empty) || capture.has(CaptureDefect::Blank))
        return "this file holds nothing but empty flash: there is nothing to hide in it and nothing to learn from a copy" + instead;
    if (capture.has(CaptureDefect::NotBinary)) return "this file is no dump, so nobody can tell where in it a secret may stand" + instead;
    if (capture.has(CaptureDefect::Byteswapped)) return "the bytes of this file are in the wrong order, and a copy would have to be put right first" + instead;
    if (capture.has(CaptureDefect::BytesLost))
        return "bytes are missing inside this file, so secrets behind the gap stand where nobody looks for them" + instead;
    if (capture.has(CaptureDefect::RepeatedBlocks))
        return "parts of this file stand in it more than once, and so may secrets, in places where nobody looks for them" + instead;
    if (capture.has(CaptureDefect::Contradictory))
        return "this file gives parts of the flash in two forms, or its own checksum says that it changed, and a copy could hold only one of them" + instead;
    if (capture.has(CaptureDefect::Noisy))
        return "this file was read with errors, so a secret in it may be written differently wherever it stands and not be found" + instead;
    if (capture.has(CaptureDefect::OtherPlatform))
        return "this is the flash of another kind of device, and photopsy does not know every place of a secret in it" + instead;
    if (capture.external || original.layout->dct.store == StoreKind::SerialFlash)
        return "this device keeps secrets in two flashes, and photopsy makes no copy of such a pair yet" + instead;
    const auto present = capture.image.present();
    if (present.size() != 1) return "this file does not hold one unbroken stretch of flash, so no shareable copy of it can be made" + instead;
    const auto& copies = original.facts.dct.copies;
    const bool table_seen = std::any_of(copies.begin(), copies.end(), [](const DctCopy& copy) { return copy.magic_good(); });
    if (capture.has(CaptureDefect::Shifted) && !table_seen)
        return "this file does not begin with the first byte of the flash, and no configuration table in it shows where the secrets lie" + instead;
    const bool raw = capture.format.starts_with("raw");
    if (raw && !capture.is_dct_upload && capture.has(CaptureDefect::Shifted) && capture.size != present[0].size())
        return "something else stands before the flash in this file, and nobody can tell what it is" + instead;
    return "";
}

/// The copy as a file: what the file held of the flash, and as much filling behind it as the file had of something else.
static std::vector<std::uint8_t> file_of(const DumpRedaction& redaction) {
    const auto& capture = redaction.original.capture;
    const auto kept = redaction.view(capture.image.present()[0]);
    std::vector<std::uint8_t> bytes(kept.begin(), kept.end());
    constexpr std::uint64_t largest_tail = 64u << 20;
    const bool longer = capture.has(CaptureDefect::Oversized) || capture.is_dct_upload;
    if (longer && capture.size > bytes.size() && capture.size - bytes.size() <= largest_tail) bytes.resize(static_cast<std::size_t>(capture.size), 'x');
    return bytes;
}

Result<RedactedDump> redact(const Analysis& original, const RedactWish& wish) {
    if (auto reason = why_not(original); !reason.empty()) return Error{"no shareable copy was made: " + reason};
    constexpr unsigned stride = 59;    // more than there are second primes to each first: another attempt has other primes in both places
    constexpr unsigned attempts = 12;  // where luck decides the end of the handshake, another stand-in may share the original's
    std::string reason;
    std::optional<RedactedDump> second_best;
    for (unsigned attempt = 0; attempt < 2 * attempts; ++attempt) {
        const bool thorough = attempt % 2 == 0;
        auto redaction = redacted_with(original, wish, attempt / 2 * stride, thorough);
        RedactedDump dump{.bytes = file_of(redaction), .manifest = {}};
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
    return Error{fmt::format("no shareable copy was made: {}; share a report, which holds no secrets (photopsy FILE --format markdown)", reason)};
}

}  // namespace photopsy
