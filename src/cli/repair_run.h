#pragma once
// A repair carried out over a port, to its end (repair/run.h is the machine).
#include "dfu/write_port.h"
#include "repair/run.h"

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
    /// Asks for an ordinary start, and for DFU mode again when the system has done its work; false where nobody does it.
    virtual bool starts_system() = 0;
    /// False where the run shall end before its next step.
    virtual bool goes_on() = 0;
};

RepairEnd carry_out(const Repair&, const ProvedBackup&, const Layout&, dfu::WritePort&, const ReadingRules&, RepairJournal&, RepairOwner&);

}  // namespace photopsy
