#pragma once
// One dump, one row: the formats for many dumps at once.
#include "report/document.h"

namespace photopsy {

/// RFC 4180: a header line and one line for each document, which is named by its path where it has one.
std::string render_csv(const std::vector<Document>&);
std::string csv_header();
std::string csv_row(const Document&);
/// Cells as one line of CSV: quoted where they must be, and never one that a spreadsheet would take for a formula.
std::string csv_line(const std::vector<std::string>& cells);

/// "dump.bin: cloud-fails: headline [private-key-erased; old key lost; first: Make a new key]".
std::string line_of(const Document&);

/// JUnit XML as CI systems read it: one test suite a dump; test cases: the verdict, each cause, each finding (problem and fatal are failures), and each
/// rule that found nothing: passed, or skipped where not all of the flash could be checked.
std::string render_junit(const std::vector<Document>&);
/// The suite of one dump, and the whole made of suites.
struct JunitSuite {
    std::string text;
    std::size_t tests = 0, failures = 0, skipped = 0;
};
JunitSuite junit_suite(const Document&);
std::string junit_of(const std::vector<JunitSuite>&);

}  // namespace photopsy
