#include "cli/interruption.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

namespace photopsy {

static volatile std::sig_atomic_t end_is_asked = 0;
static constexpr int polite_signals[] = {SIGINT, SIGTERM, SIGHUP};

static void note_signal(int signal) {
    end_is_asked = 1;
    std::signal(signal, SIG_DFL);
}

Interruption::Interruption() {
    end_is_asked = 0;
    struct sigaction action {};
    action.sa_handler = note_signal;
    action.sa_flags = SA_RESTART;
    for (const int signal : polite_signals) {
        struct sigaction before {};
        if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
    }
}

Interruption::~Interruption() {
    for (const int signal : polite_signals) std::signal(signal, SIG_DFL);
}

bool Interruption::asked() const { return end_is_asked != 0; }

std::optional<std::string> line_of_input(const Interruption& interruption) {
    constexpr int look_again_ms = 100;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (!interruption.asked() && ::poll(&input, 1, look_again_ms) <= 0) {
    }
    std::string line;
    if (interruption.asked() || !std::getline(std::cin, line)) return {};
    return line;
}

}  // namespace photopsy
