// One order over all causes, and files that are called as people find them.
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "photopsy.h"
#include "report/commands.h"

#include "catch.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

using namespace photopsy;

namespace {

Analysis of_life(std::string_view life, std::string_view damage) {
    const auto sample = sample::make_sample(fmt::format("title = \"a\"\ndevice = \"photon\"\nseed = 9\nlife = [ {} ]\ndamage = [ {} ]", life, damage), "a");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_for(sample->file);
    return analyze(recognize(sample->file, "kitchen.bin", "", layout), layout);
}

Analysis with_damage(std::string_view release, std::string_view damage) {
    constexpr auto life =
        R"({{ act = "install-release", release = "{0}" }}, {{ act = "factory-table", release = "{0}", version_string = "x" }}, {{ act = "provision" }})";
    return of_life(fmt::format(life, release), damage);
}

Analysis healthy_with_light(std::string_view release, std::string_view light) {
    const auto healthy = with_damage(release, "");
    return analyze(healthy.capture, *healthy.layout, {.led = *parse_led(light)});
}

std::vector<const Remedy*> plan_of(const Analysis& analysis) {
    std::vector<const Remedy*> plan;
    for (const auto& step : in_one_order(analysis.remedies, analysis.observations())) plan.push_back(&analysis.remedies[step.cause][step.remedy]);
    return plan;
}

/// Place in the plan of the first remedy with a step of this kind; the plan's length where there is none.
std::size_t place_of(const std::vector<const Remedy*>& plan, RemedyStep::Kind kind) {
    const auto has = [&](const Remedy* remedy) {
        return std::any_of(remedy->steps.begin(), remedy->steps.end(), [&](const RemedyStep& step) { return step.kind == kind; });
    };
    return static_cast<std::size_t>(std::find_if(plan.begin(), plan.end(), has) - plan.begin());
}

constexpr auto erased_key = R"({ act = "fill", at = "dct.device_private_key", length = 612, value = 255 })";
constexpr auto broken_part = R"({ act = "fill", at = "system-part2+0x8000", length = 64, value = 0 })";

}  // namespace

TEST_CASE("over all bootloaders the table is written when it can be, and never behind a part without RESET where pointers are kept", "[remedy]") {
    for (const char* release : {"0.4.7", "0.6.3", "0.7.0", "1.2.1", "1.5.2", "2.3.1"}) {
        INFO(release);
        const auto analysis = with_damage(release, fmt::format("{}, {}", erased_key, broken_part));
        const auto plan = plan_of(analysis);
        const auto table = place_of(plan, RemedyStep::Kind::WriteTable), part = place_of(plan, RemedyStep::Kind::WriteFlash);
        REQUIRE(table < plan.size());
        REQUIRE(part < plan.size());
        const bool own_code = analysis.facts.system.bootloader_version.value_or(0) < 100;
        CHECK((table < part) == own_code);
        const bool keeps_pointers = !own_code && analysis.facts.system.bootloader_version.value_or(0) < 400;
        CHECK((plan[table]->before == Remedy::Before::ResetIntoDfu) == keeps_pointers);
        CHECK(plan.front()->turn == Remedy::Turn::KeepDump);
        std::size_t parts = 0;
        for (const auto* remedy : plan)
            for (const auto& step : remedy->steps) parts += step.kind == RemedyStep::Kind::WriteFlash;
        CHECK(parts == 1);  // although two causes ask for it
    }
}

TEST_CASE("parts of two releases and an erased key are one order too", "[remedy]") {
    for (const char* newer : {"1.4.4", "1.5.2", "2.3.1"}) {
        INFO(newer);
        const auto skewed =
            fmt::format(R"({{ act = "install-release", release = "1.2.1" }}, {{ act = "install", module = "system-part1", release = "{}" }})", newer);
        const auto analysis = of_life(skewed + R"(, { act = "factory-table", release = "1.2.1" }, { act = "provision" })", erased_key);
        const auto plan = plan_of(analysis);
        const auto table = place_of(plan, RemedyStep::Kind::WriteTable), part = place_of(plan, RemedyStep::Kind::WriteFlash);
        REQUIRE(table < plan.size());
        REQUIRE(part < plan.size());
        CHECK(analysis.facts.system.bootloader_version == 311);  // of those that keep pointers into part 2
        CHECK(plan[table]->before == Remedy::Before::ResetIntoDfu);
    }
}

TEST_CASE("what goes by a running system stands behind what makes it run", "[remedy]") {
    const auto analysis = with_damage("1.5.2", fmt::format(R"({}, {{ act = "fill", at = "user+0x400", length = 64, value = 0 }})", broken_part));
    const auto plan = plan_of(analysis);
    CHECK(place_of(plan, RemedyStep::Kind::WriteFlash) < place_of(plan, RemedyStep::Kind::FlashByCloud));
}

