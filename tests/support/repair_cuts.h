#pragma once
// A repair cut short: the run without a cut, what is left when the power fails at a moment of it, and whether going on from there ends like that run.
#include "support/repair_trial.h"

#include <functional>

namespace photopsy::test {

/// An operation of the uncut run: one erase, one unit programmed, the option bytes.
struct RunOperation {
    bool in_second;  ///< of the flash beside the processor
    bool erases;     ///< or rewrites the option bytes
    long number;     ///< among those of its flash
    long request;    ///< the control transfer that it belongs to
    std::size_t step;
};

/// The run without a cut, and what is compared with it.
struct Uncut {
    const RepairCase& one;
    PhotonDevice after;
    std::vector<RunOperation> operations;
    long requests = 0;
};
/// `one` must outlive what is returned.
Uncut run_uncut(const RepairCase& one);

/// A moment at which the power fails: an operation of the uncut run by its place in the list, or a control transfer.
struct PowerCut {
    long operation = -1, request = -1;
    unsigned share = 50;
    PhotonDevice::CutBehind behind = PhotonDevice::CutBehind::Nothing;
    std::uint32_t chance = 1;
    bool starts_between = false;  ///< nobody holds SETUP when the power returns
};

/// At every operation of a write to the table, the first and the last of each block and 200 more of each module, in each erase (0, 50, 100 %), and at every
/// control transfer: before it, behind its data stage where it changes something, behind it. A hundred of them once more, with a start before going on.
std::vector<PowerCut> every_cut(const Uncut&);
/// `wanted` of all moments, spread over the whole run, the begin and the end of each step among them.
std::vector<PowerCut> some_cuts(const Uncut&, long wanted);

/// What a cut leaves.
struct Remains {
    PhotonDevice device;
    MemoryJournal journal;
    bool ended_well = false;  ///< the program took it for done, or there was no cut
};
/// The program at work until the power fails.
Remains cut_short(const Uncut&, const PowerCut&);
/// One run for all of `cuts`, which are of operations: at each of them what a cut would leave is made of the flash of that moment. It is not made anew where
/// the cut would change nothing and nothing has changed since the cut before: then `see` gets none.
void walk(const Uncut&, std::vector<PowerCut> cuts, const std::function<void(const PowerCut&, std::optional<Remains>)>& see);
/// Which remains go on alike.
std::string state_of(const Remains&);

/// The power is back: "" where the device is no worse than before and going on ends like the uncut run; else what is not so.
std::string go_on(const Uncut&, Remains&, bool starts_between);

}  // namespace photopsy::test
