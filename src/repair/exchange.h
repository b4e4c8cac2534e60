#pragma once
// What a repair says to a device and to its owner, one thing at a time: a stretch read, a piece of the writer's work, a question. Like the machines of dfu/ it
// never waits or sends by itself; whoever carries it out gives each answer.
#include "dfu/flash_reader.h"
#include "dfu/flash_writer.h"

#include <functional>
#include <optional>
#include <variant>
#include <vector>

namespace photopsy {

/// What is to be done next.
struct RepairAsk {
    enum class Kind : std::uint8_t {
        Transfer,      ///< do `request` after waiting `wait_ms`, then told()
        Reconnect,     ///< open the same device again, or wait for it to come back; then reconnected()
        Proceed,       ///< may `step` be begun? then answered(); no ends the repair
        NoteBegin,     ///< the journal takes down that `step` begins, before anything is sent; answered(whether it did)
        NoteDone,      ///< and that it is done
        ResetIntoDfu,  ///< the owner taps RESET with the button held; answered(whether it was done)
        StartSystem,   ///< the owner starts the device, lets its system do its work, and brings it back into DFU mode; answered(whether it was done)
        Ended
    };
    Kind kind = Kind::Ended;
    std::variant<dfu::Request, dfu::WriteRequest> request = dfu::Request::state();
    std::uint32_t wait_ms = 0, timeout_ms = 0;
    std::size_t step = 0;
};

/// A range as it was read.
struct RangeRead {
    std::vector<std::uint8_t> bytes;  ///< whole where `trouble` is None
    dfu::Trouble trouble = dfu::Trouble::None;
    Address at = 0;
    bool came_back = false;  ///< the device was away meanwhile
};

/// How the device's flashes are read back.
struct ReadingRules {
    dfu::BlockRule internal;
    std::optional<dfu::BlockRule> second;
    Range second_at;  ///< its addresses
};

class Exchange {
public:
    Exchange(const ReadingRules& reading, dfu::WriteRules rules) : reading_(reading), reader_(reading.internal), writer_(std::move(rules)) {}

    RepairAsk ask() const;
    void told(const dfu::Answer&);
    void reconnected(dfu::Trouble);
    void answered(bool);

    // Each begins something; `then` is called with what came of it. One at a time.
    void read(Range, std::function<void(RangeRead)> then);
    /// Carries out what was begun on writer().
    void write(std::function<void(dfu::WriteStep)> then);
    void reconnect(std::function<void(dfu::Trouble)> then);
    void question(RepairAsk::Kind, std::size_t step, std::function<void(bool)> then);
    /// Asks the device to return to dfuIDLE, whatever it answers, and has nothing more to ask.
    void leave();

    dfu::FlashWriter& writer() { return writer_; }
    bool reads_second() const { return reading_.second.has_value(); }

private:
    enum class Activity : std::uint8_t { Reading, Writing, Reconnecting, Asking, Leaving, Ended };
    void told_reader(const dfu::Answer&);
    void told_writer(const dfu::Answer&);
    void look_at_reader();
    void look_at_writer();
    RepairAsk ask_of_reader() const;
    RepairAsk ask_of_writer() const;

    Activity activity_ = Activity::Ended;
    ReadingRules reading_;
    dfu::FlashReader reader_;
    dfu::FlashWriter writer_;
    RangeRead read_;
    RepairAsk question_;
    std::function<void(RangeRead)> then_read_;
    std::function<void(dfu::WriteStep)> then_written_;
    std::function<void(dfu::Trouble)> then_back_;
    std::function<void(bool)> then_answered_;
};

}  // namespace photopsy