TEST_CASE("firmware bears its published name, and where it is found", "[remedy]") {
    const Layout& layout = *builtin_layout("photon");
    const CommandNames names{.layout = &layout, .dump = "kitchen.bin", .keys = "kitchen.bin", .stem = "kitchen"};
    const auto file = [&](const char* slot, const char* release) {
        Remedy remedy{.steps = {{.kind = RemedyStep::Kind::WriteFlash, .file = {.kind = RemedyFile::Kind::Module, .slot = slot, .release = release}}}};
        return firmware_files(remedy, names).at(0);
    };
    const auto part2 = file("system-part2", "1.5.2");
    CHECK(part2.name == "photon-system-part2@1.5.2.bin");
    CHECK(part2.sha256.size() == 64);
    CHECK(part2.source.find("npm pack particle-cli@2.8.0") != std::string::npos);
    CHECK(file("system-part1", "0.6.3").name == "system-part1-0.6.3-photon.bin");
    CHECK(file("system-part1", "0.6.3").source.find("release 0.6.3 of github.com/particle-iot/device-os") != std::string::npos);
    CHECK(file("bootloader", "2.3.1").name == "photon-bootloader@2.3.1+lto.bin");
    CHECK(file("system-part2", "3.3.1").source.find("device-restore/3.3.1/photon.zip") != std::string::npos);
    CHECK(file("system-part2", "9.9.9").name == "system-part2-9.9.9.bin");
    CHECK(file("system-part2", "9.9.9").sha256.empty());
}

TEST_CASE("what is made has a name that nothing bears yet, a pair of files one number", "[remedy]") {
    CommandNames names{.layout = builtin_layout("photon"), .dump = "kitchen.bin", .keys = "kitchen.bin", .stem = "kitchen"};
    names.style.taken = {"kitchen-key.der", "kitchen-new-key.pub.pem", "kitchen-server-key.der", "kitchen-server-key2.der"};
    const auto name = [&](RemedyFile::Kind kind) { return file_name({.kind = kind}, names); };
    CHECK(name(RemedyFile::Kind::DeviceKey) == "kitchen-key2.der");
    CHECK(name(RemedyFile::Kind::NewKey) == "kitchen-new-key2.der");
    CHECK(name(RemedyFile::Kind::NewPublicKey) == "kitchen-new-key2.pub.pem");
    CHECK(name(RemedyFile::Kind::ServerKey) == "kitchen-server-key3.der");
    CHECK(name(RemedyFile::Kind::PublicKey) == "kitchen-public-key.pem");
    CHECK(file_name({.kind = RemedyFile::Kind::DeviceKey, .key = "96e50a1122334455"}, names) == "kitchen-key-96e50a112233.der");
}

TEST_CASE("a burst on a healthy device leads to the lines that register its key; other lights do not", "[remedy]") {
    for (const char* light : {"1 red", "1 orange"}) {
        INFO(light);
        const auto analysis = healthy_with_light("1.5.2", light);
        CHECK(analysis.diagnosis.outcome == Outcome::Healthy);
        REQUIRE(analysis.for_the_light.size() == 1);
        const auto& steps = analysis.for_the_light.front().steps;
        CHECK(steps.back().kind == RemedyStep::Kind::RegisterKey);
        CHECK(std::any_of(steps.begin(), steps.end(), [](const RemedyStep& step) { return step.kind == RemedyStep::Kind::ExportPublicKey; }));
    }
    CHECK(healthy_with_light("2.3.1", "1 red").for_the_light.size() == 1);
    for (const char* light : {"1 magenta", "3 orange", "1 green", "1 yellow"}) {
        INFO(light);
        CHECK(healthy_with_light("1.5.2", light).for_the_light.empty());
    }
    CHECK(with_damage("1.5.2", "").for_the_light.empty());
    const auto erased = with_damage("1.5.2", erased_key);
    CHECK(analyze(erased.capture, *erased.layout, {.led = *parse_led("1 red")}).for_the_light.empty());
}

