// Ctrl-C on Windows: the first one ends a capture in order, and what was read is a part that a later run goes on from. Compiled for Windows alone
// (tests/portable.cmake).
#include "cli/capture_files.h"
#include "cli/file_system.h"
#include "cli/interruption.h"
#include "dfu/flash_capture.h"
#include "dfu/port.h"

#include "catch.h"
#include "dfu/emulated_port.h"

#include <windows.h>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

static constexpr Range few_blocks{0x08000000, 0x08010000};

/// The key as the console sends it: to every program that sits at this one. False where there is no console.
static bool press_ctrl_c() { return ::GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) != 0; }

/// The system tells of a key in a thread of its own.
static bool asked_soon(const Interruption& interruption) {
    for (int i = 0; i < 500 && !interruption.asked(); ++i) ::Sleep(10);
    return interruption.asked();
}

TEST_CASE("Ctrl-C on Windows ends a capture in order, and a later one goes on from the part", "[windows]") {
    ::AllocConsole();  // fails where there is one already
    ::SetConsoleCtrlHandler(nullptr, FALSE);  // who started this may have switched the key off
    PhotonDevice device;
    for (std::size_t i = 0; i < few_blocks.size(); ++i) device.flash.bytes[i] = static_cast<std::uint8_t>(i * i >> 7);
    EmulatedPort port(device);
    std::string told;
    Session session([](std::string_view) { return true; }, [&](std::string_view text) { return told += text, true; }, {});
    CaptureNames names{.dump = "ctrl-c-test.bin"};
    remove_part(names.dump);

    dfu::FlashCapture first({.flash = few_blocks});
    {
        const Interruption interruption;
        bool pressed = false, has_console = true;
        const auto end = dfu::drive(first, port, 1000, [&](const dfu::FlashCapture& at) {
            if (!pressed && at.held_bytes() >= 0x4000) {
                pressed = true;
                has_console = press_ctrl_c();
                if (has_console) REQUIRE(asked_soon(interruption));
            }
            return has_console && !interruption.asked();
        });
        if (!has_console) {
            WARN("there is no console here, so no key reaches it: not tried (at a terminal it is)");
            return;
        }
        CHECK(end.end == dfu::DriveResult::End::Stopped);
        CHECK(device.state() == 2);
    }
    auto held = first.bytes();
    held.resize(first.held_bytes());
    REQUIRE(held.size() >= 0x4000);
    REQUIRE(held.size() < few_blocks.size());
    keep_part(names, names.dump, held, {}, session);
    CHECK(told.find("--resume goes on there") != std::string::npos);

    names.resume = true;
    const auto earlier = read_earlier(names);
    REQUIRE(earlier);
    REQUIRE(*earlier);
    CHECK((*earlier)->bytes == held);
    dfu::FlashCapture second({.flash = few_blocks, .held = (*earlier)->bytes});
    CHECK(dfu::drive(second, port, 1000, [](const dfu::FlashCapture&) { return true; }).end == dfu::DriveResult::End::Finished);
    CHECK(std::equal(second.bytes().begin(), second.bytes().end(), device.flash.bytes.begin()));
    remove_part(names.dump);
    CHECK(kind_of(partial_of(names.dump)) == PlaceKind::Nothing);
}
