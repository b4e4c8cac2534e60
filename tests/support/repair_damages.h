#pragma once
// For the table of docs/repair.md: a damage for each cause that a write may cure, on devices of every kind and generation of bootloader.
#include "photopsy.h"

#include <optional>
#include <span>

namespace photopsy::test {

/// A kind of device with a release on it.
struct RepairColumn {
    const char *device, *release;
};
std::span<const RepairColumn> repair_columns();

struct RepairDamage {
    const char* cause;
    const char* life;    ///< acts behind the set-up
    const char* damage;  ///< names in braces are the device's own
    enum class SetUp { Whole, NoKeys } set_up = SetUp::Whole;
};
std::span<const RepairDamage> repair_damages();

/// The damaged device, both of its flashes analyzed. Nothing where such a damage cannot be on such a device.
std::optional<Analysis> damaged(const RepairDamage&, const RepairColumn&);

}  // namespace photopsy::test
