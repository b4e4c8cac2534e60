#pragma once
// The line of an ndjson file for what is on its way to be told and was not analyzed.
#include "cli/dump_pipeline.h"

namespace photopsy {

/// A report of an earlier run as it is; photopsy-failure/1 for what is no dump and what could not be read. "" for a dump. Without line end.
std::string told_line(const DumpWork&);

}  // namespace photopsy
