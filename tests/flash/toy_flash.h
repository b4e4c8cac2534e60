#pragma once
// A structurally true Photon flash, built in the test: modules with header, suffix and checksum, both table copies, EEPROM page, no real code.
#include "base/bytes.h"

#include <cstdint>
#include <vector>

namespace photopsy::test {

struct ToyFlash {
    std::uint16_t platform_id = 6;
    bool user = true;
    bool factory = true;
    bool ota = false;  ///< a copy of system part 2 in the OTA area
    std::uint32_t seed = 1;
};

/// 1 MiB that a Photon could hold. The same wish gives the same bytes.
std::vector<std::uint8_t> toy_flash(const ToyFlash& wish = {});

/// One module file: vector table where function is 2 or 4, header, filler, suffix, checksum.
std::vector<std::uint8_t> toy_module(std::uint32_t start, std::uint32_t length, std::uint16_t platform_id, std::uint8_t function, std::uint8_t index,
                                     std::uint32_t seed);

}  // namespace photopsy::test
