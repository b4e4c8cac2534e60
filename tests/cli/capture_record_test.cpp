#include "cli/capture_record.h"

#include "base/hex.h"
#include "catch.h"
#include "cli/input.h"
#include "flash/external.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace photopsy;

static CaptureRecord some_record() {
    CaptureRecord record;
    static_cast<CapturedFlash&>(record) = {.sha256 = std::string(64, 'a'),
                                           .size = 1048576,
                                           .reads = 2,
                                           .retries = 3,
                                           .reconnects = 1,
                                           .differed = {{0x08001000, 0x08001004}},
                                           .unstable = {{0x08001002, 0x08001003}}};
    record.when = "2026-11-22T15:04:05Z";
    record.tool_version = "0.1.0";
    record.usb_id = "2b04:d006";
    record.bcd_device = 0x0250;
    record.serial = "3d0024000447343138333038";
    record.serial_is_device_id = true;
    record.path = "1-2.3";
    record.operating_system = "Linux";
    return record;
}

TEST_CASE("a record of two flashes tells of both, and is held against both files", "[dfu][cli]") {
    const auto* core = builtin_layout("core");
    const std::vector<std::uint8_t> internal(0x20000, 0xFF);
    std::vector<std::uint8_t> serial(0x200000, 0xFF);
    auto record = some_record();
    record.sha256 = hex(sha256(internal));
    record.external = CapturedFlash{.sha256 = hex(sha256(serial)), .size = serial.size(), .reads = 2, .unstable = {{0x2000, 0x2004}}};
    const auto read = parse_record(record_text(record));
    REQUIRE(read);
    REQUIRE(read->external);
    CHECK(read->external->unstable == record.external->unstable);
    CHECK(record_text(*read) == record_text(record));
    CHECK_FALSE(parse_record("{\"schema\": \"photopsy-capture/1\", \"external\": 5}"));

    const auto with = [&](const std::vector<std::uint8_t>& second) {
        auto capture = recognize(internal, "core.bin", "", *core);
        attach_record(*read, capture);
        put_external(capture, second, "core-external.bin", "", *core);
        attach_external_record(*core, capture);
        return capture;
    };
    const auto is_another = [](const Capture& capture) {
        return std::any_of(capture.remarks.begin(), capture.remarks.end(),
                           [](const std::string& remark) { return remark.find("is not the serial flash that was captured with this dump") != std::string::npos; });
    };
    const auto fits = with(serial);
    CHECK_FALSE(is_another(fits));
    CHECK(std::any_of(fits.problems.begin(), fits.problems.end(), [](const CaptureProblem& problem) { return problem.where == Range{0x2000, 0x2004}; }));
    serial[5] = 0;
    CHECK(is_another(with(serial)));
}

TEST_CASE("a capture record is read back as it was written", "[dfu][cli]") {
    const auto record = some_record();
    const auto read = parse_record(record_text(record));
    REQUIRE(read);
    CHECK(record_text(*read) == record_text(record));
    CHECK(read->unstable == record.unstable);
    CHECK(read->bcd_device == 0x0250);
    CHECK(read->serial_is_device_id);
    CHECK(read->retries == 3);
}

TEST_CASE("what is no capture record is none, and hostile numbers do no harm", "[dfu][cli]") {
    CHECK_FALSE(parse_record(""));
    CHECK_FALSE(parse_record("[]"));
    CHECK_FALSE(parse_record("{\"schema\": \"photopsy-report/1\"}"));
    CHECK_FALSE(parse_record(record_text(some_record()).substr(0, 200)));
    const auto with = [](std::string_view rest) { return parse_record("{\"schema\": \"photopsy-capture/1\", " + std::string(rest) + "}"); };
    CHECK(with("\"reads\": -4")->reads == 0);
    CHECK(with("\"reads\": 99999999999")->reads == 0);
    CHECK(with("\"reads\": \"2\", \"when\": 5")->when.empty());
    CHECK(with("\"when\": \"" + std::string(5000, 'x') + "\"")->when.size() == 200);
    CHECK_FALSE(with("\"unstable\": 5"));
    CHECK_FALSE(with("\"unstable\": [5]"));
    CHECK_FALSE(with("\"unstable\": [{\"address\": \"\", \"length\": 4}]"));
    CHECK_FALSE(with("\"unstable\": [{\"address\": \"0x08001000\", \"length\": 0}]"));
    CHECK_FALSE(with("\"unstable\": [{\"address\": \"0xfffffff0\", \"length\": 64}]"));
}

TEST_CASE("a record is believed only beside the bytes it was made with", "[dfu][cli]") {
    const auto* photon = builtin_layout("photon");
    REQUIRE(photon);
    const auto folder = std::filesystem::temp_directory_path() / ("photopsy-record-" + std::to_string(std::rand()));
    std::filesystem::create_directory(folder);
    const std::string path = folder / "dump.bin";
    const std::vector<std::uint8_t> bytes(0x100000, 0x5A);
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    const auto beside = [&](CaptureRecord record) {
        std::ofstream(path + ".json", std::ios::binary) << record_text(record);
        auto dump = read_dump(path, photon);
        REQUIRE(dump);
        return std::move(dump->capture);
    };
    auto record = some_record();
    const Capture foreign = beside(record);
    CHECK_FALSE(foreign.record);
    CHECK(std::any_of(foreign.remarks.begin(), foreign.remarks.end(),
                      [](const auto& remark) { return remark.find("sha256 does not fit") != std::string::npos; }));
    record.sha256 = hex(sha256(bytes));
    const Capture own = beside(record);
    REQUIRE(own.record);
    CHECK(own.record->reads == 2);
    const auto noisy = std::find_if(own.problems.begin(), own.problems.end(), [](const auto& problem) { return problem.defect == CaptureDefect::Noisy; });
    REQUIRE(noisy != own.problems.end());
    CHECK(noisy->where == Range{0x08001002, 0x08001003});
    std::filesystem::remove(path + ".json");
    CHECK_FALSE(read_dump(path, photon)->capture.record);
    std::filesystem::remove_all(folder);
}
