#include "report/difference.h"
#include "catch.h"
#include "flash/external.h"
#include "support/ota_fixture.h"
#include "support/story.h"

#include <nlohmann/json.hpp>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Analysis analysis_of(const OtaDevice& device, const std::string& name) {
    return analyze(Capture{.image = device.image, .name = name, .container = "", .format = "raw"}, device.layout);
}

Difference difference(const OtaDevice& before, const OtaDevice& after) {
    return compare(analysis_of(before, "before.bin"), analysis_of(after, "after.bin"), ReportStyle{});
}

bool says(const Difference& result, std::string_view words) { return difference_text(result).find(words) != std::string::npos; }

/// Distinct bytes in a field of the configuration table.
void plant(OtaDevice& device, const char* field, std::uint8_t seed) {
    const auto* found = device.layout.dct.field(field);
    REQUIRE(found);
    std::vector<std::uint8_t> bytes(found->size);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>('A' + (i * 7 + seed) % 26);
    device.image.put(device.layout.dct.copies.front().begin + device.layout.dct.application_offset + found->offset, bytes);
}

}  // namespace

TEST_CASE("The same content is the same", "[diff]") {
    const auto result = difference(OtaDevice(), OtaDevice());
    CHECK(result.same);
    CHECK(says(result, "byte for byte"));
}

TEST_CASE("What changed is said by its meaning", "[diff]") {
    OtaDevice before, after;
    after.install(make_module(part2_spec(2302)));
    after.set_flag(0xA5);
    const auto result = difference(before, after);
    CHECK(!result.same);
    CHECK(says(result, "system part 2: v1512"));
    CHECK(says(result, "-> v2302"));
    CHECK(says(result, "DCT copy 1: 1 byte of 16 KiB"));
}

TEST_CASE("The same as JSON: changes in words, bytes by region", "[diff]") {
    OtaDevice before, after;
    after.install(make_module(part2_spec(2302)));
    after.flip(0x08004100);
    const auto json = nlohmann::json::parse(difference_json(difference(before, after)), nullptr, false);
    REQUIRE(json.is_object());
    CHECK(json.at("schema") == "photopsy-difference/1");
    CHECK(json.at("same") == false);
    CHECK(json.at("same_device").is_null());
    CHECK(json.at("before").at("name") == "before.bin");
    const auto part2 =
        std::find_if(json.at("changes").begin(), json.at("changes").end(), [](const auto& change) { return change.at("what") == "system part 2"; });
    REQUIRE(part2 != json.at("changes").end());
    CHECK(part2->at("section") == "Modules");
    CHECK(part2->at("after").template get<std::string>().starts_with("v2302"));
    const auto copy = std::find_if(json.at("bytes").begin(), json.at("bytes").end(), [](const auto& row) { return row.at("region") == "DCT copy 1"; });
    REQUIRE(copy != json.at("bytes").end());
    CHECK(copy->at("different") == 1);
    CHECK(copy->at("single_bit") == 1);
    CHECK(copy->at("first") == "0x08004100");
    CHECK(copy->at("last") == "0x08004100");
    const auto same = nlohmann::json::parse(difference_json(difference(before, before)), nullptr, false);
    CHECK(same.at("same") == true);
    CHECK(same.at("changes").empty());
    CHECK(same.at("bytes").empty());
}

TEST_CASE("A byte that only one file holds makes them different", "[diff]") {
    OtaDevice before, after;
    Image shorter(before.layout.flash);
    shorter.put(0x08000000, before.image.bytes({0x08000000, 0x080FFF00}));
    after.image = shorter;
    const auto result = difference(before, after);
    CHECK(!result.same);
    CHECK(says(result, "256 bytes in one of the files only"));
}

TEST_CASE("Of two flashes both are compared, and the second is named", "[diff]") {
    OtaDevice device;
    const auto& p1 = *builtin_layout("p1");
    const auto with_second = [&](std::uint8_t fill) {
        Capture capture{.image = device.image, .name = "p1.bin", .container = "", .format = "raw"};
        std::vector<std::uint8_t> serial(p1.external->at.size(), 0xFF);
        serial[0x1234] = fill;
        put_external(capture, serial, "serial.bin", "", p1);
        return analyze(std::move(capture), p1);
    };
    const auto alone = analyze(Capture{.image = device.image, .name = "p1.bin", .container = "", .format = "raw"}, p1);
    CHECK(compare(with_second(7), with_second(7), ReportStyle{}).same);
    const auto changed = compare(with_second(7), with_second(9), ReportStyle{});
    CHECK_FALSE(changed.same);
    CHECK(says(changed, "with serial.bin"));
    CHECK(says(changed, "differs, from 0x00001234 to 0x00001234"));
    CHECK(nlohmann::json::parse(difference_json(changed), nullptr, false).at("after").at("external").at("name") == "serial.bin");
    CHECK(says(compare(alone, with_second(7), ReportStyle{}), " in one of the files only"));
    CHECK(compare(alone, alone, ReportStyle{}).same);
}

TEST_CASE("No secret is shown when it changes", "[diff]") {
    OtaDevice before, after;
    for (const auto* field : {"device_private_key", "claim_code"}) {
        plant(before, field, 3);
        plant(after, field, 11);
    }
    const auto result = difference(before, after);
    CHECK(!result.same);
    for (const std::uint8_t seed : {std::uint8_t{3}, std::uint8_t{11}}) {
        std::string secret;
        for (std::size_t i = 0; i < 8; ++i) secret += static_cast<char>('A' + (i * 7 + seed) % 26);
        CHECK(!says(result, secret));
        CHECK(difference_json(result).find(secret) == std::string::npos);
    }
}

TEST_CASE("Settings of a table that the firmware does not read are counted, and not told as bytes that the file lacks", "[diff]") {
    const auto& layout = *builtin_layout("photon");
    for (const auto& story : stories()) {
        if (story.name != "healthy-1.5.2") continue;
        auto lost = story.sample.file, flipped = story.sample.file;
        std::fill_n(lost.begin() + 0x4000, 0x8000, std::uint8_t{0});
        const auto whole = analyze(recognize(story.sample.file, "a.bin", "", layout), layout);
        const auto result = compare(analyze(recognize(std::move(lost), "b.bin", "", layout), layout), whole, ReportStyle{});
        CHECK(says(result, "settings: none, for the firmware reads neither copy -> "));
        CHECK_FALSE(says(result, "(0 bytes)"));
        flipped[whole.keys.device.at.begin - 0x08000000 + 300] ^= 4;
        const auto one_bit = compare(whole, analyze(recognize(std::move(flipped), "c.bin", "", layout), layout), ReportStyle{});
        CHECK(says(one_bit, "device private key (1216 bytes): set -> another value in 1 byte"));
        return;
    }
    FAIL("no such story");
}

TEST_CASE("One device is told by its chip before its table", "[diff]") {
    auto before = analysis_of(OtaDevice(), "before.bin"), after = analysis_of(OtaDevice(), "after.bin");
    const std::string one = "3b0021001747353236343033", other = "410033000f47353138383138";
    const auto same = [&] { return compare(before, after, ReportStyle{}).same_device; };
    before.facts.device_id = after.facts.device_id = one;
    CHECK(same() == true);
    before.facts.chip_id = one;
    CHECK(same() == true);
    after.facts.chip_id = other;
    CHECK(same() == false);
    before.facts.chip_id.reset();
    CHECK_FALSE(same().has_value());  // the table of the one may have been copied from there
    after.facts.chip_id = one;
    before.facts.device_id = other;
    CHECK(same() == false);
    before.facts.device_id.reset();
    CHECK_FALSE(same().has_value());
}
