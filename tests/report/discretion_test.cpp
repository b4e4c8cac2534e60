#include "report/discretion.h"

#include "report/report.h"
#include "support/written_analysis.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("a capture's record tells no serial, path, address or name in any format", "[report]") {
    auto analysis = test::healthy_device();
    analysis.capture.name = "/home/joe/work\\dumps\\copy of 3E003D000E47363433353735 and 112233445566778899aabbcc.bin";
    analysis.capture.container = "/tmp/joe/ticket.zip";
    CaptureRecord record;
    record.reads = 2;
    record.when = "2026-11-22T15:04:05Z";
    record.tool_version = "0.1.0 /opt/joe/photopsy";
    record.usb_id = "2b04:d006";
    record.serial = "4711AABBCCDDEEFF0815";
    record.path = "3-1.4.2";
    record.operating_system = "Linux 6.1 /home/joe C:\\Users\\joe joe@laptop";
    analysis.capture.record = record;
    analysis.capture.remarks = {"the archive holds 2 files; 112233445566778899aabbcc.bin was read"};
    std::vector<Analysis> one;
    one.push_back(std::move(analysis));
    for (const auto format : all_formats) {
        const auto text = render(one, format, {});
        INFO(text.substr(0, 2000));
        for (const auto* hidden :
             {"joe", "/home", "4711AABBCCDDEEFF0815", "AABBCCDDEEFF", "3E003D000E47363433353735", "112233445566778899aabbcc", "3-1.4.2", "/tmp", "/opt"})
            CHECK(text.find(hidden) == std::string::npos);
        CHECK(text.find("copy of 3e00...3735 and 1122...bbcc.bin") != std::string::npos);
    }
    const auto json = render(one, Format::Json, {});
    CHECK(json.find("\"serial\": \"4711...0815\"") != std::string::npos);
    CHECK(json.find("\"operating_system\": \"Linux 6.1 (left out) (left out) (left out)\"") != std::string::npos);
    ReportStyle wide;
    wide.show_ids = true;
    const auto shown = render(one, Format::Json, wide);
    CHECK(shown.find("\"serial\": \"4711AABBCCDDEEFF0815\"") != std::string::npos);
    CHECK(shown.find("joe") == std::string::npos);  // no option shows a path
    CHECK(render_line(one.front()).find("112233445566778899aabbcc") == std::string::npos);
}

TEST_CASE("a serial number is shortened unless it is the placeholder of old bootloaders", "[report]") {
    const auto analysis = test::healthy_device();
    const Discretion discretion(analysis, {});
    CHECK(discretion.serial("00000000010C") == "00000000010C");
    CHECK(discretion.serial("3e003d000e47363433353735") == "3e00...3735");
    CHECK(discretion.serial("12345678") == "(left out)");
    CHECK(discretion.serial("").empty());
    ReportStyle wide;
    wide.show_ids = true;
    CHECK(Discretion(analysis, wide).serial("12345678") == "12345678");
}

TEST_CASE("only runs of 24 hexadecimal digits are ids", "[report]") {
    const auto analysis = test::healthy_device();
    const Discretion discretion(analysis, {});
    CHECK(discretion.text("0123456789abcdef01234567") == "0123...4567");
    CHECK(discretion.text("x0123456789abcdef01234567x") == "x0123...4567x");
    CHECK(discretion.text("0123456789abcdef012345678") == "0123456789abcdef012345678");
    CHECK(discretion.text("0123456789abcdef0123456") == "0123456789abcdef0123456");

    // Runs of every length, behind and before each other, at every place against the beginning: what is none stays byte for byte.
    const std::string digits = "0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdef";
    std::size_t seed = 1;
    for (std::size_t first = 0; first <= 50; ++first)
        for (std::size_t second = 20; second <= 28; ++second) {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            const auto gap = std::string(1 + (seed >> 60), 'x'), before = std::string(seed >> 33 & 31, '-');
            const auto shown = [&](std::size_t length) { return length == 24 ? std::string("0123...EF01") : digits.substr(0, length); };
            CHECK(discretion.text(before + digits.substr(0, first) + gap + digits.substr(0, second)) == before + shown(first) + gap + shown(second));
        }
}

TEST_CASE("a private server is left out where it is named, and words and commands like its name stay", "[report]") {
    auto analysis = test::healthy_device();
    auto& address = analysis.keys.address;
    address.kind = ServerAddress::Kind::Domain;
    address.particle = false;
    for (const auto* host : {"server", "device", "photopsy", "dfu-util", "my-server", "devi", "n", "cloud.example.com", "10.0.0.7"}) {
        address.host = host;
        const Discretion hides(analysis, {});
        ReportStyle wide;
        wide.show_ids = true;
        INFO(host);
        const std::string command = "photopsy keys server-slot my-device.bin --key my-server.pub.pem; dfu-util -d 2b04:d006 -a 1 -s 110.0.0.70";
        CHECK(hides.command(command) == command);
        CHECK(hides.text("Keep this device: " + command) == "Keep this device: " + command);
        CHECK(hides.text("set up for {server-host}, port 5683") == "set up for (private server), port 5683");
        CHECK(Discretion(analysis, wide).text("set up for {server-host}, port 5683") == "set up for " + std::string(host) + ", port 5683");
    }
    address.host = "cloud.example.com";
    const Discretion hides(analysis, {});
    CHECK(hides.text("the address is Cloud.Example.com.") == "the address is (private server).");
    CHECK(hides.command("photopsy keys show cloud.example.com.bin") == "photopsy keys show PRIVATE_SERVER.bin");
}

TEST_CASE("a device goes by the id of its chip, whatever its table names", "[report]") {
    constexpr auto chip = "410033000f47353138383138";
    auto analysis = test::healthy_device();
    analysis.facts.device_id = full_id;
    ReportStyle wide;
    wide.show_ids = true;
    CHECK(Discretion(analysis, wide).command("particle keys send {device-id} x.pem") == std::string("particle keys send ") + full_id + " x.pem");
    analysis.facts.chip_id = chip;
    const Discretion whole(analysis, wide), shortened(analysis, {});
    CHECK(whole.device_id() == chip);
    CHECK(whole.command("particle keys send {device-id} x.pem") == std::string("particle keys send ") + chip + " x.pem");
    CHECK(shortened.device_id() == "4100...3138");
    CHECK(shortened.command("particle keys send {device-id} x.pem") == "particle keys send YOUR_DEVICE_ID x.pem");
    CHECK(shortened.text(std::string(chip) + " in " + full_id) == "4100...3138 in 3e00...3735");
    analysis.facts.device_id.reset();  // the table is blank
    CHECK(Discretion(analysis, wide).command("{device-id}") == chip);
}
