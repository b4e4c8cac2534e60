#pragma once
// Whether an old key that a plan writes back is the one on record: arithmetic proves a key, and not whose cloud knows it.
#include "mend/repair.h"

namespace photopsy {

enum class KeyDoubt : std::uint8_t {
    None,
    AnotherOnRecord,  ///< the owner named the key on record, and it is not the one that is written
    AnotherInSlot,    ///< what is left in the damaged slot is of another
    AnotherInCache,   ///< the public-key cache names another: with that one the device was last online (docs/formats/keys.md)
};
/// Of the old key that the plan writes back; None where nothing speaks against it, or where none is written.
KeyDoubt doubt_of_written_key(const RepairPlan&, const Analysis&);

}  // namespace photopsy
