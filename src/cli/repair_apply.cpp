#include "cli/repair_apply.h"

#include "base/hex.h"
#include "cli/file_system.h"
#include "cli/output_file.h"
#include "cli/repair_backup.h"
#include "cli/repair_session.h"
#include "cli/repair_text.h"
#include "mend/repair_json.h"
#include "repair/state.h"
#include "repair/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr auto backup_is_kept = "Backup: {} (readable for you only; it holds the device's keys).";

/// The device that is connected, without reading it; nothing where that was told.
std::optional<dfu::FoundDevice> connected(const ApplyOptions& options, const Layout& layout, Session& session) {
    const Interruption interruption;
    dfu::Usb usb(usb_layouts(&layout));
    if (!usb.unavailable().empty()) return tell_trouble(dfu::Trouble::UsbUnavailable, {.more = usb.unavailable()}, session), std::nullopt;
    auto target = find_device(usb, options.reading, interruption, session);
    if (target.choice.trouble != dfu::Trouble::None) return tell_trouble(target.choice.trouble, target.choice.details, session), std::nullopt;
    return target.device;
}

/// Backup, journal, steps, verdict: all that follows the owner's yes.
void write_all(const Repair& repair, const DeviceReading& reading, const ApplyOptions& options, Session& session) {
    const auto files = repair_files(options.plan);
    const auto backup = write_backup(files.backup, reading);
    if (!backup) return session.fail(backup.error().message + "; nothing was written to the device");
    session.say(fmt::format(backup_is_kept, files.backup));
    auto journal = FileJournal::begin_new(files.journal, digest_of(repair.plan));
    if (!journal) return session.fail(journal.error().message + "; nothing was written to the device");
    const auto end = carry_out_on_device(repair, *backup, *reading.layout, options, *journal, *reading.device, session);
    if (!journal->failure().empty()) session.say(journal->failure());
    if (end.how == RepairEnd::How::Done) judge_afterwards(repair, options, session);
}

/// True where an earlier run has left its files: that is said.
bool was_begun(const RepairFiles& files, Session& session) {
    for (const auto& path : {files.backup, files.journal})
        if (kind_of(path) != PlaceKind::Nothing) {
            session.fail(path + " is there: this plan was begun before; go on with photopsy repair resume, or begin anew under another name");
            return true;
        }
    return false;
}

/// What the plan was begun with; nothing, and told, where it was not begun or its backup is no longer what it was.
std::optional<KeptBackup> backup_of(const RepairPlan& plan, const ApplyOptions& options, Session& session) {
    const auto path = repair_files(options.plan).backup;
    if (kind_of(path) == PlaceKind::Nothing) {
        session.fail(fmt::format("there is no {}, so this plan was not begun here: photopsy repair apply begins it", path));
        return {};
    }
    auto backup = read_backup(path, judging_of(plan));
    if (!backup) return session.fail(backup.error().message), std::nullopt;
    return std::move(*backup);
}

/// False, and told, where the plan is not one to be carried out.
bool can_be_carried_out(const RepairPlan& plan, Session& session) {
    if (plan.steps.empty())
        session.fail("the plan has no step: there is nothing to carry out", exit_problem);
    else if (const auto why = why_advice_only(plan); !why.empty())
        session.fail(why + "; nothing was written");
    else
        return true;
    return false;
}

/// The backup of the device as it is before an undo; one that an earlier try has left of the same flash will do.
Result<ProvedBackup> backup_before_undo(const std::string& path, const std::string& wanted, const DeviceReading& reading) {
    if (kind_of(path) == PlaceKind::Nothing) return write_backup(path, reading);
    auto kept = read_backup(path);
    if (!kept) return kept.error();
    if (kept->proved.sha256() != wanted) return Error{path + " is there, and holds another flash"};
    return kept->proved;
}

/// Takes back what was done to the device that was read, with a backup and a journal of this run's own.
void carry_out_undo(const Repair& repair, const DeviceReading& reading, const ApplyOptions& options, Session& session) {
    const auto digest = digest_of(repair.plan);
    const auto name = fmt::format("undo-{}", digest.substr(0, 12));
    const auto files = repair_files(options.plan);
    const auto path = fmt::format("{}.{}.bin", files.backup.substr(0, files.backup.size() - 4), name);
    const auto backup = backup_before_undo(path, repair.backup_sha256, reading);
    if (!backup) return session.fail(backup.error().message + "; nothing was written to the device");
    session.say(fmt::format(backup_is_kept, path));
    auto journal = FileJournal::begin_or_open(files.journal + "." + name, digest);
    if (!journal) return session.fail(journal.error().message + "; nothing was written to the device");
    const auto end = carry_out_on_device(repair, *backup, *reading.layout, options, *journal, *reading.device, session);
    if (end.how == RepairEnd::How::Done) judge_afterwards(repair, options, session);
}

/// The bootloader is the same, and the id that each names, where both name one.
bool is_same_device(const Analysis& before, const Analysis& now) {
    const Range bootloader = bootloader_place(*before.layout);
    if (before.layout != now.layout || bootloader.empty()) return false;
    const auto& id = before.facts.device_id;
    if (id && now.facts.device_id && *id != *now.facts.device_id) return false;
    return std::ranges::equal(before.capture.image.bytes(bootloader), now.capture.image.bytes(bootloader));
}

}  // namespace

