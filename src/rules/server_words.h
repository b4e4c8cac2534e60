#pragma once
// What the rules of the keys, of the server's key and of its address share.
#include "base/sentence.h"
#include "handshake/own_server.h"
#include "rules/rule.h"

#include <algorithm>
#include <string>

namespace photopsy {

/// A table that was reset has lost everything; that is its own finding.
inline bool table_was_reset(const Facts& facts) {
    const auto* copy = facts.dct.current();
    return facts.dct.would_reinitialize || (copy && copy->fresh_default);
}

/// Whether the connection goes to Particle's own server, by the address or because the firmware falls back to it.
inline bool goes_to_particle(const ServerAddress& address) {
    using Kind = ServerAddress::Kind;
    return address.particle || address.of_particle || address.falls_back || address.kind == Kind::NotInFile;
}

/// What a read that failed leaves as well is not certain: lowers the finding's confidence and says why.
void doubt_unread(const Observations&, Range at, Finding&);

}  // namespace photopsy
