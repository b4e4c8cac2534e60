// A configuration store of the DCD kind that fell back to the table before the last write.
#include "remedy/ways.h"

namespace photopsy {

namespace {

/// The newer table's key, where it is another one than the key in use and was found in the dump.
const KeyFacts::Recovery* key_of_newer_table(const Observations& seen) {
    for (const auto& recovery : seen.keys.recoveries)
        if (recovery.public_fingerprint != seen.keys.device.public_fingerprint) return &recovery;
    return nullptr;
}

std::vector<Remedy> ways_of_undone_write(const Situation& situation) {
    const auto& seen = situation.seen;
    std::vector<Remedy> list = {
        keep_dump("The table of the last write is only in the copy that is not used any more; the next write of the device erases it.")};
    if (const auto* key = key_of_newer_table(seen)) {
        auto back = write_old_key_back(seen, *key);
        back.title = "Write the key of the newer table";
        list.push_back(std::move(back));
    }
    const bool not_the_key = key_of_newer_table(seen) && seen.handshake.has_registered_key();
    list.push_back(
        {.title = "Make the last change again",
         .explain = std::string("Whatever was set last (the finding names the fields) must be set once more: this write then gets a footer that the firmware "
                                "counts.") +
                    (not_the_key ? " Not the key: the one that the device has now is on record." : ""),
         .cost = Remedy::Cost::WritesOneSetting,
         .turn = Remedy::Turn::RunningSystem});
    return list;
}

const RemedyRow rows[] = {{"dct-last-write-undone", ways_of_undone_write}};

}  // namespace

std::span<const RemedyRow> dcd_remedies() { return rows; }

}  // namespace photopsy
