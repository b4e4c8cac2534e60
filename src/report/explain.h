#pragma once
// What the ids of a report mean, from the tables of rules and causes.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// Definition of a cause or finding, wrapped at `width` columns. Nothing where there is no such id.
std::optional<std::string> explain(std::string_view id, unsigned width);
/// All of them.
std::string explain_all(unsigned width);
/// The page docs/rules.md.
std::string explain_all_markdown();
/// Every id, causes first.
std::vector<std::string> explainable_ids();

}  // namespace photopsy
