#pragma once
// What a support ticket holds: the reports on a dump, and a copy of it without secrets.
#include "mend/redact.h"
#include "report/bundle.h"
#include "report/report.h"

namespace photopsy {

/// The files of a ticket about the first of `analyses`, for zip_of(). `copy` is redact() of it; where none could be made, manifest.txt says why. The dump
/// itself is never among them, nor its hash.
std::vector<BundleFile> ticket_files(const std::vector<Analysis>& analyses, const Result<RedactedDump>& copy);

}  // namespace photopsy
