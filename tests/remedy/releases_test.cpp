// Which release's firmware a remedy names: that of the device, never an older one without a word.
#include "photopsy.h"

#include "catch.h"
#include "remedy/ways.h"
#include "support/module_fixture.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Analysis analyzed(std::string_view life, std::string_view damage = "", std::string_view device = "photon") {
    const auto sample = sample::make_sample(fmt::format("title = \"a\"\ndevice = \"{}\"\nseed = 5\nlife = [{}]\ndamage = [{}]\n", device, life, damage), "a");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_for(sample->file);
    return analyze(recognize(sample->file, "dump.bin", "", layout), layout);
}

std::string whole(std::string_view release) {
    return fmt::format(
        R"({{ act = "install-release", release = "{0}" }}, {{ act = "factory-table", release = "{0}", version_string = "x" }}, {{ act = "provision" }})",
        release);
}

/// "slot-release" of every module that any remedy writes, each once, in order.
std::string written(const Analysis& analysis) {
    std::string all;
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list)
            for (const auto& step : remedy.steps) {
                const auto name = step.file.slot + "-" + step.file.release;
                if (step.file.kind == RemedyFile::Kind::Module && all.find(name) == std::string::npos) all += (all.empty() ? "" : " ") + name;
            }
    return all;
}

}  // namespace

TEST_CASE("a device with any release of 3.x is judged as one: whole, running, no note about an unknown system", "[remedy]") {
    for (const char* release : {"3.0.0", "3.1.0", "3.3.1"})
        for (const char* device : {"photon", "p1"}) {
            INFO(release << " " << device);
            const auto analysis = analyzed(whole(release), "", device);
            CHECK(analysis.facts.system.device_os == release);
            CHECK(analysis.boot.result == BootResult::Runs);
            CHECK_FALSE(analysis.findings.has("system-newer-than-known"));
            CHECK(analysis.diagnosis.causes.empty());
        }
}

TEST_CASE("a damaged bootloader is replaced by the one of the installed release", "[remedy]") {
    const struct {
        const char *release, *writes;
    } rows[] = {{"3.3.1", "bootloader-3.3.1"}, {"3.0.0", "bootloader-3.0.0"}, {"2.3.1", "bootloader-2.3.1"}, {"1.5.2", "bootloader-1.5.2"}};
    for (const auto& row : rows) {
        INFO(row.release);
        CHECK(written(analyzed(whole(row.release), R"({ act = "fill", at = "bootloader+0x2000", length = 512, value = 0 })")) == row.writes);
    }
}

TEST_CASE("without any system part the installed bootloader tells the release to write", "[remedy]") {
    const auto erased = R"({ act = "fill", at = 0x08020000, length = 0x80000, value = 255 })";
    CHECK(written(analyzed(whole("3.3.1"), erased)).find("system-part1-3.3.1") == 0);
    CHECK(written(analyzed(whole("1.5.2"), erased)).find("system-part1-1.5.2") == 0);
    CHECK(written(analyzed(whole("0.6.3"), erased)).find("system-part1-0.6.3") == 0);
}

TEST_CASE("parts of two releases become both of the newer one, unless the bootloader is too old for it", "[remedy]") {
    const auto parts = [](std::string_view bootloader, std::string_view first, std::string_view second) {
        return analyzed(
            fmt::format(R"({}, {{ act = "install", module = "system-part1", release = "{}" }}, {{ act = "install", module = "system-part2", release = "{}" }})",
                        whole(bootloader), first, second));
    };
    CHECK(written(parts("3.3.1", "2.3.1", "3.3.1")) == "system-part1-3.3.1 system-part2-3.3.1");
    CHECK(written(parts("3.3.1", "3.3.1", "3.1.0")) == "system-part1-3.3.1 system-part2-3.3.1");
    CHECK(written(parts("2.3.1", "2.3.1", "3.3.1")) == "system-part1-3.3.1 system-part2-3.3.1");
    CHECK(written(parts("1.5.2", "1.5.2", "3.3.1")) == "system-part1-1.5.2 system-part2-1.5.2");
}

TEST_CASE("every pair of parts out of old, middle and last releases is judged by what each says it needs", "[remedy]") {
    const char* releases[] = {"0.6.3", "1.0.1", "1.5.2", "2.0.1", "2.3.1", "3.0.0", "3.3.1"};
    for (const auto* first : releases)
        for (const auto* second : releases) {
            INFO("part 1 of " << first << ", part 2 of " << second);
            const auto analysis = analyzed(fmt::format(
                R"({}, {{ act = "install", module = "system-part1", release = "{}" }}, {{ act = "install", module = "system-part2", release = "{}" }},
                   {{ act = "install", module = "user", release = "0.6.3" }})",
                whole("3.3.1"), first, second));
            const bool same = std::string_view(first) == second;
            if (std::string_view(second) == "0.6.3") continue;  // a bootloader from 0.7.0 on does not go with it: combinations_test.cpp
            CHECK((analysis.diagnosis.outcome == Outcome::Healthy) == same);
            if (!same) CHECK_FALSE(analysis.diagnosis.causes.empty());
        }
}

namespace {

constexpr auto both_parts_erased = R"({ act = "fill", at = 0x08020000, length = 0x80000, value = 255 })";

std::string with_application(std::string_view release, std::string_view needs) {
    return fmt::format(R"({}, {{ act = "install", module = "user", release = "{}", needs = [{}] }})", whole(release), release, needs);
}

}  // namespace

