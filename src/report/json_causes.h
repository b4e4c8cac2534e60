#pragma once
// Causes, their remedies and the order of these, as the JSON report has them (docs/report.schema.json).
#include "report/document.h"

#include <nlohmann/json_fwd.hpp>

namespace photopsy {

nlohmann::ordered_json json_causes(const Document&);
/// What to do about a light that the flash does not explain.
nlohmann::ordered_json json_for_the_light(const Document&);
/// How to see whether it worked; the document must have it.
nlohmann::ordered_json json_afterwards(const Document&);
/// What to do over all causes, in a safe order; each step says under which cause it stands.
nlohmann::ordered_json json_plan(const Document&);

}  // namespace photopsy
