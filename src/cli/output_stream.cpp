#include "cli/output_stream.h"

#include "cli/file_system.h"
#include "cli/output_file.h"
#include "cli/replacement.h"
#include "cli/terminal.h"

#include <cstring>
#include <utility>

namespace photopsy {

OutputStream::OutputStream(const OutputOptions& options, unsigned mode, Session& session) : options_(options), session_(session) {
    if (options.to_stdout()) return;
    if (refused()) return;
    temporary_ = options.file + unfinished_suffix();
    file_.emplace(temporary_, WritableFile::As::New, mode);
    if (!file_->reason()) return;
    temporary_.clear();
    fail(file_->reason());
}

OutputStream::~OutputStream() {
    file_.reset();
    if (!temporary_.empty()) remove_file(temporary_);
}

bool OutputStream::refused() {
    const auto why = refused_output(options_.file, options_.force ? Overwrite::Yes : Overwrite::No);
    if (!why) return false;
    session_.fail(*why);
    broken_ = true;
    return true;
}

bool OutputStream::fail(int reason) {
    if (!broken_) session_.fail("cannot write " + options_.file + ": " + std::strerror(reason));
    broken_ = true;
    return false;
}

bool OutputStream::write(std::string_view text) {
    if (broken_) return false;
    if (file_) {
        const int reason = file_->write(text);
        return reason == 0 || fail(reason);
    }
    session_.print(text);
    flush_standard_output();
    return !session_.output_broken();
}

bool OutputStream::finish() {
    if (broken_ || !file_) return !broken_;
    int reason = file_->to_medium();
    if (const int closed = file_->close(); reason == 0) reason = closed;
    file_.reset();
    if (reason) return fail(reason);
    if (refused()) return false;  // what it would replace may have been read since it was begun
    Replacement replacement(options_.force ? Overwrite::Yes : Overwrite::No, SetAside::No);
    replacement.add(std::exchange(temporary_, ""), options_.file);
    const auto failed = replacement.carry_out();
    return !failed || fail(failed->reason);
}

}  // namespace photopsy
