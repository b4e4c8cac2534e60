#pragma once
// A Photon whose table holds an update record that was written there by hand, as no system writes one.
#include "photopsy.h"

#include <string>
#include <string_view>

namespace photopsy::test {

struct ArmedDevice {
    std::string system = "1.5.2", life = {};  ///< further acts of the recipe, before the record is written
    Address destination = 0;
    std::uint32_t length = 0x4000;
    std::uint8_t flags = 0x0E, function = 2;
    std::string damage = {};
    std::uint32_t missing = 0;  ///< so many bytes at the end of the file
};

/// In slot 1, from the OTA area.
Analysis analysis_of(const ArmedDevice&);

/// An act of a recipe: the module of this release lies whole in the OTA area.
std::string received(std::string_view module, std::string_view release);

}  // namespace photopsy::test