TEST_CASE("a key file is named as one, with the commands that take it and no word of firmware", "[remedy]") {
    const auto of = [](const std::vector<std::uint8_t>& bytes) {
        const auto& layout = layout_for(bytes);
        return analyze(recognize(bytes, "some.der", "", layout), layout);
    };
    const auto shown = [](const Analysis& analysis) {
        std::string kinds;
        for (const auto& list : analysis.remedies)
            for (const auto& remedy : list)
                for (const auto& step : remedy.steps)
                    kinds += step.kind == RemedyStep::Kind::ShowKeys ? "s" : step.kind == RemedyStep::Kind::CheckKey ? "c" : "?";
        return kinds;
    };
    auto text = [](std::string_view label) {
        const auto pem = to_pem(published_server_key(), label);
        return std::vector<std::uint8_t>(pem.begin(), pem.end());
    };
    std::vector<std::uint8_t> server(512, 0xFF), erased(512, 0xFF), pkcs8(612, 0x5A), encrypted(678, 0x5A), alone(80, 0x5A);
    std::copy(published_server_key().begin(), published_server_key().end(), server.begin());
    erased[384] = 1;
    const std::vector<std::uint8_t> head = {0x30, 0x82, 0x02, 0x76, 0x02, 0x01, 0x00, 0x30, 0x0d, 0x06,
                                            0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
    std::copy(head.begin(), head.end(), pkcs8.begin());
    const std::vector<std::uint8_t> locked = {0x30, 0x82, 0x02, 0xa2, 0x30, 0x1c, 0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x03};
    std::copy(locked.begin(), locked.end(), encrypted.begin());
    const struct {
        std::vector<std::uint8_t> bytes;
        const char *says, *commands;
    } rows[] = {
        {server, "Particle's published server key (DER)", "s"},
        {erased, "where the key is erased", "s"},
        {pkcs8, "a private RSA key in PKCS#8 form (DER)", "sc"},
        {encrypted, "encrypted with a password", "sc"},
        {text("PUBLIC KEY"), "a public key as PEM text", "s"},
        {text("ENCRYPTED PRIVATE KEY"), "encrypted with a password", "sc"},
        {text("RSA PRIVATE KEY"), "a private RSA key as PEM text", "sc"},
    };
    for (const auto& row : rows) {
        INFO(row.says);
        const auto analysis = of(row.bytes);
        REQUIRE(analysis.capture.problems.size() == 1);
        CHECK(analysis.capture.problems.front().detail.find("key commands") != std::string::npos);
        CHECK(analysis.capture.problems.front().detail.find(row.says) != std::string::npos);
        CHECK(analysis.diagnosis.outcome == Outcome::BadCapture);
        CHECK(shown(analysis) == row.commands);
    }
    CHECK(shown(of(alone)).find('s') == std::string::npos);
    CHECK(shown(of(text("CERTIFICATE"))).find('s') == std::string::npos);
}

TEST_CASE("a plan is offered where it can do something, and not where it would only say no", "[remedy]") {
    const auto is_offered = [](const Analysis& analysis) {
        const auto plan = plan_of(analysis);
        return place_of(plan, RemedyStep::Kind::PlanRepair) < plan.size();
    };
    CHECK(is_offered(with_damage("1.5.2", broken_part)));
    CHECK(is_offered(with_damage("1.5.2", erased_key)));        // the older copy of the table has it
    CHECK_FALSE(is_offered(with_damage("0.6.3", erased_key)));  // a key is still to be made
    // The key and the address of a private server are its owner's to know.
    const std::string life =
        R"({ act = "install-release", release = "1.5.2" }, { act = "factory-table", release = "1.5.2", version_string = "x" }, { act = "provision" },
        { act = "write", field = "server_address", ip = [192, 168, 7, 20], port = 5683 })";
    const auto private_server = of_life(life, "");
    REQUIRE_FALSE(private_server.diagnosis.causes.empty());
    CHECK_FALSE(is_offered(private_server));
    CHECK(is_offered(of_life(life, broken_part)));
    // So is an application of which nothing is left.
    const auto no_application = with_damage("1.5.2", R"({ act = "fill", at = "user", length = 65536, value = 255 })");
    CHECK_FALSE(is_offered(no_application));
    // What a bootloader of no known release does with a write is not foreseen.
    CHECK_FALSE(is_offered(with_damage("1.5.2", std::string(erased_key) + R"(, { act = "flip", at = "bootloader+0x2000", bit = 1 })")));
}

TEST_CASE("an application that the dump alone puts right is offered the plan, before a file of it is asked for", "[remedy]") {
    const auto titles = [](const Analysis& analysis) {
        std::vector<std::string> list;
        for (const auto* remedy : plan_of(analysis)) list.push_back(remedy->title);
        return list;
    };
    const auto one_bit = titles(with_damage("1.5.2", R"({ act = "flip", at = "user+600", bit = 3 })"));
    REQUIRE(one_bit.size() >= 3);
    CHECK(one_bit[1] == "Let photopsy plan the repair");
    CHECK(one_bit[2] == "Flash your application again");
    const auto lost = titles(with_damage("1.5.2", R"({ act = "fill", at = "user+600", length = 300, value = 90 })"));
    CHECK(std::count(lost.begin(), lost.end(), "Flash your application again") == 1);
    CHECK(std::count(lost.begin(), lost.end(), "Let photopsy plan the repair") == 0);
}

TEST_CASE("a plan is given the firmware that the dump does not hold, and none that it holds", "[remedy]") {
    const auto given = [](std::string_view damage) {
        const auto analysis = with_damage("1.5.2", damage);
        const auto plan = plan_of(analysis);
        const auto at = place_of(plan, RemedyStep::Kind::PlanRepair);
        REQUIRE(at < plan.size());
        return plan[at]->steps.front().firmware;
    };
    const auto needed = given(broken_part);
    REQUIRE(needed.size() == 1);
    CHECK(needed.front().slot == "system-part2");
    CHECK(needed.front().release == "1.5.2");
    CHECK(given(R"({ act = "flip", at = "system-part2+0x8000", bit = 1 })").empty());
    CHECK(given(erased_key).empty());
}
