#pragma once
// The words of a layout that name a kind, and the small tables that hold them.
#include "flash/layout.h"
#include "flash/text_tree.h"

namespace photopsy {

/// Each refuses a word it does not know, with the list of those it does, and then returns the first kind.
StoreKind read_store_kind(TableReader&);  ///< key `store`, required
BootKind read_boot_kind(TableReader&);    ///< key `boot`; None where absent
KeySet read_key_set(TableReader&);
UsbAlternate read_alternate(TableReader&);

}  // namespace photopsy
