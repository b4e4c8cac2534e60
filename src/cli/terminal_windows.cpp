#include "cli/terminal.h"

#include "cli/windows_text.h"

// After windows.h.
#include <fcntl.h>
#include <io.h>
#include <shellapi.h>
#include <cstdio>
#include <new>

namespace photopsy {

/// True for a console, and not for NUL, which the C library takes for one.
static bool is_console(DWORD which) {
    DWORD mode = 0;
    return ::GetConsoleMode(::GetStdHandle(which), &mode) != 0;
}

/// Colours and the progress line; false on consoles that are too old for it.
static bool understands_escapes(DWORD which) {
    DWORD mode = 0;
    const HANDLE console = ::GetStdHandle(which);
    return ::GetConsoleMode(console, &mode) && ::SetConsoleMode(console, mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

static unsigned window_width() {
    CONSOLE_SCREEN_BUFFER_INFO console{};
    if (::GetConsoleScreenBufferInfo(::GetStdHandle(STD_OUTPUT_HANDLE), &console) && console.srWindow.Right > console.srWindow.Left)
        return static_cast<unsigned>(console.srWindow.Right - console.srWindow.Left + 1);
    return columns_or_80();
}

Terminal this_terminal() {
    for (std::FILE* stream : {stdin, stdout, stderr}) ::_setmode(::_fileno(stream), _O_BINARY);  // a line ends with one byte, in a dump and in a report
    ::SetConsoleOutputCP(CP_UTF8);
    Terminal terminal;
    terminal.output_is_tty = is_console(STD_OUTPUT_HANDLE);
    terminal.errors_are_tty = is_console(STD_ERROR_HANDLE);
    terminal.input_is_tty = is_console(STD_INPUT_HANDLE);
    const bool output_escapes = !terminal.output_is_tty || understands_escapes(STD_OUTPUT_HANDLE);
    const bool error_escapes = !terminal.errors_are_tty || understands_escapes(STD_ERROR_HANDLE);
    terminal.dumb = !output_escapes || !error_escapes;
    terminal.no_colour = !environment("NO_COLOR").empty();
    terminal.utf8 = true;
    terminal.width = terminal.output_is_tty ? window_width() : columns_or_80();
    return terminal;
}

std::vector<std::string> arguments_of(int argc, char** argv) {
    int count = 0;
    wchar_t** const words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
    if (!words) return {argv + (argc > 0), argv + argc};
    std::vector<std::string> arguments;
    for (int i = 1; i < count; ++i) arguments.push_back(narrow(words[i]));
    ::LocalFree(words);
    return arguments;
}

void end_in_order_without_memory() {
    std::set_new_handler([] {
        static constexpr std::string_view sentence = "photopsy: the system gives no more memory, so this was not finished\n";
        DWORD written = 0;
        ::WriteFile(::GetStdHandle(STD_ERROR_HANDLE), sentence.data(), static_cast<DWORD>(sentence.size()), &written, nullptr);
        ::ExitProcess(exit_unable);
    });
}

}  // namespace photopsy
