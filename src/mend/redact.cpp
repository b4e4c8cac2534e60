#include "mend/redact.h"

#include "flash/external.h"
#include "flash/redaction_mark.h"
#include "mend/redaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace photopsy {

namespace {

std::vector<std::string_view> cause_ids(const Analysis& analysis) {
    std::vector<std::string_view> ids;
    for (const auto& named : analysis.diagnosis.causes) ids.push_back(named.cause->id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

/// The first cause that only one of the two names.
std::string other_cause(const Analysis& before, const Analysis& after) {
    const auto was = cause_ids(before), is = cause_ids(after);
    for (const auto id : was)
        if (std::find(is.begin(), is.end(), id) == is.end()) return fmt::format("the cause {} could no longer be named", id);
    for (const auto id : is)
        if (std::find(was.begin(), was.end(), id) == was.end()) return fmt::format("the cause {} would be named instead", id);
    return was == is ? "" : "causes would be named more or less often";
}

/// The first difference that matters, in words; "" if there is none.
std::string difference(const Analysis& before, const Analysis& after) {
    if (!after.capture.is_redacted) return "there is no free place for the mark that says so";
    if (auto cause = other_cause(before, after); !cause.empty()) return cause;
    if (before.diagnosis.outcome != after.diagnosis.outcome)
        return fmt::format("the outcome would be {} instead of {}", name_of(after.diagnosis.outcome), name_of(before.diagnosis.outcome));
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

/// How sure two reports are of what both say.
enum class Sureness { Same, Less, More };

Sureness sureness(const Analysis& before, const Analysis& after) {
    std::map<std::string_view, Confidence> was, is;
    const auto add = [](std::map<std::string_view, Confidence>& list, std::string_view id, Confidence confidence) {
        const auto [known, is_new] = list.emplace(id, confidence);
        if (!is_new) known->second = std::min(known->second, confidence);
    };
    const auto add_all = [&](const Analysis& analysis, std::map<std::string_view, Confidence>& list) {
        add(list, "verdict", analysis.diagnosis.confidence);
        for (const auto& named : analysis.diagnosis.causes) add(list, named.cause->id, named.story.confidence);
        for (const auto& finding : analysis.findings.all()) add(list, finding.rule->id, finding.confidence);
    };
    add_all(before, was), add_all(after, is);
    auto all = Sureness::Same;
    for (const auto& [id, confidence] : was) {
        const auto now = is.find(id);
        if (now == is.end() || now->second == confidence) continue;
        if (now->second > confidence) return Sureness::More;
        all = Sureness::Less;
    }
    return all;
}

/// One try: how bytes that nothing proves public are filled, which stand-ins are taken, and which of the free places for the mark (a blank one may tell
/// something).
struct Attempt {
    Filling filling;
    unsigned first_stand_in;
    unsigned mark_place;
};
constexpr unsigned stride = 59;  ///< more than there are second primes to each first: another attempt has other primes in both places
/// Where luck decides the end of the handshake, another stand-in may share the original's.
constexpr std::array<Attempt, 6> attempts = {{{Filling::Alike, 0, 0},
                                              {Filling::Noise, stride, 0},
                                              {Filling::Alike, 2 * stride, 1},
                                              {Filling::Alike, 3 * stride, 0},
                                              {Filling::Alike, 4 * stride, 0},
                                              {Filling::Alike, 5 * stride, 0}}};

void make_copy(DumpRedaction& redaction, const RedactWish& wish) {
    begin_copy(redaction);
    rebuild_tables(redaction);
    rebuild_keys_elsewhere(redaction);
    keep_as_wished(redaction, wish);
    put_redaction_mark(redaction);
    mend_module_checksums(redaction);
    mend_table_checksums(redaction);
}

Analysis analysis_of(const RedactedDump& dump, const Analysis& original) {
    const auto& layout = *original.layout;
    auto capture = recognize(dump.bytes, original.capture.name, "", layout);
    if (!dump.external.empty()) put_external(capture, dump.external, original.capture.external->name, "", layout);
    return analyze(std::move(capture), layout);
}

/// The copies that one attempt gives, and what was wrong with the last of them.
struct Tried {
    std::optional<RedactedDump> dump;
    std::string reason;
};

/// How the first copy of an attempt is made, and what is done where it is less sure than the original: bytes that two tables had alike are made alike, and
/// where that does not help, the mark says so.
enum class Care { Usual, AlikeTables, SaysLessSure };

Tried try_once(const Analysis& original, const PublicMap& shared, const RedactWish& wish, const Attempt& attempt, Care care = Care::Usual) {
    DumpRedaction redaction{.original = original,
                            .shared = shared,
                            .filling = attempt.filling,
                            .first_stand_in = attempt.first_stand_in,
                            .mark_place = attempt.mark_place,
                            .less_sure = care == Care::SaysLessSure,
                            .alike_tables = care == Care::AlikeTables,
                            .copy = CopiedFlash(original.capture.image)};
    make_copy(redaction, wish);
    Tried tried;
    for (auto& dump : files_of(redaction)) {
        const auto after = analysis_of(dump, original);
        tried.reason = difference(original, after);
        if (!tried.reason.empty()) continue;
        const auto sure = sureness(original, after);
        if (sure == Sureness::More) tried.reason = "something would be told more surely than it is known";
        if (sure == Sureness::More) continue;
        dump.same_confidence = sure == Sureness::Same;
        if (!dump.same_confidence && care == Care::Usual) {
            auto alike = try_once(original, shared, wish, attempt, Care::AlikeTables);
            return alike.dump ? std::move(alike) : try_once(original, shared, wish, attempt, Care::SaysLessSure);
        }
        if (!dump.same_confidence && care == Care::AlikeTables) return {};
        dump.same_findings = same_findings(original, after);
        dump.manifest = manifest_of(redaction, dump, wish);
        tried.dump = std::move(dump);
        return tried;
    }
    return tried;
}

bool all_public(const Image& image, const PublicMap& shared) {
    return std::all_of(image.present().begin(), image.present().end(), [&](Range present) { return shared.covers(present); });
}

bool holds_mark(ByteView bytes) {
    return bytes.size() >= redaction_mark.size() &&
           std::equal(redaction_mark.begin(), redaction_mark.end(), bytes.begin(), [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

}  // namespace

bool put_redaction_mark(DumpRedaction& redaction) {
    auto skipped = redaction.mark_place;
    const auto& dct = redaction.original.facts.dct;
    const bool upload = redaction.original.capture.is_dct_upload;  // of the copy in use, without the header that says so
    for (auto place : redaction_mark_places(*redaction.original.layout)) {
        const auto before = redaction.image().bytes(place);
        const bool in_table = std::any_of(dct.copies.begin(), dct.copies.end(), [&](const DctCopy& each) { return each.at.contains(place); });
        const bool in_use = upload || (dct.current() && dct.current()->at.contains(place));
        if (before.empty() || (in_table && !in_use) || (!holds_mark(before) && redaction.shared.is_released(place))) continue;
        if (skipped > 0 && !holds_mark(before)) {
            --skipped;
            continue;
        }
        SlotBytes mark(place.size(), 0xFF);
        const auto end = std::copy(redaction_mark.begin(), redaction_mark.end(), mark.begin());
        if (redaction.less_sure) std::copy(less_sure_mark.begin(), less_sure_mark.end(), end);
        redaction.put(place.begin, mark);
        return true;
    }
    return false;
}

Result<RedactedDump> redact(const Analysis& original, const RedactWish& wish) {
    if (auto reason = why_no_copy(original); !reason.empty()) return Error{"no shareable copy was made: " + reason};
    const auto shared = proved_public(original.capture.image, *original.layout, original.facts.modules, original.facts.dct);
    if (all_public(original.capture.image, shared))
        return Error{"no shareable copy was made: every byte of this file is released firmware or empty, the same for everybody; share the file as it is"};
    const bool luck =
        std::any_of(original.handshake.predictions.begin(), original.handshake.predictions.end(), [](const Prediction& row) { return row.chance; });
    std::string reason;
    std::optional<RedactedDump> second_best;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        if (i >= 3 && !luck && !reason.empty() && !reason.starts_with("another end")) break;
        auto tried = try_once(original, shared, wish, attempts[i]);
        if (tried.dump && tried.dump->same_findings && tried.dump->same_confidence) return std::move(*tried.dump);
        if (tried.dump && (!second_best || (tried.dump->same_confidence && !second_best->same_confidence))) second_best = std::move(tried.dump);
        if (second_best && i >= (second_best->same_confidence ? 1 : 2)) break;
        if (!tried.reason.empty()) reason = tried.reason;
    }
    if (second_best) return std::move(*second_best);
    return Error{fmt::format("no shareable copy was made: {}; share a report, which holds no secrets (photopsy FILE --format markdown)", reason)};
}

}  // namespace photopsy
