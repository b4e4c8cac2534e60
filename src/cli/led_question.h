#pragma once
// Asks a person what the light does: by rhythm and count first, for many cannot tell red from orange.
#include "base/result.h"
#include "cli/session.h"
#include "diagnosis/diagnosis.h"

#include <optional>

namespace photopsy {

/// Questions on standard error, answers from standard input, each a number; an empty line leaves the light out (nothing). Needs a terminal at both: one
/// sentence where there is none, where the input ends, or where three answers to one question were none.
Result<std::optional<LedSymptom>> ask_for_light(Session&);

}  // namespace photopsy
