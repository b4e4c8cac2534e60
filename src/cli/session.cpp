#include "cli/session.h"

#include "report/plain_text.h"

#include <cerrno>
#include <cstring>

namespace photopsy {

void Session::print(std::string_view text) {
    if (output_broken_ || text.empty()) return;
    progress("");
    if (out_(text)) return;
    const int reason = errno;
    output_broken_ = true;
    fail(std::string("cannot write to standard output: ") + std::strerror(reason));
}

void Session::say(std::string_view sentence) {
    progress("");
    err_(without_control_characters(sentence) + "\n");
}

void Session::fail(std::string_view sentence, int status) {
    say("photopsy: " + std::string(sentence));
    raise(status);
}

void Session::progress(std::string_view text) {
    if (!shows_progress() || (text.empty() && !progress_shown_)) return;
    err_("\r\033[K" + without_control_characters(text));
    progress_shown_ = !text.empty();
}

}  // namespace photopsy
