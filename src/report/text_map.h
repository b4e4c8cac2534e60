#pragma once
// The map of the flash in one or two lines of text.
#include "report/document.h"
#include "report/text_paint.h"

namespace photopsy {

Tone tone_of(State);
Sign sign_of(State);

/// Each region by its short name, with the sign of its state, behind `line`; a second flash begins a line of its own. "" where nothing is known.
std::string flash_map(const Document&, const Paint&, std::string line);

}  // namespace photopsy
