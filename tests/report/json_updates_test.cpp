// How the report's JSON names what becomes of an update.
#include "report/json_updates.h"

#include "catch.h"

#include <nlohmann/json.hpp>

using namespace photopsy;
using Resumes = OtaFacts::Resumes;

TEST_CASE("each end of a waiting copy has a word", "[report][ota]") {
    const std::pair<Resumes, std::string> words[] = {{Resumes::NotApplicable, "not-applicable"},
                                                     {Resumes::Yes, "yes"},
                                                     {Resumes::No, "no"},
                                                     {Resumes::AfterRepair, "after-repair"},
                                                     {Resumes::Harms, "makes-it-worse"},
                                                     {Resumes::Unknown, "unknown"},
                                                     {Resumes::MakesItWorse, "makes-it-worse"}};
    for (const auto& [resumes, word] : words) {
        OtaFacts ota;
        ota.resumes = resumes;
        CHECK(updates_json(ota)["resumes"].get<std::string>() == word);
    }
}
