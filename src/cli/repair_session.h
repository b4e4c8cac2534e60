#pragma once
// What the ways to carry out a plan share: its files, the device, the question, the end.
#include "base/result.h"
#include "cli/device_reading.h"
#include "cli/repair_apply.h"
#include "cli/repair_journal.h"
#include "repair/binding.h"

namespace photopsy {

/// The files beside a plan: kitchen.json has kitchen.backup.bin (with its record .json) and kitchen.journal.
struct RepairFiles {
    std::string plan, backup, journal;
};
RepairFiles repair_files(const std::string& plan);

/// Why no plan can be written under this name: one that is there is never overwritten, for its backup and journal may lie beside it.
std::optional<std::string> refused_plan_name(const std::string& path);
Result<RepairPlan> read_plan_file(const std::string& path);

/// A capture of this flash, analyzed; the record goes with it. `name`: of the capture, in words.
Analysis analysis_of_reading(const DeviceReading&, const std::string& name, const AnalyzeOptions& = {});

/// The plan made once more: the same steps, or one sentence.
Result<Repair> made_again(const RepairPlan&, const Analysis&, const RepairGiven& more);

/// Sentences and plans on standard output, as the options ask for; false, and told, where they ask for what there is not.
bool print_text(std::string_view text, const ApplyOptions&, Session&);
bool print_plan(const RepairPlan&, const Analysis&, const ApplyOptions&, Session&);

/// Asks on the terminal; --yes answers. False where it was not agreed to; that is said.
bool owner_agrees(const ApplyOptions&, Session&);

/// Writes. The end is told; the exit status raised.
RepairEnd carry_out_on_device(const Repair&, const ProvedBackup&, const Layout&, const ApplyOptions&, RepairJournal&, const dfu::FoundDevice&, Session&);
/// Places that the repair did not touch and that a start meanwhile has changed are put back from the backup, in a run with a journal of its own. The end of
/// that run, where there was one.
std::optional<RepairEnd> restore_changed(const Repair&, const ProvedBackup&, const ApplyOptions&, const dfu::FoundDevice&, Session&);
/// Captures and judges; says whether it is as the plan promised. False where it is not.
bool judge_afterwards(const Repair&, const ApplyOptions&, Session&);

}  // namespace photopsy
