#pragma once
// What the words of a report mean: ids of causes and findings from the tables of rules and causes, all others from the glossary.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// What a word is, why the device cares, what the light shows, how sure one can be, what to do, and an example where a sample has it, wrapped at `width`
/// columns. Any spelling that find_in_glossary() takes. Nothing where there is no such word.
std::optional<std::string> explain(std::string_view word, unsigned width);
/// All words by subject, names only.
std::string explain_list(unsigned width);
/// All causes and findings.
std::string explain_all(unsigned width);
/// The page docs/rules.md.
std::string explain_all_markdown();
/// Every id, causes first, then the first spelling of every other word.
std::vector<std::string> explainable_words();

}  // namespace photopsy
