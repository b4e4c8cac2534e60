#pragma once
// One dump, one row: the formats for many dumps at once.
#include "report/document.h"

namespace photopsy {

/// RFC 4180: a header line and one line for each document.
std::string render_csv(const std::vector<Document>&);
/// JUnit XML as CI systems read it: one test suite a dump, one test case a finding; problem and fatal are failures.
std::string render_junit(const std::vector<Document>&);

}  // namespace photopsy
