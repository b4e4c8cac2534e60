#pragma once
// The work of `triage`: inputs through the pipeline, a row of each, and where a folder is written, its report.
#include "cli/options.h"
#include "fleet/row.h"

namespace photopsy {

struct TriageWork {
    std::vector<std::string> paths;
    std::string files_from;  ///< a list of more names; "" none
    char separator = '\n';
    std::string folder;  ///< to write and go on from; "" none
    unsigned jobs = 1;
};

struct TriageRows {
    fleet::Rows rows;
    bool interrupted = false;  ///< by Ctrl-C
    bool failed = false;       ///< the session was told why
};

class TriageFolder;
/// Failures of single inputs are rows; of the folder (null: none is written), the session is told.
TriageRows gather_rows(const TriageWork&, TriageFolder*, Session&);

}  // namespace photopsy
