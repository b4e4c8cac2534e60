#pragma once
// Whether a device lets its second flash be read.
#include "dfu/descriptors.h"
#include "dfu/flash_reader.h"
#include "flash/layout.h"

#include <functional>
#include <optional>
#include <string>

namespace photopsy::dfu {

/// How to read the layout's external flash: by the alternate setting that the device tells for it, where its map (`name_of` its string descriptor; "" where it
/// may not be asked for) does not forbid reading all of it. Nothing where it tells none: a Photon, and bootloaders of the P1 before 7 (CHANGELOG #706).
std::optional<BlockRule> external_rule(const DfuInterface&, const Layout&, const std::function<std::string(std::uint8_t index)>& name_of);

}  // namespace photopsy::dfu
