#pragma once
// A plan in the making, for mend/repair_*.cpp only.
#include "mend/repair.h"

#include <optional>

namespace photopsy {

/// What shall stand in a module's place, and why.
struct ModuleGoal {
    const ModuleSlot* slot = nullptr;
    std::vector<std::uint8_t> bytes;
    RepairSource source;
    RepairPlan::File file;  ///< where it comes from a file; else file.from is empty
};

/// What shall stand in the application table. Secret where it is a key.
struct TableGoal {
    std::uint32_t offset = 0;
    std::vector<std::uint8_t> bytes;
    RepairSource source;
    std::string what;  ///< "the device key"
};

struct RepairDraft {
    const Analysis& analysis;
    const RepairWish& wish;
    std::vector<FirmwareModule> in_dump;
    Repair repair;
    std::vector<ModuleGoal> modules;
    std::vector<TableGoal> table;
    std::string table_refused;    ///< why nothing of the table can be written; "" where it can
    bool restores_table = false;  ///< of an undo: the goals are old content and may need several blocks

    const Facts& facts() const { return analysis.facts; }
    const Image& image() const { return analysis.capture.image; }
    bool consented(std::string_view word) const;
};

/// One module for a slot, or the sentence why there is none.
struct ModuleChoice {
    std::optional<ModuleGoal> goal;
    std::string why_not;
    bool is_missing = false;  ///< a file would do
};
/// `release` "": the module that was there. Sources in their order: one bit undone, the same module elsewhere in the dump, a file.
ModuleChoice choose_module(const RepairDraft&, const ModuleSlot&, std::string_view release);

/// Adds what the remedies of one cause want, as far as it can be had and was allowed; else says why not.
void add_goals(RepairDraft&, std::size_t cause);
/// Pending copies that would undo what is written are taken back in the same table write.
void disarm_updates(RepairDraft&);

/// Goals into steps, in an order that is safe on this bootloader.
void lay_out_steps(RepairDraft&);

/// Fills if_power_fails of each step, and what is expected afterwards.
void predict_repair(RepairDraft&);

/// The analysis of this capture with another flash in it.
Analysis analysis_with(const Analysis&, const Image&);

}  // namespace photopsy
