#pragma once
#include "report/document.h"

namespace photopsy {

/// One report as a JSON object: the contract photopsy-report/1 (docs/report.schema.json). `indent` spaces, or -1 for one line. No line end behind it.
std::string render_json(const Analysis&, const Document&, int indent);

}  // namespace photopsy