TEST_CASE("each place that a cause is told of is written, not the first alone", "[remedy]") {
    CHECK(written(analyzed(whole("1.5.2"), both_parts_erased)) == "system-part1-1.5.2 system-part2-1.5.2");
    const auto bits = R"({ act = "flip", at = "system-part1+0x9000", bit = 1 }, { act = "flip", at = "system-part2+0x9000", bit = 1 })";
    const auto two = written(analyzed(whole("1.5.2"), bits));
    CHECK(two.find("system-part1-1.5.2") != std::string::npos);
    CHECK(two.find("system-part2-1.5.2") != std::string::npos);
    const auto one = written(analyzed(whole("1.5.2"), R"({ act = "flip", at = "system-part2+0x9000", bit = 1 })"));
    CHECK(one == "system-part2-1.5.2");
    const auto three = written(analyzed(whole("2.3.1"), R"({ act = "fill", at = 0x08020000, length = 0x60000, value = 255 })", "electron"));
    for (const auto* part : {"system-part1-", "system-part2-", "system-part3-"}) CHECK(three.find(part) != std::string::npos);
}

TEST_CASE("a newer system brings the bootloader that it asks for, where the installed one is older", "[remedy]") {
    CHECK(written(analyzed(with_application("1.5.2", "4, 2, 2302"))) == "system-part1-2.3.1 system-part2-2.3.1 bootloader-2.3.1");
    CHECK(written(analyzed(with_application("0.6.3", "4, 2, 1512"))).find("bootloader-1.5.2") != std::string::npos);
    CHECK(written(analyzed(with_application("2.0.1", "4, 2, 2302"))) == "system-part1-2.3.1 system-part2-2.3.1");
}

TEST_CASE("a bootloader is replaced by one that is new enough for whatever asks for it", "[remedy]") {
    CHECK(written(analyzed(with_application("1.5.2", "4, 2, 6, 2, 0, 1003"))).find("bootloader-1.5.2") == std::string::npos);
    CHECK(written(analyzed(with_application("1.5.2", "4, 2, 6, 2, 0, 1003"))).find("bootloader-") != std::string::npos);
}

TEST_CASE("the cloud is asked for a bootloader only where its fault puts the device into safe mode", "[remedy]") {
    const auto asks_cloud = [](std::string_view release, std::string_view device) {
        const auto analysis = analyzed(whole(release), R"({ act = "flip", at = "bootloader+0x2000", bit = 2 })", device);
        for (const auto& list : analysis.remedies)
            for (const auto& remedy : list)
                if (remedy.title == "Let the device go online") return true;
        return false;
    };
    CHECK(asks_cloud("1.5.2", "photon"));
    CHECK_FALSE(asks_cloud("0.6.3", "photon"));
    CHECK_FALSE(asks_cloud("2.3.1", "electron"));
}

TEST_CASE("an application that asks for what has no place on the device is told of", "[remedy]") {
    const auto analysis = analyzed(with_application("1.5.2", "4, 3, 1"));
    CHECK(analysis.diagnosis.outcome == Outcome::SafeMode);
    REQUIRE(analysis.diagnosis.causes.size() == 1);
    CHECK(analysis.diagnosis.causes.front().cause->id == "user-needs-newer-system");
    CHECK(analyzed(with_application("1.5.2", "4, 2, 6")).diagnosis.causes.empty());
}

TEST_CASE("no release is written for an application that asks for a newer system than any", "[remedy]") {
    CHECK(written(analyzed(with_application("1.5.2", "4, 2, 4000"))).empty());
    CHECK(written(analyzed(with_application("2.3.1", "4, 2, 65000"))).empty());
}

TEST_CASE("in the place of a strange program comes the system that goes with the bootloader, or a newer one that the application asks for", "[remedy]") {
    const auto over = [](std::string_view release, std::string_view needs) {
        return written(analyzed(with_application(release, needs) + fmt::format(R"(, {{ act = "install", module = "monolithic", release = "{}" }})", release)));
    };
    CHECK(over("1.5.2", "4, 2, 6") == "system-part1-1.5.2 system-part2-1.5.2");
    CHECK(over("2.3.1", "4, 2, 6") == "system-part1-2.3.1 system-part2-2.3.1");
    CHECK(over("0.6.3", "4, 2, 6").find("system-part2-0.6.") != std::string::npos);
    CHECK(over("1.5.2", "4, 2, 2302") == "system-part1-2.3.1 system-part2-2.3.1 bootloader-2.3.1");
}

TEST_CASE("only the places that a release has are written: a third part came with 0.6.0", "[remedy][electron]") {
    const auto older = whole("0.5.3") + R"(, { act = "install", module = "system-part3", release = "0.5.3", version = 20 })";
    CHECK(written(analyzed(older, "", "electron")) == "system-part2-0.5.3 system-part3-0.5.3");
    const auto three = whole("2.3.1") + R"(, { act = "install", module = "system-part3", release = "2.2.0" })";
    CHECK(written(analyzed(three, "", "electron")).find("system-part1-2.3.1") != std::string::npos);
    const auto& layout = *builtin_layout("electron");
    CHECK_FALSE(release_has(*layout.system_part(3), "0.5.3"));
    CHECK(release_has(*layout.system_part(3), "0.6.0"));
    CHECK(release_has(*layout.system_part(1), "0.5.3"));
}
