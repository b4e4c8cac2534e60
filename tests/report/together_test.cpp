#include "report/together.h"

#include "report/report.h"
#include "support/written_analysis.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;

static bool says(const std::vector<std::string>& sentences, std::string_view wanted) {
    return std::any_of(sentences.begin(), sentences.end(), [&](const std::string& sentence) { return sentence.find(wanted) != std::string::npos; });
}

static std::vector<Analysis> three(Analysis (*make)()) {
    std::vector<Analysis> list;
    for (int i = 0; i < 3; ++i) {
        list.push_back(make());
        list.back().capture.name = "dump" + std::to_string(i) + ".bin";
        list.back().capture.sha256[0] = static_cast<std::uint8_t>(i);
        list.back().facts.device_id = "00000000000000000000000" + std::to_string(i);
        list.back().keys.device.public_fingerprint = Sha256{static_cast<std::uint8_t>(i + 1)};
    }
    return list;
}

TEST_CASE("one dump shares nothing", "[report]") {
    std::vector<Analysis> one;
    one.push_back(test::healthy_device());
    CHECK(what_they_share(one).empty());
    CHECK(what_they_share({}).empty());
}

TEST_CASE("healthy flashes send the search elsewhere", "[report]") {
    auto list = three(test::healthy_device);
    CHECK(says(what_they_share(list), "All 3 flashes are healthy: look at the cloud, the account or the network."));
    CHECK_FALSE(says(what_they_share(list), "private key"));
    list[1].diagnosis.outcome = Outcome::CloudFails;
    CHECK_FALSE(says(what_they_share(list), "All 3 flashes"));
    CHECK(says(what_they_share(list), "2 of 3 flashes are healthy."));
}

TEST_CASE("what is the same everywhere is said", "[report]") {
    auto list = three(test::broken_device);
    for (auto& analysis : list) analysis.keys.server = {.what = ServerKeyClass::ValidOther, .fingerprint = Sha256{7}};
    auto shared = what_they_share(list);
    CHECK(says(shared, "All 3 have the same cause: One bit of the private key is changed (private-key-bit-flip)."));
    CHECK(says(shared, "All 3 hold the same server key, which is not Particle's"));
    CHECK(says(shared, "All 3 go to the same private server."));
    CHECK(says(shared, "All 3 run Device OS 1.5.2."));
    CHECK_FALSE(says(shared, test::private_host));
    for (auto& analysis : list) analysis.keys.server.what = ServerKeyClass::Published;
    CHECK_FALSE(says(what_they_share(list), "server key"));
    list[2].keys.device.public_fingerprint = list[0].keys.device.public_fingerprint;
    for (auto& analysis : list) analysis.keys.device.usable = false;
    CHECK_FALSE(says(what_they_share(list), "Different devices hold"));  // only the public half is known
    for (auto& analysis : list) analysis.keys.device.usable = true;
    CHECK(says(what_they_share(list), "Different devices hold the same private key: dump0.bin, dump2.bin."));
    list[2].facts.device_id = list[0].facts.device_id;
    CHECK_FALSE(says(what_they_share(list), "Different devices"));
    CHECK(says(what_they_share(list), "The same device id in their tables: dump0.bin, dump2.bin. Dumps of the same device, or a table that was copied"));
    CaptureRecord record;
    record.serial_is_device_id = true;
    record.serial = "3B0021001747353236343033";
    list[0].capture.record = list[2].capture.record = record;
    CHECK(says(what_they_share(list), "Dumps of the same device: dump0.bin, dump2.bin."));
    list[2].capture.record->serial = "410033000F47353138383138";
    CHECK(says(what_they_share(list), "The same configuration table in 2 different chips: dump0.bin, dump2.bin."));
    CHECK_FALSE(says(what_they_share(list), "Different devices hold"));
    list[2].facts.device_id.reset();
    CHECK(says(what_they_share(list), "Different devices hold the same private key: dump0.bin, dump2.bin."));
    list[2].capture.record->serial = list[0].capture.record->serial;
    CHECK(says(what_they_share(list), "Dumps of the same device: dump0.bin, dump2.bin."));
    CHECK_FALSE(says(what_they_share(list), "Different devices hold"));
}

TEST_CASE("the formats for people end with what several dumps share", "[report]") {
    const auto list = three(test::healthy_device);
    for (const auto format : {Format::Text, Format::Markdown, Format::Html}) {
        const auto text = render(list, format, {});
        INFO(text);
        CHECK(text.find("3 flashes are healthy") != std::string::npos);
        for (const auto& analysis : list) CHECK(text.find(analysis.capture.name) != std::string::npos);
    }
    CHECK(render(list, Format::Markdown, {}).size() <= 15000);
}
