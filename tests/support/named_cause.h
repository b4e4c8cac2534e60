#pragma once
// A cause of a verdict, by its id.
#include "photopsy.h"

#include <string_view>

namespace photopsy::test {

/// nullptr where it is not named.
inline const NamedCause* cause_called(const Analysis& analysis, std::string_view id) {
    for (const auto& named : analysis.diagnosis.causes)
        if (named.cause->id == id) return &named;
    return nullptr;
}

}  // namespace photopsy::test
