#pragma once
// What the rules on the configuration table share.
#include "rules/rule.h"

namespace photopsy {

/// The table that may be judged: the Electron's format is only recognized, and then an empty table comes back.
inline const Dct& table(const Observations& seen) {
    static const Dct none;
    return seen.facts.layout && seen.facts.layout->dct.store == StoreKind::WicedTable ? seen.facts.dct : none;
}

/// Whether the installed firmware keeps a checksum of the table (Device OS 0.7.0 and later).
inline bool system_uses_checksums(const Observations& seen) { return seen.facts.system.store.table >= DctGeneration::G4; }

}  // namespace photopsy
