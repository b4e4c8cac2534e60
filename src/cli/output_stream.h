#pragma once
// Output that is written piece by piece: to standard output as it comes, or to a file that appears whole or not at all.
#include "cli/options.h"
#include "cli/writable_file.h"

#include <optional>
#include <string>
#include <string_view>

namespace photopsy {

class OutputStream {
public:
    OutputStream(const OutputOptions&, unsigned mode, Session&);
    /// What was not finished leaves nothing behind.
    ~OutputStream();
    OutputStream(const OutputStream&) = delete;
    OutputStream& operator=(const OutputStream&) = delete;

    /// False where it could not be written; the session was told.
    bool write(std::string_view text);
    /// The file takes its name. False as above.
    bool finish();

private:
    bool fail(int reason);
    bool refused();

    OutputOptions options_;
    Session& session_;
    std::string temporary_;
    std::optional<WritableFile> file_;
    bool broken_ = false;
};

}  // namespace photopsy
