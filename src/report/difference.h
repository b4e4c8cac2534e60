#pragma once
#include "report/report.h"

namespace photopsy {

/// Two dumps compared by meaning: modules, configuration table, keys by fingerprint, updates, EEPROM; then bytes by region.
struct Difference {
    bool same = false;      ///< every byte that one of them holds, the other holds too, and they are equal
    std::string text;       ///< what differs, in lines for people; no secret in it
};
Difference compare(const Analysis& before, const Analysis& after, const ReportStyle&);

}  // namespace photopsy
