#pragma once
#include "report/document.h"

namespace photopsy {

/// The report for a forum post or an issue: at most `max_chars` characters, no links, what matters first and unfolded. What does not fit is left out from the
/// end, and the report says so. Verdict, first step, provenance and that note are never left out: where `max_chars` is too small for them the report is
/// longer.
std::string render_markdown(const Document&, std::size_t max_chars);

/// What render_markdown() never leaves out.
std::string markdown_essence(const Document&);

/// Several dumps: what they have in common and a row for each, then a report on each that is not healthy, as far as they fit; the last line says which do not.
std::string render_markdown_fleet(const std::vector<Document>&, const std::vector<std::string>& shared, std::size_t max_chars);

}  // namespace photopsy
