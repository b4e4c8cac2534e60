// An Electron of which the file holds the modules and nothing else: it is judged, and each fault is named by itself.
#include "photopsy.h"

#include "catch.h"
#include "support/named_cause.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;
using photopsy::test::cause_called;
using Ids = std::vector<std::string>;

namespace {

/// Modules of a release on erased flash: no table, no EEPROM.
Analysis electron(std::string_view release, std::string_view more_life, std::string_view damage) {
    const auto sample = sample::make_sample(fmt::format(R"(title = "a"
device = "electron"
seed = 31
life = [ {{ act = "install-release", release = "{}" }}{} ]
damage = [ {} ])",
                                                        release, more_life, damage),
                                            "a");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_for(sample->file);
    return analyze(recognize(sample->file, "dump.bin", "", layout), layout);
}

Ids causes(const Analysis& analysis) {
    Ids ids;
    for (const auto& cause : analysis.diagnosis.causes) ids.emplace_back(cause.cause->id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

constexpr auto no_table = "dct-both-copies-invalid";

}  // namespace

TEST_CASE("an Electron that holds modules alone is a good capture whose table is missing", "[electron][diagnosis]") {
    for (const auto* release : {"0.7.0", "1.5.2", "2.1.0", "2.3.1"}) {
        INFO(release);
        const auto whole = electron(release, "", "");
        CHECK(whole.layout->name == "electron");
        CHECK(whole.capture.problems.empty());
        CHECK(causes(whole) == Ids{no_table});
        CHECK(whole.boot.result == BootResult::Runs);
        CHECK(whole.diagnosis.outcome == Outcome::CloudFails);
        CHECK(causes(electron(release, R"(, { act = "factory-table", release = ")" + std::string(release) + R"(" }, { act = "provision" })", "")).empty());
    }
}

TEST_CASE("a fault in an Electron's parts is named beside its missing table", "[electron][diagnosis]") {
    const auto flipped = electron("2.1.0", "", R"({ act = "flip", at = "system-part3+0x4000", bit = 2 })");
    CHECK(causes(flipped) == Ids{no_table, "module-crc-bad"});
    const auto at =
        std::find_if(flipped.diagnosis.causes.begin(), flipped.diagnosis.causes.end(), [](const auto& cause) { return cause.cause->id == "module-crc-bad"; });
    REQUIRE(at != flipped.diagnosis.causes.end());
    const auto& slot = *flipped.layout->slot("system-part3");
    const auto begins_there = [&](std::size_t index) { return slot.at.contains(flipped.findings.all()[index].where.at.begin); };
    CHECK(std::any_of(at->findings.begin(), at->findings.end(), begins_there));

    for (const auto* part : {"system-part1", "system-part2", "system-part3"}) {
        INFO(part);
        const auto missing = electron("2.1.0", fmt::format(R"(, {{ act = "erase", slot = "{}" }})", part), "");
        CHECK(causes(missing) == Ids{no_table, "module-missing"});
        CHECK(missing.boot.result != BootResult::Runs);
    }
}

TEST_CASE("an Electron's part of an older release and a part in another's place are two causes of their own", "[electron][diagnosis]") {
    const auto skew = electron("2.1.0", R"(, { act = "install", module = "system-part1", release = "1.5.2" })", "");
    CHECK(causes(skew).front() == no_table);
    CHECK(causes(skew) != Ids{no_table});
    CHECK(std::none_of(skew.diagnosis.causes.begin(), skew.diagnosis.causes.end(),
                       [](const auto& cause) { return cause.cause->id == "module-at-wrong-address"; }));
    const auto moved = electron("2.1.0", R"(, { act = "install", module = "system-part3", release = "2.1.0", at = "system-part2" })", "");
    CHECK(causes(moved) == Ids{no_table, "module-at-wrong-address"});
    CHECK(moved.boot.result != BootResult::Runs);
}

namespace {

/// What becomes of an Electron that was in use when more happens to its table.
Analysis used_electron(const std::string& release, const std::string& then) {
    return electron(release, R"(, { act = "factory-table", release = ")" + release + R"(" }, { act = "provision" })" + then, "");
}

constexpr auto to_tcp = R"(, { act = "write", field = "cloud_transport", hex = "00" })";
constexpr auto erase_udp_key = R"(, { act = "write", field = "alt_device_private_key", fill = 255, length = 192 })";

}  // namespace

TEST_CASE("a key that an Electron made itself where none was must be registered", "[electron][diagnosis]") {
    const std::string own_tcp_key = R"(, { act = "write", field = "device_private_key", key = 2, algorithm = "rsa" })";
    const std::string own_udp_key = R"(, { act = "write", field = "alt_device_private_key", key = 2 })";
    const std::string another_write = R"(, { act = "write", field = "product_store", hex = "0a00" })";
    for (const auto* release : {"0.6.3", "0.7.0", "1.5.2", "2.3.1"})
        for (const auto& then : {to_tcp + own_tcp_key, to_tcp + own_tcp_key + another_write, erase_udp_key + own_udp_key}) {
            INFO(release << then);
            const auto analysis = used_electron(release, then);
            CHECK(causes(analysis) == Ids{"private-key-regenerated"});
            CHECK(analysis.diagnosis.outcome == Outcome::Attention);
            CHECK(analysis.diagnosis.causes.front().story.confidence == Confidence::Likely);
            const auto& ways = analysis.remedies.front();
            CHECK(std::any_of(ways.begin(), ways.end(), [](const Remedy& way) { return way.title == "Register the key that is in the device"; }));
            CHECK(std::all_of(ways.begin(), ways.end(), [](const Remedy& way) { return way.cost == Remedy::Cost::Nothing; }));
        }
}

TEST_CASE("a key that a person gave an Electron, and the one it made as a new unit, are not called new", "[electron][diagnosis]") {
    for (const auto* release : {"0.6.3", "1.5.2", "2.3.1"}) {
        INFO(release);
        const std::string loaded = R"(, { act = "write", field = "device_private_key", key = 2, algorithm = "rsa", form = "pkcs1" })";
        CHECK(causes(used_electron(release, to_tcp + loaded)).empty());
        CHECK(causes(used_electron(release, "")).empty());
        const auto factory = R"(, { act = "factory-table", release = ")" + std::string(release) + R"(" })";
        CHECK(causes(electron(release, factory + R"(, { act = "write", field = "alt_device_private_key", key = 1 })", "")).empty());  // its older copy has none
    }
}

TEST_CASE("no write to the table is told where bootloader and system read different copies of it", "[electron][diagnosis]") {
    const std::string another_write = R"(, { act = "write", field = "product_store", hex = "0a000800" })";
    const auto updated = [&](std::string_view release, std::string_view then, std::string_view system) {
        std::string life(then);
        for (const auto* part : {"system-part1", "system-part2", "system-part3"})
            life += fmt::format(R"(, {{ act = "install", module = "{}", release = "{}" }})", part, system);
        return used_electron(std::string(release), life);
    };
    const auto table_writes = [](const Analysis& analysis) {
        int writes = 0;
        for (const auto& ways : analysis.remedies)
            for (const auto& way : ways)
                for (const auto& step : way.steps) writes += step.kind == RemedyStep::Kind::WriteTable || step.kind == RemedyStep::Kind::SetTransport;
        return writes;
    };
    for (const auto& damage : {std::string(to_tcp), std::string(erase_udp_key)})
        for (const auto& then : {damage, damage + another_write}) {
            INFO(then);
            const auto apart = updated("0.7.0", then, "2.3.1");  // its bootloader is of the code of 0.7.0
            CHECK(table_writes(apart) == 0);
            int first = 0;
            for (const auto& ways : apart.remedies)
                for (const auto& way : ways) first += way.title == "Let the bootloader become that of the system first";
            CHECK(first == 1);
            CHECK(table_writes(updated("1.5.2", damage, "2.3.1")) > 0);  // another bootloader, the same code
            CHECK(table_writes(used_electron("0.7.0", damage)) > 0);
        }
}

TEST_CASE("a transport was chosen wrongly only where its own device key is gone and the other's is there", "[electron][diagnosis]") {
    const std::string rsa_keys = R"(, { act = "write", field = "device_private_key", key = 2, algorithm = "rsa", form = "pkcs1" },
        { act = "write", field = "server_public_key", server = "published", algorithm = "rsa" })";
    const std::string hit_udp_key = R"(, { act = "write", field = "alt_device_private_key", offset = 60, hex = "5A" })";
    const std::string another_write = R"(, { act = "write", field = "product_store", hex = "0a000800" })";
    const auto with = [](const std::string& release, const std::string& then) { return used_electron(release, then); };
    const auto named = [](const Analysis& analysis, std::string_view id) {
        return std::any_of(analysis.diagnosis.causes.begin(), analysis.diagnosis.causes.end(), [&](const auto& cause) { return cause.cause->id == id; });
    };
    const auto makes_key = [](const Analysis& analysis) {
        for (const auto& ways : analysis.remedies)
            for (const auto& way : ways)
                for (const auto& step : way.steps)
                    if (step.kind == RemedyStep::Kind::MakeKey && way.role == Remedy::Role::Way) return true;
        return false;
    };
    for (const std::string release : {"0.6.3", "1.5.2", "2.3.1"}) {
        INFO(release);
        const auto server_lost = with(release, rsa_keys + R"(, { act = "write", field = "alt_server_public_key", fill = 255, length = 192 })");
        CHECK_FALSE(named(server_lost, "transport-mismatch"));
        CHECK(named(server_lost, "server-key-erased"));
        CHECK_FALSE(makes_key(server_lost));
        const auto both_hit = with(release, rsa_keys + R"(, { act = "write", field = "alt_server_public_key", fill = 255, length = 192 })" + hit_udp_key);
        CHECK_FALSE(named(both_hit, "transport-mismatch"));
        CHECK_FALSE(makes_key(both_hit));
        // The switch to TCP without its keys: back to UDP, where its key is there, whole or to be mended; not where it is none.
        const auto switched = with(release, to_tcp);
        CHECK(named(switched, "transport-mismatch"));
        const auto hit = with(release, hit_udp_key + to_tcp + another_write);
        CHECK(named(hit, "transport-mismatch"));
        CHECK(hit.diagnosis.causes.front().story.chain.front().says.find("there are only the EC keys") != std::string::npos);
        CHECK_FALSE(named(with(release, std::string(to_tcp) + erase_udp_key + another_write), "transport-mismatch"));
    }
}

