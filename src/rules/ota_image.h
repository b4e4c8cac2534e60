#pragma once
// How the rules of updates name what lies in the OTA area.
#include "facts/facts.h"

#include <string>

namespace photopsy {

/// In words: "system part 2 2.3.1", "the user application", "an image for the user slot", "an image".
std::string image_name(const Facts&);

}  // namespace photopsy
