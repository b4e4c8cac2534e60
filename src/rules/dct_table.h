#pragma once
// What the rules on the configuration table share.
#include "rules/rule.h"

namespace photopsy {

/// The table of the kind that rules/dct*.cpp judge; an empty one where the store is of another kind.
inline const Dct& table(const Observations& seen) {
    static const Dct none;
    return seen.facts.layout && seen.facts.layout->dct.store == StoreKind::WicedTable ? seen.facts.dct : none;
}

/// Whether the installed firmware keeps a checksum of the table (Device OS 0.7.0 and later).
inline bool system_uses_checksums(const Observations& seen) { return seen.facts.system.store.table >= DctGeneration::G4; }

}  // namespace photopsy
