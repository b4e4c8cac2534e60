#pragma once
#include "report/document.h"

namespace photopsy {

/// The report for a terminal or a text file. The verdict leads; a healthy dump's report fits a screen.
std::string render_text(const Document&, const ReportStyle&);

/// One row for each dump, and what they have in common.
std::string render_text_summary(const std::vector<Document>&, const std::vector<std::string>& shared, const ReportStyle&);

}  // namespace photopsy
