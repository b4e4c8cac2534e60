#include "cli/terminal.h"
#include "cli/tty.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <new>
#include <optional>

namespace photopsy {

/// By the variables that name the character set, in POSIX's order; nothing where none of them is set.
static std::optional<bool> locale_is_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const auto locale = environment(name);
        if (!locale.empty())
            return locale.find("UTF-8") != std::string::npos || locale.find("utf8") != std::string::npos || locale.find("UTF8") != std::string::npos;
    }
    return {};
}

static unsigned window_width(bool on_tty) {
    winsize size{};
    if (on_tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return columns_or_80();
}

Terminal this_terminal() {
    Terminal terminal;
    terminal.output_is_tty = is_tty(STDOUT_FILENO);
    terminal.errors_are_tty = is_tty(STDERR_FILENO);
    terminal.input_is_tty = is_tty(STDIN_FILENO);
    terminal.dumb = environment("TERM") == "dumb";
    terminal.no_colour = !environment("NO_COLOR").empty();
    // Programs that start others often set no locale; what goes into a pipe is then text like any other.
    terminal.utf8 = locale_is_utf8().value_or(!terminal.output_is_tty) && !(terminal.output_is_tty && terminal.dumb);
    terminal.width = window_width(terminal.output_is_tty);
    return terminal;
}

std::vector<std::string> arguments_of(int argc, char** argv) { return {argv + (argc > 0), argv + argc}; }

void end_in_order_without_memory() {
    std::set_new_handler([] {
        static constexpr std::string_view sentence = "photopsy: the system gives no more memory, so this was not finished\n";
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, sentence.data(), sentence.size());
        ::_exit(exit_unable);
    });
}

}  // namespace photopsy
