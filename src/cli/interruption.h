#pragma once

namespace photopsy {

/// While it lives, Ctrl-C and a polite end (SIGTERM, SIGHUP) do not end the process: the work is asked to come to an end in order. A second one ends it.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    bool asked() const;
};

}  // namespace photopsy