TEST_CASE("what is wrong with the keys that a switch of the transport leads back to is told beside it", "[electron][diagnosis]") {
    const std::string another_write = R"(, { act = "write", field = "product_store", hex = "0a000800" })";
    const std::string zeroed = R"(, { act = "write", field = "alt_device_private_key", fill = 0, length = 192 })";
    const std::string hit = R"(, { act = "write", field = "alt_device_private_key", offset = 60, hex = "5A" })";
    const std::string nowhere = R"(, { act = "write", field = "alt_server_address", hex = "000400000000" })";
    const auto told = [](const Analysis& analysis) {
        REQUIRE(cause_called(analysis, "transport-mismatch"));
        std::string text = analysis.afterwards ? analysis.afterwards->explain : "";
        for (const auto& link : cause_called(analysis, "transport-mismatch")->story.chain) text += " | " + link.says;
        return text;
    };
    for (const std::string release : {"1.5.2", "2.3.1"}) {
        INFO(release);
        for (const auto& [damage, words] :
             {std::pair(zeroed, "the device key is lost"), {hit, "the device key is damaged and can be mended"}, {nowhere, "address leads nowhere"}}) {
            const auto text = told(used_electron(release, damage + to_tcp + another_write));
            INFO(text);
            CHECK(text.find(words) != std::string::npos);
            CHECK(text.find("breathe cyan") == std::string::npos);
        }
        const auto sound = told(used_electron(release, to_tcp));
        CHECK(sound.find("second fault") == std::string::npos);
        CHECK(sound.find("breathe cyan") != std::string::npos);
    }
}

