#include "fleet/fleet.h"

#include "remedy/titles.h"

#include <algorithm>
#include <map>
#include <set>
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

SharedPrimes primes_of(const Rows& rows, const DoBoth& do_both) {
    std::vector<std::vector<std::uint8_t>> moduli;
    std::vector<std::size_t> row_of;
    for (const auto which : {&Row::modulus, &Row::older_modulus})
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (!(rows[i].*which).empty()) moduli.push_back(rows[i].*which), row_of.push_back(i);
    auto primes = find_shared_primes(moduli, do_both);
    for (auto& shared : primes.found) {
        std::set<std::size_t> of_rows;
        for (const auto key : shared.keys) of_rows.insert(row_of[key]);
        shared.keys.assign(of_rows.begin(), of_rows.end());
    }
    std::sort(primes.found.begin(), primes.found.end(), [](const auto& a, const auto& b) { return a.keys < b.keys; });
    return primes;
}

/// A key that others can compute; nobody's story but their own; findings without an explanation; no step that helps all; not to be read.
Members for_people(const Rows& rows, const std::vector<Group>& groups, const SharedPrimes& primes) {
    Members list;
    for (const auto& shared : primes.found) list.insert(list.end(), shared.keys.begin(), shared.keys.end());
    for (const auto& group : groups) {
        const bool answered = group.members.size() >= smallest_story && !group.remedy.empty() && !group.causes.empty();
        for (const auto row : group.members)
            if (rows[row].fails() && (!answered || rows[row].unexplained)) list.push_back(row);
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].standing == Row::Standing::Unread) list.push_back(i);
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
}

/// Whoever has the public keys has the private ones: what keeps the key is no first step, for a dump and for a story whose dumps all have such a key.
void answer_shared_primes(Fleet& fleet) {
    std::set<std::size_t> broken;
    for (const auto& shared : fleet.primes.found) broken.insert(shared.keys.begin(), shared.keys.end());
    for (const auto row : broken) {
        auto& steps = fleet.rows[row].steps;
        std::erase(steps, new_key_title);
        steps.insert(steps.begin(), std::string(new_key_title));
    }
    for (auto& group : fleet.groups)
        if (std::all_of(group.members.begin(), group.members.end(), [&](std::size_t row) { return broken.count(row) > 0; })) group.remedy = new_key_title;
}

/// A tag of an address is a hash that whoever guesses the address can confirm, and what is told here is passed on: which rows have one address is all that
/// stays, as a letter in the order of the rows, which is the same however the rows came together.
void name_addresses(Rows& rows) {
    static constexpr std::size_t letters = 26;
    std::map<std::string, std::string> names;
    for (auto& row : rows) {
        if (row.address.empty() || row.address == "particle") continue;
        const auto number = names.size();
        auto& name = names[row.address];
        if (name.empty()) name = "server " + (number < letters ? std::string(1, static_cast<char>('A' + number)) : std::to_string(number + 1));
        row.address = name;
    }
}

}  // namespace

Fleet look_together(Rows rows, const DoBoth& do_both) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return std::tie(a.path, a.sha256, a.why, a.headline) < std::tie(b.path, b.sha256, b.why, b.headline); });
    name_addresses(rows);
    Fleet fleet{.rows = std::move(rows)};
    fleet.totals = count(fleet.rows);
    fleet.groups = groups_of(fleet.rows);
    Members failing;
    for (std::size_t i = 0; i < fleet.rows.size(); ++i)
        if (fleet.rows[i].fails()) failing.push_back(i);
    fleet.contrast = contrast_of(fleet.rows, failing);
    fleet.devices = same_devices(fleet.rows);
    fleet.same_keys = same_private_keys(fleet.rows);
    fleet.copied_tables = copied_tables(fleet.rows);
    fleet.primes = primes_of(fleet.rows, do_both);
    answer_shared_primes(fleet);
    fleet.for_people = for_people(fleet.rows, fleet.groups, fleet.primes);
    return fleet;
}

}  // namespace photopsy::fleet
