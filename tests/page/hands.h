#pragma once
// What a browser would do with the page's steps, on the emulated device.
#include "catch.h"
#include "dfu/photon_device.h"
#include "dfu/trouble.h"
#include "page/page.h"

#include <algorithm>
#include <string>
#include <vector>

namespace photopsy::test {

inline std::string answered() { return {reinterpret_cast<const char*>(page_answer()), page_answer_size()}; }

/// Carries one transfer out and tells what came of it.
inline void carry_out_transfer(PhotonDevice& device, const PageStep& step, void (*told)(std::uint32_t, const std::uint8_t*, std::uint32_t)) {
    std::vector<std::uint8_t> stage(65536);
    std::copy_n(step.payload, step.payload_size, stage.begin());
    const dfu::SetupPacket setup{static_cast<std::uint8_t>(step.request_type), static_cast<std::uint8_t>(step.request), static_cast<std::uint16_t>(step.value),
                                 static_cast<std::uint16_t>(step.index), static_cast<std::uint16_t>(step.length)};
    const int length = device.control(setup, stage.data());
    const std::uint32_t result = length >= 0                       ? 0u
                                 : length == PhotonDevice::stalled ? 1u
                                 : length == PhotonDevice::silent  ? 2u
                                 : length == PhotonDevice::gone    ? 4u
                                                                   : 3u;
    told(result, stage.data(), (setup.request_type & 0x80) != 0 && length > 0 ? static_cast<std::uint32_t>(length) : 0);
}

/// Whether the device came back: 0, or the number of the trouble.
inline std::uint32_t come_back(PhotonDevice& device) {
    bool back = false;
    for (int tries = 0; tries < 5 && !back; ++tries) back = device.has_power() && device.plug_in_again();
    return static_cast<std::uint32_t>(back ? dfu::Trouble::None : dfu::Trouble::Gone);
}

/// A capture until there is nothing more to do or `enough` says so; what the last step was.
template <class Enough>
PageStep carry_out(PhotonDevice& device, Enough enough) {
    for (;;) {
        if (enough()) page_capture_stop();
        const PageStep* step = page_capture_step();
        REQUIRE(step != nullptr);
        if (step->kind == PageStep::Reconnect)
            page_capture_reconnected(come_back(device));
        else if (step->kind == PageStep::Transfer || step->kind == PageStep::SelectAlternate)
            carry_out_transfer(device, *step, page_capture_told);
        else
            return *step;
    }
}
inline bool never() { return false; }

inline std::string maps_of(const PhotonDevice& device) {
    std::string maps = "0\t" + device.flash_map + "\n";
    if (device.second) maps += std::to_string(device.second->alternate) + "\t" + device.second->map + "\n";
    return maps;
}

inline int begin(const PhotonDevice& device, std::uint32_t reads = 2) {
    const auto configuration = device.configuration_descriptor();
    REQUIRE(page_identify(device.vendor, device.product, 0x0250, device.serial().c_str()));
    return page_capture_begin(configuration.data(), static_cast<std::uint32_t>(configuration.size()), maps_of(device).c_str(), reads, "2026-01-02T03:04:05Z",
                              "a test");
}

}  // namespace photopsy::test
