#pragma once
// What the page holds between two calls: one person, one tab, one thread.
#include "dfu/capture_run.h"
#include "dfu/identity.h"
#include "mend/keys.h"
#include "mend/redact.h"
#include "page/page.h"
#include "photopsy.h"

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
};

struct TakenFile {
    std::string name;
    std::vector<std::uint8_t> bytes;
};

struct State {
    std::vector<std::uint8_t> answer;
    std::vector<TakenFile> files;
    std::optional<CaptureRecord> record;  ///< of the capture that was taken as the only file
    AnalyzeOptions options;
    std::vector<Analysis> analyses;
    std::optional<RedactedDump> copy;
    std::vector<RecoveredKey> keys;
    std::vector<std::uint8_t> made_public;
    Device device;
    std::unique_ptr<DeviceCapture> capture;
};

State& state();

/// Leaves the text or the bytes as the answer; 1.
int answer(std::string_view text);
int answer(const std::vector<std::uint8_t>& bytes);
/// Leaves the sentence as the answer; 0.
int fail(std::string_view sentence);
/// A cell of a table: what would end it becomes a blank.
std::string cell(std::string_view text);

}  // namespace photopsy::page
