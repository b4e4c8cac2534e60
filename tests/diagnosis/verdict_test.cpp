// The headline names what really ends the handshake, or keeps the application from running, wherever it stands among the causes.
#include "catch.h"
#include "photopsy.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Analysis of_life(const std::string& life, const std::string& damage = "") {
    const auto sample =
        sample::make_sample(fmt::format("title = \"a device\"\ndevice = \"photon\"\nseed = 77\nlife = [{}]\ndamage = [{}]\n", life, damage), "verdict");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(sample->file, "verdict.bin", "", layout), layout);
}

bool ends_with(const Analysis& analysis, std::string_view words) {
    INFO(analysis.diagnosis.headline);
    return analysis.diagnosis.headline.ends_with(words);
}

const std::string released = R"({ act = "install-release", release = "1.5.2" }, { act = "factory-table", release = "1.4.0", version_string = "2019-11-05" })";
const std::string in_use = released + R"(, { act = "provision" })";
const std::string other_key = R"({ act = "write", field = "server_public_key", server = "other" })";

}  // namespace

TEST_CASE("a key that nothing asks for any more is not what ends the handshake", "[diagnosis]") {
    const std::string zeroed_key = R"({ act = "fill", at = "dct.device_private_key", length = 612, value = 0 })";
    const auto key_alone = of_life(in_use, zeroed_key);
    CHECK(key_alone.diagnosis.outcome == Outcome::CloudFails);
    CHECK(ends_with(key_alone, "zeros."));
    const auto both = of_life(in_use + ", " + other_key, zeroed_key);
    REQUIRE(both.diagnosis.causes.size() == 2);
    CHECK(both.handshake.predictions.front().step == Step::Recv384);
    CHECK(ends_with(both, "the server key is not that of the server which the address names."));
}

TEST_CASE("the headline of safe mode names the module for which the application is refused", "[diagnosis]") {
    const std::string lost_tables = R"({ act = "fill", at = "dct1", length = 16384, value = 0 }, { act = "fill", at = "dct2", length = 16384, value = 0 })";
    const std::string application = R"({ act = "flip", at = "user+600", bit = 3 })";
    const auto app = of_life(in_use, application + ", " + lost_tables);
    CHECK(app.diagnosis.outcome == Outcome::SafeMode);
    CHECK(app.diagnosis.causes.size() == 2);
    CHECK(ends_with(app, "a firmware module fails its checksum."));
    const auto table = of_life(in_use, lost_tables);
    CHECK_FALSE(ends_with(table, "a firmware module fails its checksum."));
}

TEST_CASE("that a damaged system part gets as far as its own check is likely, and an application's refusal is certain", "[diagnosis]") {
    const auto part2 = of_life(in_use, R"({ act = "flip", at = "system-part2+20000", bit = 3 })");
    CHECK(part2.diagnosis.outcome == Outcome::SafeMode);
    CHECK(part2.diagnosis.confidence == Confidence::Likely);
    const auto application = of_life(in_use, R"({ act = "flip", at = "user+600", bit = 3 })");
    CHECK(application.diagnosis.outcome == Outcome::SafeMode);
    CHECK(application.diagnosis.confidence == Confidence::Certain);
}
