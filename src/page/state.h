#pragma once
// What the page holds between two calls: one person, one tab, one thread.
#include "dfu/capture_run.h"
#include "dfu/identity.h"
#include "flash/dump.h"
#include "mend/keys.h"
#include "mend/redact.h"
#include "page/page.h"
#include "photopsy.h"
#include "repair/journal.h"
#include "repair/run.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace photopsy::page {

/// The device that was identified last.
struct Device {
    dfu::UsbNumbers usb;
    std::string serial;
    dfu::Identity identity;
};

/// A capture from its beginning to its end, and after a stop what it leaves.
struct DeviceCapture {
    explicit DeviceCapture(dfu::CaptureWish wish) : machine(std::move(wish)), run(machine) {}
    dfu::FlashCapture machine;
    dfu::CaptureRun run;
    Device device;
    std::uint8_t interface = 0;
    CaptureRecord record;
    PageStep step{};
    std::vector<std::uint8_t> payload;            ///< what `step` sends
    std::optional<dfu::BlockRule> external_rule;  ///< how the device's second flash is read, where it offers it
    std::vector<std::uint8_t> held_external;      ///< what an earlier run read of it
    std::shared_ptr<DeviceCapture> internal;      ///< of a capture of the second flash: the one of the first, which is whole
};
bool finished(const DeviceCapture&);
/// The capture of the first flash: this one, or the one behind it.
const DeviceCapture& first_flash(const DeviceCapture&);
/// The record as it stands at the end, of all that was read.
CaptureRecord completed(const DeviceCapture&);
/// What was read, as a dump; the record of it goes with it.
Dump dump_of(const DeviceCapture&, const std::string& name);

/// What a new key of a repair is called, whoever made it: the backup holds it under this name.
inline constexpr auto repair_key_name = "new-key.der";

/// A repair from what was given for it to its end.
struct DeviceRepair {
    RepairWish wish;
    std::optional<RepairPlan> asked;  ///< of a backup that was opened
    std::optional<Repair> repair;
    std::optional<ProvedBackup> backup;  ///< of the flash that `repair` was planned for: read here, or in the file that was opened
    std::optional<Repair> restoration;   ///< behind it: what a start meanwhile has put elsewhere
    const Repair* at_work = nullptr;     ///< the one of the two that `run` carries out
    JournalText journal{""};
    std::unique_ptr<RepairRun> run;
    std::uint8_t interface = 0;
    RepairAsk ask;
    PageStep step{};
    std::vector<std::uint8_t> payload;
};

struct TakenFile {
    std::string name;
    std::vector<std::uint8_t> bytes;
};

struct State {
    std::vector<std::uint8_t> answer;
    std::vector<TakenFile> files;
    std::shared_ptr<DeviceCapture> taken;  ///< a finished capture that is judged, not `files`
    std::string taken_name;
    AnalyzeOptions options;
    std::vector<Analysis> analyses;
    std::string given;   ///< the name under which the only dump was given, where one file is all of it; else ""
    std::string member;  ///< "given:inner.bin" where that file is an archive; else ""
    std::optional<RedactedDump> copy;
    std::vector<RecoveredKey> keys;
    const Layout* layout_of_keys = nullptr;  ///< of the dump that they were found in; nullptr: of a file of no device
    std::vector<std::uint8_t> made_public;
    Device device;
    std::shared_ptr<DeviceCapture> capture;
    std::unique_ptr<DeviceRepair> repair;
};

State& state();
/// A plan may know of a new key and still want the owner's word before it writes it.
bool writes_new_key(const RepairPlan&);
/// The repair that is in hand, begun with nothing where there was none.
DeviceRepair& repair_in_hand();
/// The capture that the judged flash came from, of both flashes where both were read; null where it came from a file.
const DeviceCapture* capture_behind_verdict();

/// Leaves the text or the bytes as the answer; 1.
int answer(std::string_view text);
int answer(const std::vector<std::uint8_t>& bytes);
/// Leaves the sentence as the answer; 0.
int fail(std::string_view sentence);
/// A cell of a table: what would end it becomes a blank.
std::string cell(std::string_view text);

}  // namespace photopsy::page
