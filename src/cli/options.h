#pragma once
// Options that several commands share.
#include "base/result.h"
#include "cli/definition.h"
#include "cli/output_file.h"
#include "cli/session.h"
#include "flash/layout.h"

#include <memory>
#include <string>
#include <vector>

namespace photopsy {

/// --kind NAME and --layout FILE.
struct LayoutOptions {
    std::string kind, file;
    std::string device;  ///< --device NAME, the old name of --kind; commands that read a connected device give --device without a NAME that meaning
};
void add_layout_options(CommandDefinition& command, LayoutOptions&);

/// The devices whose layout is built in, for --kind.
std::vector<std::string> device_names();

/// The layout that was asked for; null where neither option was given (the dump itself then tells). A name that does not exist, both options at
/// once, or a file that is no layout: one sentence.
Result<std::shared_ptr<const Layout>> asked_layout(const LayoutOptions&);

/// -o FILE and --force.
struct OutputOptions {
    std::string file;  ///< "" or "-": standard output
    bool force = false;
    bool to_stdout() const { return file.empty() || file == "-"; }
};
void add_output_options(CommandDefinition& command, OutputOptions&);

/// Says on standard error that this file was written, how long it is, and what is done with such a file ("open it in a browser"). Silent for what is no file.
void tell_written(const std::string& path, Session&);

/// Prints `bytes` or writes them to the file that was asked for, and says so; a failure goes to the session.
void deliver(std::string_view bytes, const OutputOptions&, unsigned mode, Session&);

}  // namespace photopsy
