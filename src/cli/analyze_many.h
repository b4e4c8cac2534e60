#pragma once
// `analyze` with several files: the same reports, streamed.
#include "cli/options.h"
#include "photopsy.h"
#include "report/report.h"

#include <functional>

namespace photopsy {

struct ManyReports {
    std::vector<std::string> files;
    std::string files_from;  ///< a list of more names; "" none
    char separator = '\n';
    bool opens = false;  ///< folders and archives: all dumps in them are read, what is none is named; a single dump in all is told as if it had been given
    unsigned jobs = 0;   ///< 0: all cores
    Format format = Format::Text;
    bool one_line_each = false;  ///< --quiet
    ReportStyle style;
    AnalyzeOptions analysis;
    std::function<std::string(const Analysis&)> refused;  ///< DumpPipeline::refused
    const Layout* layout = nullptr;
    OutputOptions output;
    unsigned mode = mode_shared;
};

/// A folder, or an archive with more than one file in it.
bool holds_several_files(const std::string& path);

/// Prints reports in the order of the files, as they come; what needs all of them (a Markdown or HTML page) at the end.
void report_many(const ManyReports&, Session&);

}  // namespace photopsy
