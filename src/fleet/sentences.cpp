#include "fleet/fleet.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::fleet {

namespace {

constexpr std::size_t most_names = 4, most_of_a_kind = 3;

void say_more(std::size_t all, std::string_view what, std::vector<std::string>& said) {
    if (all > most_of_a_kind) said.push_back(fmt::format("{} more {}.", all - most_of_a_kind, what));
}

void say_where_to_look(const Fleet& fleet, std::vector<std::string>& said) {
    const auto healthy = fleet.totals.of(Outcome::Healthy);
    if (fleet.totals.dumps && healthy == fleet.totals.dumps)
        said.push_back(fmt::format("{}: look at the cloud, the account, the network or the power, not at the flash.",
                                   healthy == 1 ? "The one dump is healthy" : fmt::format("All {} dumps are healthy", healthy)));
}

void say_contrast(const Fleet& fleet, std::vector<std::string>& said) {
    if (fleet.groups.size() < 2) return;  // of one group it is said there
    for (const auto& contrast : fleet.contrast)
        said.push_back(contrast.works ? fmt::format("All {} that fail have {}; none of the {} that work has.", contrast.here,
                                                    in_words(contrast.trait, contrast.value), contrast.works)
                                      : fmt::format("All {} that fail have {}.", contrast.here, in_words(contrast.trait, contrast.value)));
}

void say_keys(const Fleet& fleet, std::vector<std::string>& said) {
    for (std::size_t i = 0; i < fleet.same_keys.size() && i < most_of_a_kind; ++i)
        said.push_back(
            fmt::format("Different devices hold the same private key: {}. It was copied; the cloud accepts it for the device that it was registered for.",
                        names_of(fleet.rows, fleet.same_keys[i], most_names)));
    say_more(fleet.same_keys.size(), "private keys are shared by different devices", said);
    for (std::size_t i = 0; i < fleet.copied_tables.size() && i < most_of_a_kind; ++i)
        said.push_back(fmt::format("A configuration table names another chip than the one it lies in: {}. It was copied from device to device.",
                                   names_of(fleet.rows, fleet.copied_tables[i], most_names)));
    say_more(fleet.copied_tables.size(), "configuration tables were copied", said);
}

void say_primes(const Fleet& fleet, std::vector<std::string>& said) {
    for (std::size_t i = 0; i < fleet.primes.found.size() && i < most_of_a_kind; ++i)
        said.push_back(
            fmt::format("private-key-shares-prime: the keys of {} have a factor of {} bits in common (the greatest common divisor of their public "
                        "moduli, certain). Whoever holds the public keys can compute the private ones: give each of these devices a new key.",
                        names_of(fleet.rows, fleet.primes.found[i].keys, most_names), fleet.primes.found[i].bits));
    say_more(fleet.primes.found.size(), "factors are shared by different keys", said);
    if (!fleet.primes.all_compared)
        said.push_back(fmt::format("More than {} keys share factors; only the first {} were compared one by one.", most_related, most_related));
}

}  // namespace

std::string names_of(const Rows& rows, const Members& members, std::size_t most) {
    std::string list;
    for (std::size_t i = 0; i < members.size() && i < most; ++i) list += (i ? ", " : "") + rows[members[i]].path;
    return members.size() > most ? fmt::format("{} and {} more", list, members.size() - most) : list;
}

std::vector<std::string> sentences_of(const Fleet& fleet) {
    std::vector<std::string> said;
    say_where_to_look(fleet, said);
    say_contrast(fleet, said);
    say_primes(fleet, said);
    say_keys(fleet, said);
    return said;
}

}  // namespace photopsy::fleet
