// The flash explains nothing, and the light says that the cloud does not take the device's key.
#include "remedy/order.h"
#include "remedy/ways.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace photopsy {

/// An application may keep a copy of the key in the EEPROM, so that it survives the loss of the table (the DeviceKeyHelper library): of which key that is,
/// nothing tells but the cloud's record.
static Remedy write_copy_of_helper(const Observations& seen, const KeyElsewhere& other) {
    const KeyFacts::Recovery copy{.method = "as it stands", .source = other.where, .public_fingerprint = *other.public_fingerprint};
    auto remedy = write_old_key_back(seen, copy);
    remedy.title = "Write the key back that an application keeps in the EEPROM";
    remedy.explain = fmt::format(
        "Another whole key lies in {}, where an application may keep a copy of the device's own. If its public half is the one on record, and only then, this "
        "key "
        "is the right one; nothing must then be registered anew.",
        other.where);
    return remedy;
}

std::vector<Remedy> remedies_of_unknown_key(const Observations& seen) {
    auto present = register_present_key(seen);
    present.explain = "A key that is perfect and not on record is the commonest reason for such a light, and no dump shows it. " + present.explain;
    std::vector<Remedy> list = {present};
    for (const auto& recovery : seen.keys.recoveries)
        if (recovery.public_fingerprint != seen.keys.device.public_fingerprint) {
            list.push_back(as_other_way(write_old_key_back(seen, recovery)));
            break;
        }
    if (list.size() == 1)
        for (const auto& other : seen.keys.elsewhere)
            if (other.usable && other.eeprom && other.public_fingerprint && other.public_fingerprint != seen.keys.device.public_fingerprint) {
                list.push_back(as_other_way(write_copy_of_helper(seen, other)));
                break;
            }
    put_system_parts_first(list, seen);
    return list;
}

std::vector<Remedy> remedies_of_contradicting_light() {
    return {{.title = "Read the device again before anything is written",
             .explain =
                 "The light and this file are not of one device at one moment. Is it the file of this device? Then read the device as it is now: only its "
                 "own, new dump says what to do. Keep this file: it may hold the key that the cloud knows.",
             .steps = {{.kind = StepKind::Capture, .file = {.kind = FileKind::NewDump}},
                       {.kind = StepKind::Compare, .file = {.kind = FileKind::NewDump}, .from = {.kind = FileKind::Dump}}},
             .before = Remedy::Before::DfuMode,
             .turn = Remedy::Turn::ReadAgain}};
}

void doubt_writes_of_keys(Remedies& all) {
    constexpr StepKind doubtful[] = {StepKind::RecoverKey, StepKind::MakeKey, StepKind::RegisterKey};
    for (auto& list : all)
        for (auto& remedy : list)
            if (std::ranges::any_of(remedy.steps, [&](const RemedyStep& step) { return std::ranges::find(doubtful, step.kind) != std::end(doubtful); }))
                remedy.warning =
                    "Not on the word of this file: the light that was seen contradicts it, and the key in the device may be another by now. Read the device "
                    "again "
                    "first." +
                    (remedy.warning.empty() ? "" : " " + remedy.warning);
}

}  // namespace photopsy
