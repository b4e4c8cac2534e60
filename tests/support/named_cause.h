#pragma once
// A cause of a verdict, by its id, and what it asks for first.
#include "photopsy.h"

#include <string_view>

namespace photopsy::test {

/// nullptr where it is not named.
inline const NamedCause* cause_called(const Analysis& analysis, std::string_view id) {
    for (const auto& named : analysis.diagnosis.causes)
        if (named.cause->id == id) return &named;
    return nullptr;
}

/// Its first step behind keeping the dump is to read the flash a second time.
inline bool reads_again_first(const Analysis& analysis, std::string_view id) {
    for (std::size_t i = 0; i < analysis.diagnosis.causes.size(); ++i)
        if (analysis.diagnosis.causes[i].cause->id == id && analysis.remedies[i].size() > 1)
            return analysis.remedies[i][1].title.starts_with("Read the flash a second time");
    return false;
}

}  // namespace photopsy::test
