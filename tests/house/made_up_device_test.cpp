// A device is a data file: one that does not exist is added by its layout alone (tests/house/made-up.toml), and everything follows. No other file of the
// repository knows of it.
#include "catch.h"
#include "dfu/identity.h"
#include "support/sample/device.h"
#include "support/shared.h"
#include "support/spoken.h"
#include "support/story.h"

#include <nlohmann/json.hpp>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

namespace {

std::string harbor_text() {
    const auto bytes = read_file(source_path("tests/house/made-up.toml"));
    return {bytes.begin(), bytes.end()};
}

Layout harbor() {
    auto layout = parse_layout(harbor_text(), "made-up.toml");
    REQUIRE(layout);
    return std::move(*layout);
}

void live_one(sample::Device& device, std::string act, std::initializer_list<std::pair<std::string, sample::Value>> particulars) {
    sample::Order order(std::move(act), 1);
    for (const auto& [key, value] : particulars) order.give(key, value);
    sample::live(device, order);
    INFO(order.act() << ": " << order.complaint());
    REQUIRE(order.complaint().empty());
}

void grow_up(sample::Device& device) {
    live_one(device, "install-release", {{"release", std::string("2.3.1")}});
    live_one(device, "factory-table", {{"release", std::string("2.3.1")}});
    live_one(device, "provision", {});
}

json report_on(const sample::Device& device) {
    const ScratchDirectory directory;
    const auto text = harbor_text();
    const auto layout = directory.put("harbor.toml", Bytes(text.begin(), text.end()));
    const auto flash = device.chip.all();
    const auto dump = directory.put("dump.bin", Bytes(flash.begin(), flash.end()));
    const auto spoken = run({"analyze", "--layout", layout, "--format", "json", dump});
    INFO(spoken.err);
    auto parsed = json::parse(spoken.out, nullptr, false);
    REQUIRE(parsed.is_object());
    return parsed;
}

std::vector<std::string> causes_in(const json& report) {
    std::vector<std::string> ids;
    for (const auto& cause : report.at("causes")) ids.push_back(cause.at("id"));
    return ids;
}

}  // namespace

TEST_CASE("a device that does not exist is judged by its layout file alone", "[house]") {
    const auto layout = harbor();
    sample::Device device(layout, 4711);
    grow_up(device);
    const auto report = report_on(device);
    CHECK(report.at("device").at("layout") == "harbor");
    CHECK(report.at("device").at("device_os") == "2.3.1");
    CHECK(report.at("verdict").at("outcome") == "healthy");
    CHECK(report.at("boot").at("result") == "runs");
    CHECK(causes_in(report).empty());
}

TEST_CASE("its faults are found at its own places and mended with its own names", "[house]") {
    const auto layout = harbor();
    sample::Device broken(layout, 4711);
    grow_up(broken);
    live_one(broken, "erase", {{"slot", std::string("extras")}});
    const auto report = report_on(broken);
    CHECK(report.at("verdict").at("outcome") == "boot-fails");
    CHECK(causes_in(report) == std::vector<std::string>{"module-missing"});
    const auto text = report.dump();
    CHECK(text.find("dfu-util -d 1209:4848 -a 0 -s 0x08080000 -D extras-2.3.1.bin") != std::string::npos);
    CHECK(text.find("network stack") != std::string::npos);

    sample::Device cut(layout, 4712);
    grow_up(cut);
    live_one(cut, "write", {{"field", std::string("product_store")}, {"hex", std::string("0a00")}, {"power_lost_in", std::string("seal")}});
    CHECK(causes_in(report_on(cut)) == std::vector<std::string>{"dct-write-interrupted"});
}

TEST_CASE("it is known by what it says on USB", "[house]") {
    const auto layout = harbor();
    const Layout* const layouts[] = {&layout};
    const auto found = dfu::identify_usb({0x1209, 0x4848, 0x0250}, "", layouts);
    CHECK(found.mode == dfu::Mode::Dfu);
    CHECK(found.title == "Harbor H1");
}
