#pragma once
// Observations made by hand around a configuration table, for the tests of rules and causes.
#include "diagnosis/diagnosis.h"
#include "support/table.h"

#include <algorithm>

namespace photopsy::test {

struct Scene {
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot;

    /// The table and whatever else `image` holds, read as the given system version would.
    Scene(const Image& image, std::uint16_t system_version, DctGeneration generation) {
        facts.layout = &table_layout();
        facts.system.system_version = system_version;
        facts.system.store.table = generation;
        facts.dct = read_dct(image, table_layout(), generation);
        facts.wifi = read_wifi(image, table_layout(), facts.dct);
        facts.eeprom = read_eeprom(image, table_layout(), system_version);
    }
    explicit Scene(const TablePair& pair, std::uint16_t system_version = 1512, DctGeneration generation = DctGeneration::G5)
        : Scene(table_image(pair), system_version, generation) {}

    Observations observations() const { return {facts, keys, handshake, boot}; }
    Findings findings() const { return find_problems(observations()); }
    /// The one finding of a rule; a test that asks for an absent one fails.
    Finding only(std::string_view id) const {
        const auto found = run_rule(*find_rule(id), observations());
        return found.all().size() == 1 ? found.all()[0] : Finding{};
    }
    bool fires(std::string_view id) const { return !run_rule(*find_rule(id), observations()).all().empty(); }
    std::vector<std::string> causes() const {
        std::vector<std::string> ids;
        const auto diagnosis = diagnose(observations(), findings());
        for (const auto& named : diagnosis.causes) ids.emplace_back(named.cause->id);
        std::sort(ids.begin(), ids.end());
        return ids;
    }
    /// Ids of the findings above note.
    std::vector<std::string> problems() const {
        std::vector<std::string> ids;
        const auto found = findings();
        for (const auto& finding : found.all())
            if (finding.severity > Severity::Note) ids.emplace_back(finding.rule->id);
        return ids;
    }
};

}  // namespace photopsy::test
