#pragma once
// DfuSe reading as a state machine. It asks for one control transfer at a time, is told the answer, and never waits, sends or allocates by itself:
// libusb, a browser or a test stands on the other side. Whatever state the device is in, whatever it answers, the machine ends: either the range
// is read, or there is a trouble with an address.
#include "dfu/request.h"
#include "dfu/status.h"
#include "dfu/trouble.h"

namespace photopsy::dfu {

/// How the device numbers its blocks. Blocks in a row are asked for by number: address = (number - 2) * block_size + pointer, where block_size is
/// the bootloader's own constant and not the length asked for (usbd_dfu_core.c@v0.7.0:816). `counts` false: the constant is not known for sure;
/// the pointer is then set anew for each block.
struct BlockRule {
    std::uint16_t block_size = 4096;
    bool counts = true;
    std::uint8_t alternate = 0;  ///< the alternate setting whose blocks they are
};

struct Step {
    enum class Kind : std::uint8_t {
        Transfer,   ///< do `request` after waiting `wait_ms`, then told()
        Reconnect,  ///< close the device and open it again (or wait for it to come back), then reconnected()
        Finished,
        Failed,  ///< for good: `trouble` at `at`
    };
    Kind kind = Kind::Finished;
    Request request = Request::state();
    std::uint32_t wait_ms = 0;
    Trouble trouble = Trouble::None;
    Address at = 0;
};

/// What it means that a transfer ended so, again and again.
Trouble trouble_of(TransferResult);

class FlashReader {
public:
    explicit FlashReader(BlockRule rule);

    /// Begins to read `range` (not empty, inside the flash). The device may be in any state.
    void start(Range range);
    /// Brings the device back to dfuIDLE after the last range, whatever it answers.
    void park();

    Step step() const;
    /// The answer to the transfer that step() asked for. True where it brought flash bytes: arrived() at arrived_at().
    bool told(const Answer& answer);
    /// Answer to a Reconnect: Trouble::None where the same device is open again.
    void reconnected(Trouble trouble);

    ByteView arrived() const { return arrived_; }  ///< borrowed from the answer
    Address arrived_at() const { return arrived_at_; }
    Address position() const { return position_; }  ///< everything of the range before it has arrived
    unsigned retries() const { return retries_; }
    unsigned reconnects() const { return reconnects_; }

private:
    enum class Phase : std::uint8_t {
        Select,
        FindState,
        Clear,
        AbortToIdle,
        CheckIdle,
        SetPointer,
        PointerStatus,
        LeavePointer,
        ConfirmIdle,
        Read,
        Park,
        Lost,
        Finished,
        Failed
    };
    void go(Phase phase, std::uint32_t wait_ms = 0);
    void on_state(const Answer& answer);
    void on_idle_check(const Answer& answer);
    void on_pointer_status(const Answer& answer);
    bool on_block(const Answer& answer);
    void wander(Phase phase, std::uint32_t wait_ms = 0);
    void failed(Trouble trouble);
    std::uint16_t wanted() const;

    BlockRule rule_;
    Range range_{};
    Address position_ = 0;
    Address pointer_ = 0;
    Phase phase_ = Phase::Finished;
    std::uint32_t wait_ms_ = 0;
    Trouble trouble_ = Trouble::None;
    unsigned attempts_ = 0;   ///< failures since the last block that arrived
    unsigned wandering_ = 0;  ///< steps on the way home since the last failure or block
    bool blind_ = false;      ///< GETSTATE was stalled: find the way with ABORT and GETSTATUS
    unsigned retries_ = 0, reconnects_ = 0;
    ByteView arrived_{};
    Address arrived_at_ = 0;
};

}  // namespace photopsy::dfu