TEST_CASE("a transport that its owner uses was chosen rightly, and a new key for it is the way", "[electron][diagnosis]") {
    const std::string own_server = R"(, { act = "write", field = "server_public_key", server = "other", algorithm = "rsa" },
        { act = "write", field = "server_address", domain = "tcp.example.org" })";
    const std::string cache = R"(, { act = "write", field = "device_public_key", key = 2, form = "public", algorithm = "rsa" })";
    for (const auto& used : {own_server, cache}) {
        INFO(used);
        const auto analysis = used_electron("2.3.1", std::string(to_tcp) + used);
        const auto ids = causes(analysis);
        CHECK(std::find(ids.begin(), ids.end(), "transport-mismatch") == ids.end());
        CHECK(std::find(ids.begin(), ids.end(), "private-key-erased") != ids.end());
        for (const auto& ways : analysis.remedies)
            for (const auto& way : ways)
                for (const auto& step : way.steps) CHECK(step.kind != RemedyStep::Kind::SetTransport);
    }
}

TEST_CASE("a bootloader that is newer than its system stays, and the system follows it", "[electron][diagnosis]") {
    const auto titles = [](std::string_view bootloader, const std::string& release) {
        const auto analysis = used_electron(release, fmt::format(R"(, {{ act = "install", module = "bootloader", release = "{}" }})", bootloader) +
                                                         erase_udp_key + R"(, { act = "write", field = "product_store", hex = "0a000800" })");
        std::string all;
        for (const auto& ways : analysis.remedies)
            for (const auto& way : ways) all += way.title + "; ";
        return all;
    };
    CHECK(titles("2.0.0", "0.7.0").find("Update the firmware to that of the bootloader first") != std::string::npos);
    CHECK(titles("2.0.0", "0.7.0").find("Let the bootloader become") == std::string::npos);
}

TEST_CASE("an Electron's new table without a key is told as one that has none yet", "[electron][diagnosis]") {
    for (const std::string release : {"1.5.2", "2.3.1"}) {
        INFO(release);
        const auto life = R"(, { act = "factory-table", release = ")" + release + R"(" }, { act = "provision" }, { act = "reinitialize" })";
        const auto analysis = electron(release, life, R"({ act = "fill", at = "dct1", length = 8, value = 0 })");
        const auto& all = analysis.diagnosis.causes;
        const auto at = std::find_if(all.begin(), all.end(), [](const auto& cause) { return cause.cause->id == "private-key-regenerated"; });
        REQUIRE(at != all.end());
        CHECK(analysis.keys.device.what == DeviceKeyClass::Erased);
        for (const auto& link : at->story.chain) CHECK(link.says.find("the key is whole") == std::string::npos);
        const auto& ways = analysis.remedies[static_cast<std::size_t>(at - all.begin())];
        CHECK(std::none_of(ways.begin(), ways.end(), [](const Remedy& way) { return way.title == "Register the key that is in the device"; }));
        CHECK(std::any_of(ways.begin(), ways.end(), [](const Remedy& way) { return way.title == "Write the old key back" && way.role == Remedy::Role::Way; }));
    }
}
