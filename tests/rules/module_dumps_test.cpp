// The labelled dumps, as far as modules go: which causes the module rules give, and what the start does.
#include "catch.h"
#include "diagnosis/cause.h"
#include "facts/facts.h"
#include "rules/rule.h"
#include "support/shared.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct JudgedDump {
    Facts facts;
    BootOutcome boot;
    Findings found;
    std::set<std::string> causes;
};

JudgedDump judge(const Bytes& dump) {
    JudgedDump judged;
    static const KeyFacts keys;
    static const HandshakeOutcome handshake;
    Capture capture{.image = Image(dump, 0x08000000)};
    judged.facts = collect_facts(capture, *builtin_layout("photon"));
    judged.boot = predict_boot(judged.facts);
    const Observations seen{judged.facts, keys, handshake, judged.boot};
    for (auto subject : {module_rules(), system_rules()})
        for (const auto& rule : subject) {
            const auto found = run_rule(rule, seen);
            for (const auto& finding : found.all()) {
                judged.found.all().push_back(finding);
                if (finding.severity == Severity::Note) continue;
                for (const auto& cause : module_causes())
                    if (entry_names(cause.explains.front(), rule.id)) judged.causes.insert(std::string(cause.id));
            }
        }
    return judged;
}

bool is_module_cause(const std::string& id) {
    return std::any_of(module_causes().begin(), module_causes().end(), [&](const Cause& cause) { return cause.id == id; });
}

std::set<std::string> ids(const nlohmann::json& list) {
    std::set<std::string> all;
    for (const auto& entry : list) {
        if (entry.is_string())
            all.insert(entry.get<std::string>());
        else
            for (const auto& id : entry) all.insert(id.get<std::string>());
    }
    return all;
}

bool is_located(const nlohmann::json& damage, const Findings& found) {
    const auto at = static_cast<Address>(std::stoul(damage["address"].get<std::string>(), nullptr, 16));
    const auto size = damage.value("size", 1u);
    return std::any_of(found.all().begin(), found.all().end(), [&](const Finding& finding) {
        return finding.where.at.begin < at + size && at < finding.where.at.end && finding.where.at.size() <= std::max(size, 0x40000u);
    });
}

}  // namespace

TEST_CASE("module causes, places and the start are right on the labelled dumps", "[modules]") {
    if (!shared_directory()) {
        WARN("no labelled dumps beside this checkout");
        return;
    }
    int judged_dumps = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*shared_directory() + "/dumps/labels")) {
        const auto bytes = read_file(entry.path().string());
        const auto label = nlohmann::json::parse(bytes.begin(), bytes.end());
        if (!label.value("full_dump", false)) continue;
        const auto file = label["file"].get<std::string>();
        const auto& dumps = shared_archive("dumps/dumps.tar.zst");
        const auto dump = std::find_if(dumps.begin(), dumps.end(), [&](const auto& member) { return member.first.ends_with(file); });
        REQUIRE(dump != dumps.end());
        const auto judged = judge(dump->second);
        ++judged_dumps;
        std::string spoken;
        for (const auto& finding : judged.found.all()) spoken += std::string(finding.rule->id) + ": " + finding.explain + "\n";
        INFO(file << "\n" << spoken << name_of(judged.boot.result) << ' ' << judged.boot.safe_mode_reason);
        auto allowed = ids(label["expected_causes"]);
        for (const auto& id : ids(label["allowed_causes"])) allowed.insert(id);
        for (const auto& id : judged.causes) CHECK((allowed.count(id) ? "" : id) == "");
        for (const auto& wanted : label["expected_causes"]) {
            const auto any = ids(nlohmann::json::array({wanted}));
            if (std::none_of(any.begin(), any.end(), is_module_cause)) continue;
            CHECK(std::any_of(any.begin(), any.end(), [&](const std::string& id) { return judged.causes.count(id) != 0; }));
        }
        for (const auto& damage : label["damage"])
            if (is_module_cause(damage["code"].get<std::string>())) CHECK(is_located(damage, judged.found));
        const auto outcomes = ids(label["expected_outcome_any"]);
        const auto result = judged.boot.result;
        if (result == BootResult::SafeMode) CHECK(outcomes.count("safe-mode"));
        if (result == BootResult::Undefined || result == BootResult::Dfu || result == BootResult::ResetLoop) CHECK(outcomes.count("boot-fails"));
        if (result == BootResult::Runs || result == BootResult::FactoryReset)
            CHECK((outcomes.count("healthy") || outcomes.count("attention") || outcomes.count("cloud-fails")));
    }
    CHECK(judged_dumps >= 40);
}
