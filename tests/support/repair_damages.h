#pragma once
// For the table of docs/repair.md: a damage for each cause that a write may cure, on devices of every kind and generation of bootloader.
#include "support/repair_trial.h"

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
/// The same with several damages, one after the other.
std::optional<Analysis> damaged_by(const std::vector<RepairDamage>&, const RepairColumn&);
/// True where a private key of the owner's was what was missing for this cause: it is given, with all else that is then asked for.
bool give_key(RepairCase&, std::string_view cause);

}  // namespace photopsy::test