void apply_plan(const ApplyOptions& options, Session& session) {
    const auto plan = read_plan_file(options.plan);
    if (!plan) return session.fail(plan.error().message);
    if (!can_be_carried_out(*plan, session) || was_begun(repair_files(options.plan), session)) return;
    const auto reading = read_device(options.reading, nullptr, session);
    if (!reading.finished) return;
    if (reading.record.reads < 2) return session.fail("a repair needs a flash that was read at least twice; leave out --reads 1");
    const auto now = analysis_of_reading(reading, "connected device", judging_of(*plan));
    if (const auto why = other_device(*plan, now); !why.empty()) return session.fail(why + "; nothing was written");
    const auto repair = made_again(*plan, now, options.more);
    if (!repair) return session.fail(repair.error().message + "; nothing was written");
    if (print_plan(repair->plan, now, options, session) && owner_agrees(options, session)) write_all(*repair, reading, options, session);
}

void resume_plan(const ApplyOptions& options, Session& session) {
    const auto plan = read_plan_file(options.plan);
    if (!plan) return session.fail(plan.error().message);
    const auto backup = backup_of(*plan, options, session);
    if (!backup) return;
    const auto& before = backup->before;
    const auto repair = made_again(*plan, before, options.more);
    if (!repair) return session.fail(repair.error().message);
    const auto device = connected(options, *before.layout, session);
    if (!device) return;
    const auto& record = before.capture.record;
    if (record->serial_is_device_id && device->identity.serial_is_device_id && !dfu::same_serial(record->serial, device->serial))
        return session.fail("this is not the device that the repair was begun on: its serial number is another; nothing was written");
    if (!owner_agrees(options, session)) return;
    auto journal = FileJournal::begin_or_open(repair_files(options.plan).journal, digest_of(repair->plan));  // the flash decides: a lost one changes nothing
    if (!journal) return session.fail(journal.error().message);
    auto resuming = options;
    resuming.resumes = true;
    const auto end = carry_out_on_device(*repair, backup->proved, *before.layout, resuming, *journal, *device, session);
    if (end.how != RepairEnd::How::Done) return;
    const auto restored = restore_changed(*repair, backup->proved, options, *device, session);
    if (!restored || restored->how == RepairEnd::How::Done) judge_afterwards(*repair, options, session);
}

void undo_plan(const ApplyOptions& options, Session& session) {
    const auto plan = read_plan_file(options.plan);
    if (!plan) return session.fail(plan.error().message);
    const auto backup = backup_of(*plan, options, session);
    if (!backup) return;
    const auto& before = backup->before;
    const auto done = made_again(*plan, before, options.more);
    if (!done) return session.fail(done.error().message);
    const auto reading = read_device(options.reading, nullptr, session);
    if (!reading.finished) return;
    const auto now = analysis_of_reading(reading, "connected device", judging_of(*plan));
    if (reading.record.reads < 2) return session.fail("a repair is taken back on a flash that was read at least twice; leave out --reads 1");
    const auto &then = before.capture.record, &record = now.capture.record;
    const bool other_serial = then->serial_is_device_id && record && record->serial_is_device_id && !dfu::same_serial(then->serial, record->serial);
    if (installs_bootloader(*done) &&
        std::ranges::equal(now.capture.image.bytes(bootloader_place(*now.layout)), done->target.bytes(bootloader_place(*now.layout))))
        return session.fail("the new bootloader runs already, and DFU does not bring the old one back; nothing was written");
    if (other_serial || !is_same_device(before, now)) return session.fail("this is not the device that the backup is of; nothing was written");
    const auto repair = plan_undo(*plan, before, now);
    if (repair.plan.steps.empty()) return (void)print_text("The device holds what the backup holds: there is nothing to take back.\n", options, session);
    if (print_plan(repair.plan, now, options, session) && owner_agrees(options, session)) carry_out_undo(repair, reading, options, session);
}

void verify_plan(const ApplyOptions& options, Session& session) {
    const auto plan = read_plan_file(options.plan);
    if (!plan) return session.fail(plan.error().message);
    const auto backup = backup_of(*plan, options, session);
    if (!backup) return;
    const auto repair = made_again(*plan, backup->before, options.more);
    if (!repair) return session.fail(repair.error().message);
    if (judge_afterwards(*repair, options, session)) print_text("The device holds what the plan makes.\n", options, session);
}

void repair_connected(const ApplyOptions& options, const RepairGiven& given, Session& session) {
    const auto files = repair_files(options.plan);
    if (was_begun(files, session)) return;
    if (const auto refused = refused_plan_name(files.plan)) return session.fail(*refused);
    const auto judging = read_judging(given);
    if (!judging) return session.fail(judging.error().message);
    const auto reading = read_device(options.reading, nullptr, session);
    if (!reading.finished) return;
    if (reading.record.reads < 2) return session.fail("a repair needs a flash that was read at least twice; leave out --reads 1");
    const auto now = analysis_of_reading(reading, "connected device", *judging);
    if (const auto refused = why_refused(given, now); !refused.empty()) return session.fail(refused);
    const auto wish = read_wish(given, *now.layout);
    if (!wish) return session.fail(wish.error().message);
    const auto repair = plan_repair(now, *wish);
    const auto verdict = fmt::format("{}: {}\n\n", name_of(now.diagnosis.outcome), now.diagnosis.headline);
    if (!print_text(verdict, options, session) || !print_plan(repair.plan, now, options, session)) return;
    for (const auto& sentence : unused_firmware(given, *wish, repair.plan, *now.layout)) session.say("Not used: " + sentence);
    if (repair.plan.steps.empty()) return session.raise(exit_problem);
    if (!can_be_carried_out(repair.plan, session)) return;
    if (!owner_agrees(options, session)) return;
    if (const auto failure = write_output(files.plan, repair_plan_json(repair.plan), Overwrite::No, mode_private)) return session.fail(*failure);
    write_all(repair, reading, options, session);
}

}  // namespace photopsy
