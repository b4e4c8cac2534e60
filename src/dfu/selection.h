#pragma once
// Which of the devices found is meant.
#include "dfu/usb.h"

namespace photopsy::dfu {

struct Choice {
    const FoundDevice* device = nullptr;
    Trouble trouble = Trouble::None;
    TroubleDetails details;                      ///< for the sentence about `trouble`
    std::vector<const FoundDevice*> candidates;  ///< where trouble is SeveralDevices
};

/// The one device in DFU mode that fits `serial` (without case; also its end, at least 4 digits) and `path`; "" fits all. Where there is none, or
/// several, or it cannot be opened, the trouble says why, the nearest reason first.
Choice choose(const std::vector<FoundDevice>& devices, std::string_view serial, std::string_view path);

/// What a sentence about this device should know.
TroubleDetails details_of(const FoundDevice& device);

}  // namespace photopsy::dfu
