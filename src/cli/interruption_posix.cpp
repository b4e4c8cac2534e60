#include "cli/interruption.h"

#include <csignal>

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

}  // namespace photopsy
