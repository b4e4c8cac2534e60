#pragma once
// How fast it goes and how long it will take, for a person at a terminal.
#include "cli/session.h"

#include <chrono>
#include <cstddef>

namespace photopsy {

class Pace {
public:
    explicit Pace(Session& session) : session_(session) {}
    /// One more is done, and so many are known to come.
    void step(std::size_t left);
    void end() { session_.progress(""); }

private:
    using Clock = std::chrono::steady_clock;
    Session& session_;
    std::size_t done_ = 0;
    Clock::time_point begun_ = Clock::now(), told_ = begun_;
};

}  // namespace photopsy
