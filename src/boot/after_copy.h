#pragma once
// The flash as the bootloader leaves it when it has carried out the copy that waits, which is what the system then starts from.
#include "facts/facts.h"

#include <optional>

namespace photopsy {

struct AfterCopy {
    Image image;
    Facts facts;  ///< nothing waits in them any more
};

/// Nothing where the next ordinary start copies nothing, or where it is not known what.
std::optional<AfterCopy> after_waiting_copy(const Capture&, const Facts&);

/// The same flash, if nothing waited in it.
Facts without_waiting_copy(Facts);

}  // namespace photopsy
