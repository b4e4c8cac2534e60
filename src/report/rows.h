#pragma once
// One dump, one row: the formats for many dumps at once.
#include "report/document.h"

namespace photopsy {

/// RFC 4180: a header line and one line for each document.
std::string render_csv(const std::vector<Document>&);
/// JUnit XML as CI systems read it: one test suite a dump; test cases: the verdict, each cause, each finding (problem and fatal are failures), and each
/// rule that found nothing: passed, or skipped where not all of the flash could be checked.
std::string render_junit(const std::vector<Document>&);

}  // namespace photopsy
