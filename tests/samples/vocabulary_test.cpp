// Every cause id of the report contract comes out of the smallest damage that deserves it, alone, and with a fitting outcome.
#include "catch.h"
#include "support/sample/sample.h"
#include "support/smallest_damage.h"
#include "support/spoken.h"
#include "support/story.h"

#include <nlohmann/json.hpp>

#include <set>

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("every cause of the contract is told from the smallest damage", "[vocabulary]") {
    const ScratchDirectory directory;
    for (const auto& one : smallest_damages()) {
        const auto sample = sample::make_sample(recipe_of(one), one.cause);
        if (!sample) FAIL(sample.error().message);
        const auto spoken = run({"analyze", directory.put("dump.bin", sample->file), "--format", "json"});
        const auto report = nlohmann::json::parse(spoken.out, nullptr, false);
        INFO(one.cause << " " << spoken.err);
        REQUIRE(report.is_object());
        std::string causes;
        std::set<std::string> extra;
        bool told = false;
        for (const auto& cause : report.at("causes")) {
            const auto id = cause.at("id").get<std::string>();
            causes += id + " ";
            told = told || id == one.cause;
            if (id != one.cause && id != one.also) extra.insert(id);
        }
        INFO("causes: " << causes);
        CHECK(told);
        CHECK(extra.empty());
        const auto outcome = report.at("verdict").at("outcome").get<std::string>();
        INFO("outcome " << outcome);
        CHECK((" " + std::string(one.outcomes) + " ").find(" " + outcome + " ") != std::string::npos);
    }
}
