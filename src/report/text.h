#pragma once
#include "report/document.h"

namespace photopsy {

/// The report for a terminal or a text file. The verdict leads; a healthy dump's report fits a screen.
std::string render_text(const Document&, const ReportStyle&);

}  // namespace photopsy
