#include "cli/output_stream.h"

#include "cli/output_file.h"
#include "cli/replacement.h"
#include "cli/terminal.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <utility>

namespace photopsy {

OutputStream::OutputStream(const OutputOptions& options, unsigned mode, Session& session) : options_(options), session_(session) {
    if (options.to_stdout()) return;
    if (const auto refused = refused_output(options.file, options.force ? Overwrite::Yes : Overwrite::No)) {
        session_.fail(*refused);
        broken_ = true;
        return;
    }
    temporary_ = options.file + ".photopsy-" + std::to_string(::getpid());
    const int file = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, static_cast<mode_t>(mode));
    if (file < 0) {
        temporary_.clear();
        fail(errno);
        return;
    }
    file_ = ::fdopen(file, "wb");
}

OutputStream::~OutputStream() {
    if (file_) std::fclose(file_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

bool OutputStream::fail(int reason) {
    if (!broken_) session_.fail("cannot write " + options_.file + ": " + std::strerror(reason));
    broken_ = true;
    return false;
}

bool OutputStream::write(std::string_view text) {
    if (broken_) return false;
    if (file_) return std::fwrite(text.data(), 1, text.size(), file_) == text.size() || fail(errno);
    session_.print(text);
    flush_standard_output();
    return !session_.output_broken();
}

bool OutputStream::finish() {
    if (broken_ || !file_) return !broken_;
    const bool written = std::fflush(file_) == 0 && ::fsync(::fileno(file_)) == 0;
    const int reason = errno;
    std::fclose(std::exchange(file_, nullptr));
    if (!written) return fail(reason);
    Replacement replacement(options_.force ? Overwrite::Yes : Overwrite::No, SetAside::No);
    replacement.add(std::exchange(temporary_, ""), options_.file);
    const auto failed = replacement.carry_out();
    return !failed || fail(failed->reason);
}

}  // namespace photopsy
