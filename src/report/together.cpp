#include "report/together.h"

#include "base/hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace photopsy {

namespace {

using Dumps = std::vector<SharedTraits>;
using Some = std::vector<const SharedTraits*>;

/// The dumps that say each thing, in the order of the words; "" is not counted.
std::map<std::string, Some> grouped(const Dumps& dumps, std::string SharedTraits::*word) {
    std::map<std::string, Some> groups;
    for (const auto& dump : dumps)
        if (!(dump.*word).empty()) groups[dump.*word].push_back(&dump);
    return groups;
}

std::string count(std::size_t some, std::size_t all) {
    return some < all ? fmt::format("{} of {}", some, all) : all == 2 ? "Both" : fmt::format("All {}", all);
}

/// The dumps of a group, by name.
std::string listed(const Some& some) {
    static constexpr std::size_t most = 5;
    std::string list;
    for (std::size_t i = 0; i < some.size() && i < most; ++i) list += (i ? ", " : "") + some[i]->name;
    return some.size() > most ? fmt::format("{} and {} more", list, some.size() - most) : list;
}

std::string small_letters(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string digest(const std::optional<Sha256>& value) { return value ? hex(*value) : ""; }

void say_outcome(const Dumps& dumps, std::vector<std::string>& said) {
    const auto healthy =
        static_cast<std::size_t>(std::count_if(dumps.begin(), dumps.end(), [](const SharedTraits& dump) { return dump.outcome == Outcome::Healthy; }));
    if (healthy == dumps.size())
        said.push_back(count(healthy, healthy) + " flashes are healthy: look at the cloud, the account or the network.");
    else if (healthy)
        said.push_back(fmt::format("{} of {} flashes are healthy.", healthy, dumps.size()));
}

void say_causes(const Dumps& dumps, std::vector<std::string>& said) {
    std::map<std::string_view, std::pair<const Cause*, std::size_t>> counts;
    for (const auto& dump : dumps)
        for (const auto* named : dump.causes) {
            auto& [cause, number] = counts[named->id];
            cause = named;
            ++number;
        }
    for (const auto& [id, counted] : counts)
        if (counted.second > 1) said.push_back(fmt::format("{} have the same cause: {} ({}).", count(counted.second, dumps.size()), counted.first->title, id));
}

void say_server_key(const Dumps& dumps, std::vector<std::string>& said) {
    for (const auto& [key, some] : grouped(dumps, &SharedTraits::foreign_server_key))
        if (some.size() > 1)
            said.push_back(
                fmt::format("{} hold the same server key, which is not Particle's (SHA-256 {}): a wrong key that was loaded everywhere, or a private cloud.",
                            count(some.size(), dumps.size()), key.substr(0, 16)));
    for (const auto& [host, some] : grouped(dumps, &SharedTraits::private_server_address))
        if (some.size() > 1) said.push_back(fmt::format("{} go to the same private server.", count(some.size(), dumps.size())));
}

/// By the chip's own word where there is one.
const std::string& identity_of(const SharedTraits& dump) { return dump.chip.empty() ? dump.device_id : dump.chip; }

/// The same id in the tables of several dumps: one device, or a table that was copied. The chips' own ids decide where they were recorded.
std::string same_id(const Some& some) {
    std::set<std::string> chips;
    bool all_known = true;
    for (const auto* one : some) {
        all_known = all_known && !one->chip.empty();
        if (!one->chip.empty()) chips.insert(one->chip);
    }
    const auto names = listed(some);
    if (chips.size() > 1)
        return fmt::format(
            "The same configuration table in {} different chips: {}. It was copied from one device to another, and the cloud then meets a foreign "
            "key under the id of the chip.",
            chips.size(), names);
    if (all_known) return fmt::format("Dumps of the same device: {}.", names);
    return fmt::format("The same device id in their tables: {}. Dumps of the same device, or a table that was copied to another.", names);
}

void say_identity(const Dumps& dumps, std::vector<std::string>& said) {
    for (const auto& [file, some] : grouped(dumps, &SharedTraits::sha256))
        if (some.size() > 1) said.push_back(fmt::format("The same file under several names: {}.", listed(some)));
    for (const auto& [id, some] : grouped(dumps, &SharedTraits::device_id))
        if (some.size() > 1) said.push_back(same_id(some));
    for (const auto& [chip, some] : grouped(dumps, &SharedTraits::chip)) {
        const auto& first = some.front()->device_id;
        if (std::ranges::any_of(some, [&](const SharedTraits* one) { return one->device_id != first; }))
            said.push_back(fmt::format("Dumps of the same device: {}.", listed(some)));
    }
    for (const auto& [key, some] : grouped(dumps, &SharedTraits::private_key)) {
        const auto* first = some.front();
        const bool cloned = std::ranges::any_of(some, [&](const SharedTraits* one) {
            const bool same_table = !one->device_id.empty() && one->device_id == first->device_id;  // told already
            return !same_table && !identity_of(*one).empty() && !identity_of(*first).empty() && identity_of(*one) != identity_of(*first);
        });
        if (cloned)
            said.push_back(fmt::format(
                "Different devices hold the same private key: {}. One was copied to the other; the cloud accepts it for the device that it was registered for.",
                listed(some)));
    }
}

void say_system(const Dumps& dumps, std::vector<std::string>& said) {
    for (const auto& [release, some] : grouped(dumps, &SharedTraits::device_os))
        if (some.size() == dumps.size()) said.push_back(fmt::format("{} run Device OS {}.", count(some.size(), dumps.size()), release));
}

}  // namespace

SharedTraits traits_of(const Analysis& analysis, std::string name) {
    const auto& keys = analysis.keys;
    SharedTraits traits{.name = std::move(name), .outcome = analysis.diagnosis.outcome};
    for (const auto& named : analysis.diagnosis.causes) traits.causes.push_back(named.cause);
    traits.sha256 = hex(analysis.capture.sha256);
    traits.device_os = analysis.facts.system.device_os;
    traits.device_id = analysis.facts.device_id.value_or("");
    if (const auto& record = analysis.capture.record; record && record->serial_is_device_id) traits.chip = small_letters(record->serial);
    // The public half alone, as a cache of it still has it, is no private key.
    const bool held = keys.device.usable || !keys.recoveries.empty();
    if (held) traits.private_key = digest(keys.device.public_fingerprint);
    if (keys.server.what != ServerKeyClass::Published) traits.foreign_server_key = digest(keys.server.fingerprint);
    if (!keys.address.particle) traits.private_server_address = keys.address.host;
    return traits;
}

std::vector<std::string> what_traits_share(const std::vector<SharedTraits>& dumps) {
    std::vector<std::string> said;
    if (dumps.size() < 2) return said;
    say_outcome(dumps, said);
    say_causes(dumps, said);
    say_server_key(dumps, said);
    say_identity(dumps, said);
    say_system(dumps, said);
    if (said.empty()) said.push_back("These dumps have nothing in common that explains a failure.");
    return said;
}

std::vector<std::string> what_they_share(const std::vector<Analysis>& analyses, std::vector<std::string> names) {
    Dumps dumps;
    for (std::size_t i = 0; i < analyses.size(); ++i) dumps.push_back(traits_of(analyses[i], i < names.size() ? names[i] : analyses[i].capture.name));
    return what_traits_share(dumps);
}

}  // namespace photopsy
