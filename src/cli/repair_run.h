#pragma once
// A repair carried out on a device: each step only where the flash says that it is still to be done, each read back before the next. The flash decides,
// not the journal; beginning anew and resuming are the same thing.
#include "dfu/write_port.h"
#include "mend/repair.h"

namespace photopsy {

/// What was begun and what was done, on a medium that outlasts a loss of power.
class RepairJournal {
public:
    virtual ~RepairJournal() = default;
    virtual bool begin(std::size_t step) = 0;  ///< false where it could not be kept: then nothing is sent
    virtual bool done(std::size_t step) = 0;
    /// An earlier run began this step and did not live to see its end: an erase that was cut short can read as a good one.
    virtual bool left_open(std::size_t step) const = 0;
};

/// The owner in front of the device.
class RepairOwner {
public:
    virtual ~RepairOwner() = default;
    virtual void begins(std::size_t step) = 0;
    /// Asks for RESET with SETUP held; false where nobody does it.
    virtual bool resets_into_dfu() = 0;
    /// False where the run shall end before its next step.
    virtual bool goes_on() = 0;
};

struct RepairEnd {
    enum class How : std::uint8_t {
        Done,
        Stopped,          ///< by the owner, between two steps
        Elsewhere,        ///< what is read is neither what the plan began with nor what it makes: another device, or somebody else wrote
        JournalFailed,    ///< the journal could not be written; nothing more was sent
        Forbidden,        ///< the writer's own rules refuse a step
        DeviceFailed,     ///< `trouble` at `at`
        ReadBackDiffers,  ///< written, and it is not what was written
        NotReset          ///< the owner did not reset the device
    } how = How::Done;
    dfu::Trouble trouble = dfu::Trouble::None;
    Address at = 0;
    std::size_t step = 0;     ///< where it ended
    std::size_t written = 0;  ///< steps that were sent to the device in this run
};

/// What may be written on this device with this bootloader.
dfu::WriteRules write_rules(const Layout&, std::uint16_t bootloader_version);

RepairEnd carry_out(const Repair&, const Layout&, dfu::WritePort&, dfu::BlockRule, RepairJournal&, RepairOwner&);

}  // namespace photopsy
