#include "fleet/fleet.h"

#include <algorithm>
#include <tuple>

namespace photopsy::fleet {

namespace {

Totals count(const Rows& rows) {
    Totals totals;
    for (const auto& row : rows) {
        totals.no_dumps += row.standing == Row::Standing::NoDump;
        totals.unread += row.standing == Row::Standing::Unread;
        if (!row.is_dump()) continue;
        ++totals.dumps;
        ++totals.by_outcome[static_cast<std::size_t>(row.outcome)];
    }
    return totals;
}

/// What works, or will heal itself, is no failure.
bool fails(const Row& row) { return row.is_dump() && row.outcome != Outcome::Healthy && row.outcome != Outcome::Attention; }

SharedPrimes primes_of(const Rows& rows, const DoBoth& do_both) {
    std::vector<std::vector<std::uint8_t>> moduli;
    for (const auto& row : rows) moduli.push_back(row.modulus);
    return find_shared_primes(moduli, do_both);
}

/// A key that others can compute; nobody's story but their own; findings without an explanation; no step that helps all; not to be read.
Members for_people(const Rows& rows, const std::vector<Group>& groups, const SharedPrimes& primes) {
    Members list;
    for (const auto& shared : primes.found) list.insert(list.end(), shared.keys.begin(), shared.keys.end());
    for (const auto& group : groups) {
        const bool answered = group.members.size() >= smallest_story && !group.remedy.empty() && !group.causes.empty();
        for (const auto row : group.members)
            if (fails(rows[row]) && (!answered || rows[row].unexplained)) list.push_back(row);
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].standing == Row::Standing::Unread) list.push_back(i);
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
}

}  // namespace

Fleet look_together(Rows rows, const DoBoth& do_both) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return std::tie(a.path, a.sha256, a.why, a.headline) < std::tie(b.path, b.sha256, b.why, b.headline); });
    Fleet fleet{.rows = std::move(rows)};
    fleet.totals = count(fleet.rows);
    fleet.groups = groups_of(fleet.rows);
    Members failing;
    for (std::size_t i = 0; i < fleet.rows.size(); ++i)
        if (fails(fleet.rows[i])) failing.push_back(i);
    fleet.contrast = contrast_of(fleet.rows, failing);
    fleet.devices = same_devices(fleet.rows);
    fleet.same_keys = same_private_keys(fleet.rows);
    fleet.copied_tables = copied_tables(fleet.rows);
    fleet.primes = primes_of(fleet.rows, do_both);
    fleet.for_people = for_people(fleet.rows, fleet.groups, fleet.primes);
    return fleet;
}

}  // namespace photopsy::fleet
