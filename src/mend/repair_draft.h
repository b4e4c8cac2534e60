#pragma once
// A plan in the making, for mend/repair_*.cpp only.
#include "mend/repair.h"

#include <optional>

namespace photopsy {

/// What shall stand in a place of the flash, and why.
struct PlaceGoal {
    const ModuleSlot* slot = nullptr;  ///< of a module; null: a setting of a device that keeps them in plain sectors
    Address at = 0;
    std::string title;
    std::vector<std::uint8_t> bytes;
    RepairSource source;
    RepairPlan::File file;  ///< where it comes from a file; else file.from is empty

    Range range() const { return range_of(at, static_cast<std::uint32_t>(bytes.size())); }
};
/// A module's own place, to be filled with `bytes`.
PlaceGoal goal_for(const ModuleSlot&, std::vector<std::uint8_t> bytes, RepairSource);

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
    std::vector<PlaceGoal> places;
    std::vector<TableGoal> table;
    std::string table_refused;             ///< why nothing of the table can be written; "" where it can
    bool update_goes_on = false;           ///< an update waits still, and the next start applies it
    std::string harm_left;                 ///< what is to be said of an update record that destroys and that stays; "" where none does
    bool loses_eeprom = false;             ///< what is written brings a system that erases stored values, which the one before would keep
    std::vector<std::string> second_best;  ///< causes for which a file would do better than what is written
    bool restores = false;                 ///< the goals are old content: they may need several blocks of the table, and may leave the device as bad as it was

    const Facts& facts() const { return analysis.facts; }
    const Image& image() const { return analysis.capture.image; }
    bool consented(std::string_view word) const;
};

/// One module for a slot, or the sentence why there is none.
struct ModuleChoice {
    std::optional<PlaceGoal> goal;
    std::string why_not;
    bool is_missing = false;    ///< a file would do, or with a goal: would do better
    std::string consent, from;  ///< the word that this file needs, and its name; "" where it needs none
};
/// `release` "": the module that was there. Sources in their order: one bit undone, the same module elsewhere in the dump, a file.
ModuleChoice choose_module(const RepairDraft&, const ModuleSlot&, std::string_view release);

/// Adds what the remedies of one cause want, as far as it can be had and was allowed; else says why not.
void add_goals(RepairDraft&, std::size_t cause);
/// Pending copies that would undo what is written are taken back in the same table write.
void disarm_updates(RepairDraft&);
/// The record that destroys can be disarmed without a write to the table, which is out of reach: its image is erased, and its own checks refuse it then. The
/// sector's new content, or nothing.
std::optional<PlaceGoal> disarmed_image(const RepairDraft&);
/// What is to be said of a record that destroys, where the flash afterwards still has one; else "".
std::string harm_that_stays(const Facts& afterwards);

/// The bootloader that the causes ask for, as an image for the OTA area and the flag beside it; or the reason why the installed system would not install it.
void want_bootloader(RepairDraft&);
/// Image, flag, start: in this order and nothing else.
void lay_out_bootloader(RepairDraft&);

/// What would let more be repaired, by its published name (facts/releases.h).
RepairPlan::Missing missing_file(const Layout&, std::string cause, std::string_view slot, std::string_view release);

/// The cause is one that the owner named, or he named none.
bool is_asked_for(const RepairWish&, std::string_view cause);

/// True where one of the remedy's steps writes over DFU.
bool wants_writes(const Remedy&);
/// What is to be done behind the writes, which end the fault only together with it; "" where they do so alone.
std::string help_afterwards(const std::vector<Remedy>&);
/// What helps without a write over DFU: the first way that is no mere keeping of the dump; a new reading only where there is no other. "" where there is none.
std::string other_help(const std::vector<Remedy>&);
/// The pages stay as they are: it is the system that is written which reads them by other rules (docs/formats/eeprom.md).
/// Said among what is left.
void tell_eeprom_loss(RepairDraft&);
/// True where the plan's list has this word now; a word that was not said is asked for there.
bool ask_consent(RepairDraft&, std::string_view word, std::string loses);

/// The alternate setting that a write goes to.
std::uint8_t alternate_of(const Layout&, RepairOperation, Range where);

/// Goals into steps, in an order that is safe on this bootloader.
void lay_out_steps(RepairDraft&);

/// Fills if_power_fails and undo of each step, and what is expected afterwards.
void predict_repair(RepairDraft&);

/// The analysis of this capture with another flash in it.
Analysis analysis_with(const Analysis&, const Image&);

}  // namespace photopsy
