// A capture as steps and answers, without a loop that drives it: what the messages of a browser see.
#include "dfu/capture_run.h"

#include "catch.h"
#include "dfu/emulated_port.h"

using namespace photopsy;
using namespace photopsy::test;
using dfu::Ask;
using dfu::CaptureRun;
using dfu::DriveResult;
using dfu::FlashCapture;
using dfu::Step;
using dfu::Trouble;

static constexpr Range few_blocks{0x08000000, 0x08004000};

/// Carries out steps until `enough` says so or all is over; every request that was made.
template <class Enough>
static std::vector<Ask> carry_out(CaptureRun& run, PhotonDevice& device, Enough enough) {
    EmulatedPort port(device);
    std::vector<Ask> asked;
    while (!run.result() && !enough()) {
        const Step step = run.step();
        if (step.kind == Step::Kind::Reconnect) {
            run.reconnected(port.reconnect());
            continue;
        }
        REQUIRE(step.kind == Step::Kind::Transfer);
        asked.push_back(step.request.ask());
        (void)run.told(port.transfer(step.request, 1000));
    }
    return asked;
}
static bool never() { return false; }

TEST_CASE("a capture by steps ends with the bytes, and makes no transfer more than it needs", "[dfu]") {
    PhotonDevice device;
    FlashCapture capture({.flash = few_blocks});
    CaptureRun run(capture);
    const auto asked = carry_out(run, device, never);
    REQUIRE(run.result());
    CHECK(run.result()->end == DriveResult::End::Finished);
    CHECK(run.step().kind == Step::Kind::Finished);
    CHECK(static_cast<long>(asked.size()) == device.requests());
    CHECK(device.state() == 2);
}

TEST_CASE("a capture that is stopped asks the device to return to idle, once, and keeps what it read", "[dfu]") {
    PhotonDevice device;
    FlashCapture capture({.flash = few_blocks});
    CaptureRun run(capture);
    carry_out(run, device, [&] { return capture.held_bytes() >= 0x2000; });
    run.stop();
    run.stop();
    CHECK_FALSE(run.result());
    CHECK(carry_out(run, device, never) == std::vector<Ask>{Ask::Abort});
    REQUIRE(run.result());
    CHECK(run.result()->end == DriveResult::End::Stopped);
    CHECK(capture.held_bytes() == 0x2000);
    CHECK(device.state() == 2);
}

TEST_CASE("a capture that fails asks the device to return to idle; one that has gone is asked nothing more", "[dfu]") {
    for (const bool gone : {false, true}) {
        PhotonDevice device;
        device.faults = {{gone ? Fault::Kind::Unplug : Fault::Kind::Stall, 2, 1000000, true, 1000000}};
        FlashCapture capture({.flash = few_blocks});
        CaptureRun run(capture);
        const auto asked = carry_out(run, device, never);
        REQUIRE(run.result());
        CHECK(run.result()->end == DriveResult::End::Failed);
        CHECK((run.result()->trouble == Trouble::Gone) == gone);
        CHECK((asked.back() == Ask::Abort) != gone);
        CHECK(run.step().kind == Step::Kind::Failed);
        // Answers that come too late change nothing.
        CHECK_FALSE(run.told({dfu::TransferResult::Done, {}}));
        run.reconnected(Trouble::None);
        CHECK(run.result()->end == DriveResult::End::Failed);
    }
}
