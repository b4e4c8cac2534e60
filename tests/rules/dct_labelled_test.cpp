// The labelled dumps whose damage is in the configuration table, Wi-Fi list or EEPROM: exactly the expected finding, and where it stands.
#include "diagnosis/diagnosis.h"
#include "support/shared.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

static std::vector<std::string> subject_findings(const Facts& facts) {
    const KeyFacts keys;
    const HandshakeOutcome handshake;
    const BootOutcome boot;
    std::vector<std::string> ids;
    for (auto rules : {dct_rules(), dct_damage_rules(), wifi_rules(), eeprom_rules()})
        for (const auto& rule : rules) {
            const auto found = run_rule(rule, {facts, keys, handshake, boot});
            for (const auto& finding : found.all())
                if (finding.severity > Severity::Note) ids.emplace_back(rule.id);
        }
    return ids;
}

TEST_CASE("labelled dumps: table, Wi-Fi and EEPROM", "[dct][rules]") {
    const auto& dumps = shared_archive("dumps/dumps.tar.zst");
    if (dumps.empty()) {
        WARN("no shared material: labelled dumps not checked");
        return;
    }
    const std::map<std::string, std::vector<std::string>> expected = {
        {"d016", {"dct-crc-mismatch-in-device-key"}}, {"d044", {"dct-both-unreadable"}},    {"d047", {"dct-default-table"}},
        {"d049", {"dct-write-unfinished"}},           {"d053", {"dct-write-unfinished"}},   {"d055", {"dct-write-unfinished"}},
        {"d057", {"dct-copy-crc-mismatch"}},          {"d087", {"eeprom-swap-unfinished"}}, {"d110", {"dct-copy-crc-mismatch", "dct-superseded-copy-damaged"}},
        {"d112", {"dct-write-unfinished"}},
    };
    std::size_t whole = 0;
    for (const auto& [path, bytes] : dumps) {
        const auto name = path.substr(path.rfind('/') + 1).substr(0, 4);
        if (bytes.size() != 0x100000 || name == "d092" || name == "d098") continue;
        INFO(path);
        ++whole;
        const Capture capture{.image = Image(bytes, 0x08000000)};
        const auto facts = collect_facts(capture, *builtin_layout("photon"));
        const auto row = expected.find(name);
        CHECK(subject_findings(facts) == (row == expected.end() ? std::vector<std::string>{} : row->second));
        if (name == "d110") {
            CHECK(facts.dct.copy(2)->damage->places == std::vector{range_of(0x08009A5C, 1)});
            for (auto place : facts.dct.copy(1)->damage->places) CHECK(range_of(0x08005D9E, 1216).contains(place));
        }
    }
    CHECK(whole > 30);
}
