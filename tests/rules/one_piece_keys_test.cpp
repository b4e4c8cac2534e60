// Keys in a serial flash: what was perhaps not read, what a write there costs, and a name that some firmware does without.
#include "catch.h"
#include "support/named_cause.h"
#include "support/one_piece.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::size_t address_place = 0x1180, address_name = address_place + 2;

}  // namespace

TEST_CASE("keys in a serial flash that reads zero over whole transfers may not have been read: they are read again first", "[keys][core]") {
    auto all = OnePiece::of("0.7.0");
    all.fill_serial(0, all.serial.size(), 0);
    auto block = OnePiece::of("0.7.0");
    block.fill_serial(key_place_in_serial, 0x400, 0);  // a transfer of this device
    const auto nothing = all.analyzed();               // no flash at all: an erased one reads FF
    CHECK(nothing.diagnosis.outcome == Outcome::BadCapture);
    CHECK_FALSE(cause_called(nothing, "private-key-zeroed"));
    const auto transfer = block.analyzed();
    const auto* of_transfer = cause_called(transfer, "private-key-zeroed");
    REQUIRE(of_transfer);
    CHECK(of_transfer->story.confidence == Confidence::Likely);
    CHECK(reads_again_first(transfer, "private-key-zeroed"));
    CHECK(transfer.diagnosis.confidence < Confidence::Certain);
    auto slot = OnePiece::of("0.7.0");
    slot.fill_serial(key_place_in_serial, 612, 0);  // no transfer ends there
    const auto analysis = slot.analyzed();
    const auto* cause = cause_called(analysis, "private-key-zeroed");
    REQUIRE(cause);
    CHECK(cause->story.confidence == Confidence::Certain);
    CHECK_FALSE(reads_again_first(analysis, "private-key-zeroed"));
}

TEST_CASE("a serial flash that reads FF throughout may not have answered: it is read again before a new key is made", "[keys][core]") {
    auto blank = OnePiece::of("0.7.0");
    blank.fill_serial(0, blank.serial.size(), 0xFF);
    const auto analysis = blank.analyzed();
    const auto* cause = cause_called(analysis, "private-key-erased");
    REQUIRE(cause);
    CHECK(cause->story.confidence == Confidence::Likely);
    CHECK(reads_again_first(analysis, "private-key-erased"));
    auto slot = OnePiece::of("0.7.0");
    slot.fill_serial(key_place_in_serial, 612, 0xFF);
    const auto one_field = slot.analyzed();
    REQUIRE(cause_called(one_field, "private-key-erased"));
    CHECK(cause_called(one_field, "private-key-erased")->story.confidence == Confidence::Certain);
    CHECK_FALSE(reads_again_first(one_field, "private-key-erased"));
}

TEST_CASE("a name that leads nowhere does not say for certain that firmware in one piece cannot connect", "[keys][core]") {
    auto device = OnePiece::of("0.7.0");
    device.serial[address_name] ^= 4;  // in the name of Particle's server
    const auto analysis = device.analyzed();
    const auto* cause = cause_called(analysis, "server-address-invalid");
    REQUIRE(cause);
    CHECK(cause->story.confidence == Confidence::Likely);
    CHECK(analysis.diagnosis.outcome == Outcome::CloudFails);
    CHECK(analysis.diagnosis.confidence == Confidence::Likely);
    CHECK(finding_of(analysis, "server-address-wrong")->explain.find("device.spark.io") != std::string::npos);
    auto number = OnePiece::of("0.7.0");
    const Bytes nowhere{0, 4, 0, 0, 0, 0};  // an IP address that no host has: no name to be resolved
    std::copy(nowhere.begin(), nowhere.end(), number.serial.begin() + address_place);
    const auto by_number = number.analyzed();
    REQUIRE(finding_of(by_number, "server-address-wrong"));
    CHECK(finding_of(by_number, "server-address-wrong")->confidence == Confidence::Certain);
}

TEST_CASE("where there is no older copy of the table, no remedy warns of its loss", "[remedy][core]") {
    auto device = OnePiece::of("0.7.0");
    device.fill_serial(server_place, 294, 0xFF);
    const Bytes own{0, 4, 1, 2, 168, 192};  // a private server's IP address
    std::copy(own.begin(), own.end(), device.serial.begin() + address_place);
    auto older = device;
    older.put_firmware(OnePiece::firmware_of("0.4.4"));
    std::size_t own_server = 0;
    for (const auto& each : {device, older})
        for (const auto& list : each.analyzed().remedies)
            for (const auto& remedy : list) {
                CHECK(remedy.warning.find("older copy") == std::string::npos);
                for (const auto& step : remedy.steps) own_server += step.kind == RemedyStep::Kind::MakeOwnServerKey;
            }
    CHECK(own_server > 0);
}

TEST_CASE("of a serial flash that reads alike throughout the server key is doubted as the device key is", "[keys][core]") {
    for (const std::uint8_t value : std::vector<std::uint8_t>{0xFF, 0x00}) {
        auto blank = OnePiece::of("0.7.0");
        blank.fill_serial(0, blank.serial.size(), value);
        const auto analysis = blank.analyzed();
        const auto id = value == 0xFF ? "server-key-erased" : "server-key-corrupted";
        const auto* cause = cause_called(analysis, id);
        if (value == 0x00) {  // no erased chip reads so: it was not read
            CHECK(analysis.diagnosis.outcome == Outcome::BadCapture);
            CHECK_FALSE(cause);
        } else {
            REQUIRE(cause);
            CHECK(cause->story.confidence == Confidence::Likely);
            CHECK(reads_again_first(analysis, id));
        }
        auto slot = OnePiece::of("0.7.0");
        slot.fill_serial(server_place, 294, value);
        const auto one_field = slot.analyzed();
        REQUIRE(cause_called(one_field, id));
        CHECK(cause_called(one_field, id)->story.confidence == Confidence::Certain);
        CHECK_FALSE(reads_again_first(one_field, id));
    }
}

TEST_CASE("a serial flash of which one page reads again and again is read again first", "[keys][core]") {
    auto device = OnePiece::of("0.7.0");
    const auto page = Bytes(device.serial.begin() + server_place, device.serial.begin() + server_place + 0x400);
    for (std::size_t at = 0; at < device.serial.size(); at += page.size())
        std::copy(page.begin(), page.end(), device.serial.begin() + static_cast<std::ptrdiff_t>(at));
    const auto analysis = device.analyzed();
    const auto* cause = cause_called(analysis, "private-key-wrong-type");
    REQUIRE(cause);
    CHECK(cause->story.confidence == Confidence::Likely);
    CHECK(reads_again_first(analysis, "private-key-wrong-type"));
}
