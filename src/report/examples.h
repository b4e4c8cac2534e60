#pragma once
// One sample for each cause: what a report on it says. Made by the tests from samples/ (src/report/examples.tsv).
#include <optional>
#include <string_view>

namespace photopsy {

struct CauseExample {
    std::string_view cause, story;         ///< its id; the sample's title
    std::string_view outcome, confidence;  ///< contract's words
    std::string_view seen;                 ///< the first sentence of the chain
    std::string_view steps;                ///< titles of the remedies, the least destructive first, with "; " between
};

/// Nothing where no sample shows the cause.
std::optional<CauseExample> example_of(std::string_view cause);

}  // namespace photopsy
