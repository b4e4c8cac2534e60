#pragma once
// The line of an ndjson file for what is on its way to be told and was not analyzed.
#include "cli/dump_pipeline.h"

#include <string_view>

namespace photopsy {

/// A report of an earlier run as it is; photopsy-failure/1 for what is no dump and what could not be read. "" for a dump. Without line end.
std::string told_line(const DumpWork&);

/// Why a line that is no report is none, to stand behind a file's name.
std::string_view why_no_report(std::string_view line);

}  // namespace photopsy
