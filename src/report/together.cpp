#include "report/together.h"

#include "base/hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace photopsy {

namespace {

/// How many dumps say each thing, in the order of the words; "" is not counted.
template <class Says>
std::map<std::string, std::vector<const Analysis*>> grouped(const std::vector<Analysis>& analyses, Says says) {
    std::map<std::string, std::vector<const Analysis*>> groups;
    for (const auto& analysis : analyses)
        if (auto word = says(analysis); !word.empty()) groups[word].push_back(&analysis);
    return groups;
}

std::string count(std::size_t some, std::size_t all) { return some == all ? fmt::format("All {}", all) : fmt::format("{} of {}", some, all); }

/// The dumps of a group, by name.
std::string listed(const std::vector<const Analysis*>& some, const std::vector<Analysis>& all, const std::vector<std::string>& names) {
    static constexpr std::size_t most = 5;
    std::string list;
    for (std::size_t i = 0; i < some.size() && i < most; ++i) list += (i ? ", " : "") + names[static_cast<std::size_t>(some[i] - all.data())];
    return some.size() > most ? fmt::format("{} and {} more", list, some.size() - most) : list;
}

std::string small_letters(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string digest(const std::optional<Sha256>& value) { return value ? hex(*value) : ""; }

void say_outcome(const std::vector<Analysis>& analyses, std::vector<std::string>& said) {
    const auto healthy = static_cast<std::size_t>(
        std::count_if(analyses.begin(), analyses.end(), [](const Analysis& analysis) { return analysis.diagnosis.outcome == Outcome::Healthy; }));
    if (healthy == analyses.size())
        said.push_back(fmt::format("All {} flashes are healthy: look at the cloud, the account or the network.", healthy));
    else if (healthy)
        said.push_back(fmt::format("{} of {} flashes are healthy.", healthy, analyses.size()));
}

void say_causes(const std::vector<Analysis>& analyses, std::vector<std::string>& said) {
    std::map<std::string_view, std::pair<const Cause*, std::size_t>> counts;
    for (const auto& analysis : analyses)
        for (const auto& named : analysis.diagnosis.causes) {
            auto& [cause, number] = counts[named.cause->id];
            cause = named.cause;
            ++number;
        }
    for (const auto& [id, counted] : counts)
        if (counted.second > 1)
            said.push_back(fmt::format("{} have the same cause: {} ({}).", count(counted.second, analyses.size()), counted.first->title, id));
}

void say_server_key(const std::vector<Analysis>& analyses, std::vector<std::string>& said) {
    const auto foreign = [](const Analysis& analysis) {
        return analysis.keys.server.what == ServerKeyClass::Published ? std::string() : digest(analysis.keys.server.fingerprint);
    };
    for (const auto& [key, some] : grouped(analyses, foreign))
        if (some.size() > 1)
            said.push_back(
                fmt::format("{} hold the same server key, which is not Particle's (SHA-256 {}): a wrong key that was loaded everywhere, or a private cloud.",
                            count(some.size(), analyses.size()), key.substr(0, 16)));
    const auto address = [](const Analysis& analysis) { return analysis.keys.address.particle ? std::string() : analysis.keys.address.host; };
    for (const auto& [host, some] : grouped(analyses, address))
        if (some.size() > 1) said.push_back(fmt::format("{} go to the same private server.", count(some.size(), analyses.size())));
}

/// The chip's own id as USB told it when the dump was taken; "" where nothing recorded it.
std::string chip_of(const Analysis& analysis) {
    const auto& record = analysis.capture.record;
    return record && record->serial_is_device_id ? small_letters(record->serial) : std::string();
}

/// The same id in the tables of several dumps: one device, or a table that was copied. The chips' own ids decide where they were recorded.
std::string same_id(const std::vector<const Analysis*>& some, const std::string& names) {
    std::set<std::string> chips;
    bool all_known = true;
    for (const auto* one : some) {
        const auto chip = chip_of(*one);
        all_known = all_known && !chip.empty();
        if (!chip.empty()) chips.insert(chip);
    }
    if (chips.size() > 1)
        return fmt::format(
            "The same configuration table in {} different chips: {}. It was copied from one device to another, and the cloud then meets a foreign "
            "key under the id of the chip.",
            chips.size(), names);
    if (all_known) return fmt::format("Dumps of the same device: {}.", names);
    return fmt::format("The same device id in their tables: {}. Dumps of the same device, or a table that was copied to another.", names);
}

void say_identity(const std::vector<Analysis>& analyses, const std::vector<std::string>& names, std::vector<std::string>& said) {
    for (const auto& [file, some] : grouped(analyses, [](const Analysis& analysis) { return hex(analysis.capture.sha256); }))
        if (some.size() > 1) said.push_back(fmt::format("The same file under several names: {}.", listed(some, analyses, names)));
    for (const auto& [id, some] : grouped(analyses, [](const Analysis& analysis) { return analysis.facts.device_id.value_or(""); }))
        if (some.size() > 1) said.push_back(same_id(some, listed(some, analyses, names)));
    for (const auto& [key, some] : grouped(analyses, [](const Analysis& analysis) { return digest(analysis.keys.device.public_fingerprint); })) {
        const auto* first = some.front();
        const bool cloned = std::any_of(some.begin(), some.end(), [&](const Analysis* one) {
            return one->facts.device_id != first->facts.device_id && one->facts.device_id && first->facts.device_id;
        });
        if (cloned)
            said.push_back(
                fmt::format("Different devices hold the same private key: {}. One was copied to the other; the cloud accepts it for one of them at most.",
                            listed(some, analyses, names)));
    }
}

void say_system(const std::vector<Analysis>& analyses, std::vector<std::string>& said) {
    for (const auto& [release, some] : grouped(analyses, [](const Analysis& analysis) { return analysis.facts.system.device_os; }))
        if (some.size() == analyses.size()) said.push_back(fmt::format("All {} run Device OS {}.", some.size(), release));
}

}  // namespace

std::vector<std::string> what_they_share(const std::vector<Analysis>& analyses, std::vector<std::string> names) {
    std::vector<std::string> said;
    if (analyses.size() < 2) return said;
    for (auto i = names.size(); i < analyses.size(); ++i) names.push_back(analyses[i].capture.name);
    say_outcome(analyses, said);
    say_causes(analyses, said);
    say_server_key(analyses, said);
    say_identity(analyses, names, said);
    say_system(analyses, said);
    if (said.empty()) said.push_back("These dumps have nothing in common that explains a failure.");
    return said;
}

}  // namespace photopsy
