// No write without a backup of this very device, read twice and read back from its medium (law 2).
#include "cli/repair_backup.h"

#include "base/hex.h"
#include "catch.h"
#include "dfu/flash_capture.h"
#include "support/repair_trial.h"
#include "support/story.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace photopsy;
using namespace photopsy::test;
using How = RepairEnd::How;

namespace {

CapturedFlash read_by(dfu::FlashCapture capture, PhotonDevice& device, Bytes& bytes) {
    EmulatedPort port(device);
    REQUIRE(dfu::drive(capture, port, 1000, [](const dfu::FlashCapture&) { return true; }).end == dfu::DriveResult::End::Finished);
    bytes = capture.bytes();
    return {.sha256 = hex(sha256(bytes)), .size = bytes.size(), .reads = capture.tally().reads};
}

/// As the program reads a device that is connected.
DeviceReading reading_of(PhotonDevice& device, const Layout& layout, int reads = 2) {
    DeviceReading reading{.finished = true, .layout = &layout};
    const auto block = static_cast<std::uint16_t>(layout.usb.transfer_size);
    static_cast<CapturedFlash&>(reading.record) = read_by(
        dfu::FlashCapture({.flash = layout.flash, .rule = {.block_size = block, .counts = true, .alternate = 0}, .reads = reads}), device, reading.bytes);
    if (device.second)
        reading.record.external =
            read_by(dfu::FlashCapture({.flash = layout.external->at, .rule = {.block_size = block, .counts = true, .alternate = 1}, .reads = reads}), device,
                    reading.external);
    return reading;
}

RepairEnd carry_out_with(const ProvedBackup& backup, const RepairCase& one, PhotonDevice& device, long& writes) {
    EmulatedPort port(device);
    WillingOwner owner(device);
    MemoryJournal journal;
    const auto end = carry_out(one.repair, backup, *one.analysis.layout, port, reading_rules(*one.analysis.layout), journal, owner);
    writes = port.writes();
    return end;
}

RepairCase case_of_story(const std::string& name) { return repair_case(name, sample_called(name).file); }

Bytes bytes_in(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void change_file(const std::string& path, std::streamoff at, char to) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(at);
    file.put(to);
}

}  // namespace

TEST_CASE("a device is read twice, its backup written and read back, before anything is sent that changes it", "[repair]") {
    for (const auto* name : {"part2-bit-error", "mixed-key", "electron-key-erased", "core-key-bit-error"}) {
        INFO(name);
        const auto one = std::string(name).starts_with("core") ? core_case(name) : case_of_story(name);
        REQUIRE_FALSE(one.repair.plan.steps.empty());
        auto device = device_with(one.analysis);
        const auto before = device.flash.bytes;
        device.faults.push_back({.kind = Fault::Kind::FlipBit, .at = 20, .detail = 100});  // one read lies
        const auto reading = reading_of(device, *one.analysis.layout);
        CHECK(reading.bytes == before);
        CHECK(device.trespasses().empty());
        CHECK(device.flash.operations == 0);
        const ScratchDirectory folder;
        const auto path = folder.put("plan.json", {}) + ".backup.bin";
        const auto proved = write_backup(path, reading);
        REQUIRE(proved);
        CHECK(proved->sha256() == one.repair.backup_sha256);
        CHECK(bytes_in(path) == before);
        struct stat about {};
        CHECK((::stat(path.c_str(), &about) == 0 && (about.st_mode & 0777u) == 0600));
        const auto again = read_backup(path);
        REQUIRE(again);
        CHECK(again->proved.sha256() == proved->sha256());
        long writes = 0;
        CHECK(carry_out_with(again->proved, one, device, writes).how == How::Done);
        CHECK(writes > 0);
        CHECK_FALSE(write_backup(path, reading));  // never over one that is there
    }
}

TEST_CASE("the backup of another device, or of another state of this one, lets nothing be written", "[repair]") {
    const auto one = case_of_story("part2-bit-error"), other = case_of_story("mixed-key");
    auto changed = one;
    Image flash = one.analysis.capture.image;
    flash.put(0x080A0100, Bytes{0});
    changed.repair.original = flash;
    changed.repair.backup_sha256 = backup_digest(flash, *one.analysis.layout);
    for (const RepairCase* wrong : std::initializer_list<const RepairCase*>{&other, &changed}) {
        auto device = device_with(one.analysis);
        long writes = 0;
        const auto end = carry_out_with(backup_for(wrong->repair, *wrong->analysis.layout), one, device, writes);
        CHECK(end.how == How::NotBackedUp);
        CHECK(end.written == 0);
        CHECK(writes == 0);
        CHECK(std::ranges::equal(device.flash.bytes, one.analysis.capture.image.everything()));
    }
}

TEST_CASE("what was read once, or does not read back from its medium, is no backup", "[repair]") {
    const auto one = core_case("core-key-bit-error");
    auto device = device_with(one.analysis);
    const auto reading = reading_of(device, *one.analysis.layout);
    const auto once = reading_of(device, *one.analysis.layout, 1);
    CHECK(ProvedBackup::of(reading.record, reading.bytes, reading.external));
    CHECK_FALSE(ProvedBackup::of(once.record, once.bytes, once.external));
    CHECK_FALSE(ProvedBackup::of(reading.record, reading.bytes, {}));
    CHECK_FALSE(ProvedBackup::of(reading.record, {}, reading.external));
    CHECK_FALSE(ProvedBackup::of(reading.record, ByteView(reading.bytes).first(4096), reading.external));
    CHECK_FALSE(ProvedBackup::of(reading.record, reading.external, reading.bytes));
    CHECK_FALSE(ProvedBackup::of(one.analysis.capture, *one.analysis.layout));  // a file without a record
    const ScratchDirectory folder;
    const auto place = folder.put("plan.json", {});
    CHECK_FALSE(write_backup(place + ".once.bin", once));
    const auto damage = [&](const std::string& name, auto act) {
        const auto path = place + name + ".bin";
        REQUIRE(write_backup(path, reading));
        REQUIRE(read_backup(path));
        act(path, place + name + "-external.bin");
        INFO(name);
        CHECK_FALSE(read_backup(path));
    };
    damage("-bit", [](const std::string& path, const std::string&) { change_file(path, 0x1234, 0x55); });
    damage("-second-bit", [](const std::string&, const std::string& second) { change_file(second, 0x1234, 0x55); });
    damage("-no-record", [](const std::string& path, const std::string&) { std::filesystem::remove(path + ".json"); });
    damage("-no-second", [](const std::string&, const std::string& second) { std::filesystem::remove(second); });
    damage("-short", [](const std::string& path, const std::string&) { std::filesystem::resize_file(path, 1000); });
}
