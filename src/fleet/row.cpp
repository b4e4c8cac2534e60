#include "fleet/row.h"

namespace photopsy::fleet {

std::optional<Outcome> outcome_named(std::string_view word) {
    for (const auto outcome : {Outcome::Healthy, Outcome::Attention, Outcome::CloudFails, Outcome::SafeMode, Outcome::BootFails, Outcome::BadCapture})
        if (name_of(outcome) == word) return outcome;
    return {};
}

std::string_view standing_of(const Row& row) {
    if (row.standing == Row::Standing::NoDump) return "no-dump";
    return row.standing == Row::Standing::Unread ? "unread" : name_of(row.outcome);
}

}  // namespace photopsy::fleet
