// Whatever a device answers: descriptors are read without harm, and a capture ends.
#include "dfu/descriptors.h"
#include "dfu/flash_capture.h"
#include "dfu/memory_map.h"

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace photopsy;
using namespace photopsy::dfu;

static void require(bool truth) {
    if (!truth) std::abort();
}

static void descriptors(ByteView bytes) {
    if (const auto found = parse_configuration(bytes)) require(!found->alternates.empty());
    (void)text_of_string_descriptor(bytes);
    (void)parse_status(bytes);
    if (const auto map = parse_memory_map({reinterpret_cast<const char*>(bytes.data()), bytes.size()})) {
        for (const MapSegment& segment : map->segments) require(segment.at.begin < segment.at.end);
        (void)map->readable({0x08000000, 0x08100000});
    }
}

/// The device as hostile as the bytes say; where they end, it answers no more.
static void capture(ByteView bytes) {
    constexpr Range flash{0x08000000, 0x08003000};
    const auto take = [&bytes]() -> std::uint8_t {
        if (bytes.empty()) return 2;
        const std::uint8_t first = bytes.front();
        bytes = bytes.subspan(1);
        return first;
    };
    FlashCapture machine(
        {.flash = flash, .rule = {static_cast<std::uint16_t>(take() << 8), (take() & 1) != 0}, .reads = take() % 4, .held = std::vector<std::uint8_t>(take())});
    std::array<std::uint8_t, 4096> stage{};
    for (unsigned steps = 0;; ++steps) {
        require(steps < 200000);
        const Step step = machine.step();
        if (step.kind == Step::Kind::Finished) return require(machine.bytes().size() == flash.size());
        if (step.kind == Step::Kind::Failed) return require(step.trouble != Trouble::None);
        require(step.wait_ms <= 1000);
        if (step.kind == Step::Kind::Reconnect) {
            machine.reconnected(take() & 1 ? Trouble::Gone : Trouble::None);
            continue;
        }
        const SetupPacket setup = setup_packet(step.request, 0);
        require(setup.length <= stage.size());
        require(step.request.ask() != Ask::Upload || step.request.block() >= 2);
        const std::uint8_t choice = take();
        const bool incoming = (setup.request_type & 0x80) != 0;
        std::size_t length = incoming ? setup.length : 0;
        if (choice & 0x10) length = take();  // shorter or longer than asked for
        for (std::size_t i = 0; i < std::min<std::size_t>(length, 8); ++i) stage[i] = take();
        machine.told({choice % 16 < 12 ? TransferResult::Done : static_cast<TransferResult>(choice % 4 + 1), ByteView(stage).first(length)});
    }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    descriptors({bytes, size});
    capture({bytes, size});
    return 0;
}
