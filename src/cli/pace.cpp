#include "cli/pace.h"

#include <fmt/format.h>

namespace photopsy {

void Pace::step(std::size_t left) {
    ++done_;
    static constexpr auto between = std::chrono::milliseconds(300);
    const auto now = Clock::now();
    if (now - told_ < between || !session_.shows_progress()) return;
    told_ = now;
    const double seconds = std::chrono::duration<double>(now - begun_).count();
    const double rate = static_cast<double>(done_) / seconds;
    session_.progress(fmt::format("{} of {} dumps, {:.0f} a second, {:.0f} s left", done_, done_ + left, rate, static_cast<double>(left) / rate));
}

}  // namespace photopsy
