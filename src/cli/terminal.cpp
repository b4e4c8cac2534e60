#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace photopsy {

static std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// POSIX order of the variables that name the character set.
static bool locale_is_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const auto locale = environment(name);
        if (!locale.empty())
            return locale.find("UTF-8") != std::string::npos || locale.find("utf8") != std::string::npos || locale.find("UTF8") != std::string::npos;
    }
    return false;
}

static unsigned window_width(bool is_tty) {
    winsize size{};
    if (is_tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    const auto columns = std::strtoul(environment("COLUMNS").c_str(), nullptr, 10);
    return columns >= 20 && columns <= 1000 ? static_cast<unsigned>(columns) : 80;
}

Terminal this_terminal() {
    Terminal terminal;
    terminal.output_is_tty = isatty(STDOUT_FILENO);
    terminal.errors_are_tty = isatty(STDERR_FILENO);
    terminal.input_is_tty = isatty(STDIN_FILENO);
    terminal.dumb = environment("TERM") == "dumb";
    terminal.no_colour = !environment("NO_COLOR").empty();
    terminal.utf8 = !terminal.output_is_tty || (locale_is_utf8() && !terminal.dumb);
    terminal.width = window_width(terminal.output_is_tty);
    return terminal;
}

Session standard_session() {
    const auto to = [](std::FILE* stream) {
        return [stream](std::string_view text) { return std::fwrite(text.data(), 1, text.size(), stream) == text.size(); };
    };
    return Session(to(stdout), to(stderr), this_terminal());
}

void end_in_order_without_memory() {
    std::set_new_handler([] {
        static constexpr std::string_view sentence = "photopsy: the system gives no more memory, so this was not finished\n";
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, sentence.data(), sentence.size());
        ::_exit(exit_unable);
    });
}

bool flush_standard_output() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

}  // namespace photopsy
