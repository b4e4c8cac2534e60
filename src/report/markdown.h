#pragma once
#include "report/document.h"

namespace photopsy {

/// The report for a forum post or an issue: at most `max_chars` characters, no links, what matters first and unfolded. What does not fit is left
/// out from the end, and the report says so.
std::string render_markdown(const Document&, std::size_t max_chars);

/// One row for each dump, as far as they fit, and what they have in common.
std::string render_markdown_summary(const std::vector<Document>&, const std::vector<std::string>& shared, std::size_t max_chars);

}  // namespace photopsy
