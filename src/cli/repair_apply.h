#pragma once
// A plan carried out on the connected device: backup first, then step by step, then the device is read and judged again.
#include "cli/device_reading.h"
#include "cli/repair_files.h"
#include "cli/text_output.h"

namespace photopsy {

struct ApplyOptions {
    std::string plan;
    RepairGiven more;  ///< files in place of those that the plan names
    ReadingOptions reading;
    TextOptions text;
    bool yes = false;
    bool resumes = false;  ///< a reset that was asked for has been done before
};

/// Carries out the plan in the file. The device must hold what the plan was made for.
void apply_plan(const ApplyOptions&, Session&);
/// Goes on with what apply_plan() began; the flash decides what is still to be done.
void resume_plan(const ApplyOptions&, Session&);
/// Takes back what it did, from its backup.
void undo_plan(const ApplyOptions&, Session&);
/// Reads the device and says whether it holds what the plan makes.
void verify_plan(const ApplyOptions&, Session&);
/// All in one: captured, planned, asked once, carried out. The plan goes to `options.plan`.
void repair_connected(const ApplyOptions&, const RepairGiven&, Session&);

}  // namespace photopsy
