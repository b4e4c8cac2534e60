#pragma once
// What many dumps say together. Pure: rows in, groups out; the order of the rows does not matter.
#include "fleet/groups.h"
#include "fleet/identities.h"
#include "fleet/shared_primes.h"

#include <array>

namespace photopsy::fleet {

struct Totals {
    std::size_t dumps = 0, no_dumps = 0, unread = 0;
    std::array<std::size_t, 6> by_outcome{};  ///< in the order of Outcome
    std::size_t of(Outcome outcome) const { return by_outcome[static_cast<std::size_t>(outcome)]; }
};

struct Fleet {
    Rows rows;  ///< by path, then SHA-256; private servers are "server A", "server B" ..., in the order of the rows
    Totals totals;
    std::vector<Group> groups;
    std::vector<Contrast> contrast;  ///< what all that fail share and none that works
    std::vector<SameDevice> devices;
    std::vector<Members> same_keys, copied_tables;
    SharedPrimes primes;  ///< `keys` are indices into `rows`
    Members for_people;   ///< dumps that no group's remedy answers
};

/// A group of fewer dumps than this is no story that many share.
inline constexpr std::size_t smallest_story = 2;

Fleet look_together(Rows, const DoBoth& = one_after_the_other);

/// Sentences on the whole, most important first: where to look, and what devices share that no two should. Rows are named by path.
std::vector<std::string> sentences_of(const Fleet&);

/// "a.bin, b.bin, c.bin and 9 more".
std::string names_of(const Rows&, const Members&, std::size_t most);

}  // namespace photopsy::fleet
