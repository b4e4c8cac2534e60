// Devices and cells that do not do what they should: each ends with a fitting word, and nothing is half done without saying so.
#include "catch.h"
#include "repair/state.h"
#include "support/repair_trial.h"

#include <type_traits>

using namespace photopsy;
using namespace photopsy::test;
using How = RepairEnd::How;

// Capture cannot write: it is given a Port, which has no way to, and nothing but the writer makes a WriteRequest.
static_assert(!std::is_base_of_v<dfu::WritePort, dfu::Port>);
static_assert(!std::is_constructible_v<dfu::WriteRequest, dfu::WriteRequest::What, std::uint16_t, ByteView>);
static_assert(!std::is_convertible_v<dfu::WriteRequest, dfu::Request>);

namespace {

RepairCase case_called(const std::string& name) { return repair_case(name, sample_called(name).file); }

bool is_repaired(const RepairCase& one, const PhotonDevice& device) {
    return name_of(analysis_of(device.flash.bytes, *one.analysis.layout).diagnosis.outcome) == one.repair.plan.expect.outcome;
}

RepairEnd carried_out(const RepairCase& one, PhotonDevice& device) {
    MemoryJournal journal;
    return carry_out_on(device, one.repair, *one.analysis.layout, journal);
}

}  // namespace

TEST_CASE("a read that lies once is read again; one that is always wrong is told", "[repair]") {
    const auto one = case_called("part2-bit-error");
    for (long upload = 0; upload < 80; upload += 3) {
        auto device = device_with(one.analysis);
        device.faults.push_back({.kind = Fault::Kind::FlipBit, .at = upload, .count = 1, .uploads_only = true, .detail = 2});
        const auto end = carried_out(one, device);
        INFO(upload);
        if (end.how == How::Done)
            CHECK(is_repaired(one, device));
        else
            CHECK((end.how == How::Elsewhere && end.written == 0));  // before the first write a lie is no ground to write on
    }
}

TEST_CASE("a cell that does not program ends as read back otherwise, and the step is named", "[repair]") {
    const auto one = case_called("part2-bit-error");
    for (const auto generation : {Generation::V0_4_4, Generation::V0_7_0}) {  // silent, and told by a stall
        auto device = device_with(one.analysis);
        device.generation = generation;
        const auto at = one.repair.plan.steps.at(0).where.begin - PhotonDevice::base;
        for (std::uint32_t i = 0; i < 4; ++i) device.flash.stuck[at + i] = 0xFF;
        const auto end = carried_out(one, device);
        CHECK(end.how == How::ReadBackDiffers);
        CHECK(end.at == one.repair.plan.steps.at(0).where.begin);
        CHECK(end.written == 1);
    }
}

TEST_CASE("an erase may take ten seconds; whatever comes of a longer one, the flash decides", "[repair]") {
    const auto one = case_called("version-skew");
    REQUIRE_FALSE(one.repair.plan.steps.empty());
    for (const std::uint32_t milliseconds : {9500u, 12000u}) {
        INFO(milliseconds);
        auto device = device_with(one.analysis);
        device.erase_milliseconds = milliseconds;
        CHECK(carried_out(one, device).how == How::Done);
        CHECK(is_repaired(one, device));
    }
}

TEST_CASE("stalls, broken and silent transfers on the way are overcome or told; the table is not written twice", "[repair]") {
    const auto one = case_called("erased-key");
    for (const auto kind : {Fault::Kind::Stall, Fault::Kind::Break, Fault::Kind::Silence})
        for (long request = 0; request < 110; request += 2) {
            INFO(static_cast<int>(kind) << " at " << request);
            auto device = device_with(one.analysis);
            device.faults.push_back({.kind = kind, .at = request, .count = 1, .uploads_only = false});
            const auto end = carried_out(one, device);
            CHECK((end.how == How::Done || end.how == How::DeviceFailed));
            if (end.how == How::Done) CHECK(is_repaired(one, device));
            unsigned erased = 0;
            for (const auto& [sector, times] : device.flash.erases) erased += times;
            CHECK(erased <= 1);
        }
}

TEST_CASE("a device that goes away comes back as itself, or nothing more is written", "[repair]") {
    const auto one = case_called("version-skew"), other = case_called("healthy-2.3.1");
    for (const bool swapped : {false, true}) {
        auto device = device_with(one.analysis);
        device.faults.push_back({.kind = Fault::Kind::Unplug, .at = 240, .count = 1, .uploads_only = false, .detail = 1});
        EmulatedPort port(device);
        long writes_before = 0;
        if (swapped)
            port.before_return = [&] {
                const auto bytes = other.analysis.capture.image.everything();
                device.flash.bytes.assign(bytes.begin(), bytes.end());
                writes_before = port.writes();
            };
        WillingOwner owner(device);
        MemoryJournal journal;
        const auto end = carry_out(one.repair, backup_for(one.repair, *one.analysis.layout), *one.analysis.layout, port, {}, journal, owner);
        if (!swapped) {
            CHECK(end.how == How::Done);
            CHECK(is_repaired(one, device));
            continue;
        }
        CHECK(end.how == How::Elsewhere);
        CHECK(port.writes() == writes_before);
        CHECK(std::ranges::equal(device.flash.bytes, other.analysis.capture.image.everything()));
    }
}

TEST_CASE("without a journal nothing is sent; an owner who does not reset is waited for no longer", "[repair]") {
    const auto one = case_called("part2-bit-error");
    auto device = device_with(one.analysis);
    MemoryJournal journal;
    journal.full = true;
    const auto end = carry_out_on(device, one.repair, *one.analysis.layout, journal);
    CHECK(end.how == How::JournalFailed);
    CHECK(end.written == 0);
    CHECK(std::ranges::equal(device.flash.bytes, one.analysis.capture.image.everything()));
}

TEST_CASE("nothing is read more often than before the first write and behind each step", "[repair]") {
    for (const auto* name : {"part2-bit-error", "version-skew", "interrupted-update-new-bootloader"}) {
        const auto one = case_called(name);
        INFO(name);
        REQUIRE_FALSE(one.repair.plan.steps.empty());
        constexpr std::uint32_t block = 4096;
        const auto blocks = [&](Range at) { return static_cast<long>(at.size() / block) + 1; };
        long most = blocks(bootloader_place(*one.analysis.layout));
        for (const Range sector : sectors_of(one.repair, *one.analysis.layout)) most += blocks(sector);
        for (const auto& step : one.repair.plan.steps) {
            if (step.operation == RepairOperation::WriteTable) most += 4 * blocks(one.analysis.layout->dct.copies[0]) * 3;  // before, behind, and to be sure
            if (step.operation == RepairOperation::Erase || step.operation == RepairOperation::Program) most += blocks(step.where);
        }
        auto device = device_with(one.analysis);
        CHECK(carried_out(one, device).how == How::Done);
        CHECK(device.uploads() <= most);
    }
}
