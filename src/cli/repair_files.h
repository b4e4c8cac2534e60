#pragma once
// What an owner gives to a repair: firmware in files, folders and archives, a new key, words of consent.
#include "cli/definition.h"
#include "cli/session.h"
#include "mend/repair.h"

namespace photopsy {

struct RepairGiven {
    std::vector<std::string> firmware, causes, consents;
    std::string key;
    std::string registered_public_key;  ///< a file
    bool for_bootloader = false;
};
/// --firmware, --key.
void add_source_options(CommandDefinition&, RepairGiven&);
/// --cause, --consent, --registered-public-key.
void add_choice_options(CommandDefinition&, RepairGiven&);

/// Reads all of it; one sentence where something named cannot be read, or a word is none of consent.
Result<RepairWish> read_wish(const RepairGiven&, const Layout&);

/// What was given with --firmware and is not used by this plan, and why: one sentence each.
std::vector<std::string> unused_firmware(const RepairGiven&, const RepairWish&, const RepairPlan&, const Layout&);

/// How the dump is to be judged: with the public key on record, where one was given; one sentence where its file holds none.
Result<AnalyzeOptions> read_judging(const RepairGiven&);
/// Why the key on record that was given can be none of this device's, one sentence; "" where it can be, or none was given.
std::string why_refused(const RepairGiven&, const Analysis&);

/// What a plan was made with, read again from where it was; `more` are files given in place of those that are gone.
RepairGiven given_again(const RepairPlan&, const RepairGiven& more);

}  // namespace photopsy
