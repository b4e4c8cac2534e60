#include "cli/nearest.h"

#include <algorithm>
#include <numeric>

namespace photopsy {

/// Levenshtein: letters to insert, delete or replace.
static std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    if (word.size() > 64) return "";
    std::string best;
    auto fewest = std::max<std::size_t>(word.size() / 3, 1) + 1;
    for (const auto& candidate : candidates) {
        const auto letters = distance(word, candidate);
        if (letters >= fewest) continue;
        fewest = letters;
        best = candidate;
    }
    return best;
}

std::string with_suggestion(std::string sentence, std::string_view word, const std::vector<std::string>& candidates) {
    const auto near = nearest(word, candidates);
    return near.empty() ? sentence : sentence + "; did you mean " + near + "?";
}

}  // namespace photopsy
