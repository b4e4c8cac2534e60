#pragma once
// Steps as they come, for mend/repair_*steps.cpp only.
#include "mend/repair_draft.h"

namespace photopsy {

/// Each step is seen against the flash that the ones before it leave.
struct StepList {
    using Bytes = std::vector<std::uint8_t>;
    RepairDraft& draft;
    Image now;

    const Layout& layout() const { return *draft.analysis.layout; }
    Bytes bytes(Range at) const;
    RepairStep& add(RepairOperation, Range where, const Bytes& before, Bytes content);
    /// Takes back every step behind the first `count`.
    void shorten(std::size_t count);
};

/// The smallest set of writes that makes a place hold its goal: equal sectors stay, what needs only programming is not erased.
void write_place_steps(StepList&, const PlaceGoal&);
/// One write for everything that belongs into the table, where its code can be reached and would start from the copy that is in use.
void write_table_steps(StepList&);

}  // namespace photopsy
