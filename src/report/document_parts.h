#pragma once
// The parts of build_document(), each in the file that is named after it.
#include "report/discretion.h"
#include "report/document.h"

namespace photopsy {

void describe_boot(Document&, const BootOutcome&, const Discretion&);
void describe_handshake(Document&, const HandshakeOutcome&, const Discretion&);
void describe_map(Document&, const Analysis&, const Discretion&);
void describe_modules(Document&, const Facts&, const Layout*, const Discretion&);
void describe_dct(Document&, const Dct&, const Discretion&);
void describe_keys(Document&, const KeyFacts&, const Discretion&);
void describe_for_fleet(Document&, const Analysis&, const Discretion&, const ReportStyle&);
void describe_other(Document&, const Facts&);
void list_redactions(Document&, const Analysis&, const Discretion&);

}  // namespace photopsy
