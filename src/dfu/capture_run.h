#pragma once
// A capture from its first transfer to the device's return to dfuIDLE. Like the machine it drives it asks for one transfer at a time and never waits or sends:
// what a loop (drive(), dfu/port.h) or the messages of a browser carry out.
#include "dfu/flash_capture.h"

#include <optional>

namespace photopsy::dfu {

/// How a capture ended.
struct DriveResult {
    enum class End : std::uint8_t { Finished, Failed, Stopped };
    End end = End::Finished;
    Trouble trouble = Trouble::None;
    Address at = 0;
};

class CaptureRun {
public:
    /// `capture` outlives the run.
    explicit CaptureRun(FlashCapture& capture) : capture_(&capture) { notice_end(); }

    /// What to do now: Transfer or Reconnect; Finished or Failed where it is over, and result() then says how. A device that was stopped at or has failed is
    /// asked to return to dfuIDLE by one last transfer (ABORT), unless it has gone.
    Step step() const;
    /// The answer to step()'s transfer. True where flash bytes arrived.
    bool told(const Answer& answer);
    /// The answer to a Reconnect.
    void reconnected(Trouble trouble);
    /// Ends it early: after the transfer that was carried out last, or in place of a Reconnect. What was read stays.
    void stop();

    /// Nothing as long as there is a transfer to be carried out.
    std::optional<DriveResult> result() const { return left_ ? result_ : std::nullopt; }

private:
    void notice_end();
    void leave(DriveResult result);

    FlashCapture* capture_;
    std::optional<DriveResult> result_;
    bool left_ = false;  ///< the last transfer was made, or there is none to make
};

}  // namespace photopsy::dfu
