#include "cli/interruption.h"

#include "cli/windows_text.h"

#include <atomic>
#include <iostream>

namespace photopsy {

static std::atomic<bool> end_is_asked{false};

/// Ctrl-C, Ctrl-Break, or the window is closed. The first one only asks; the next goes to the system, which ends the program.
static BOOL WINAPI note_event(DWORD) { return end_is_asked.exchange(true) ? FALSE : TRUE; }

Interruption::Interruption() {
    end_is_asked = false;
    ::SetConsoleCtrlHandler(note_event, TRUE);
}

Interruption::~Interruption() { ::SetConsoleCtrlHandler(note_event, FALSE); }

bool Interruption::asked() const { return end_is_asked; }

/// Ctrl-C ends the reading of a console by itself.
std::optional<std::string> line_of_input(const Interruption& interruption) {
    std::string line;
    if (!std::getline(std::cin, line) || interruption.asked()) return {};
    return line;
}

}  // namespace photopsy
