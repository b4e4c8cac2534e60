#pragma once
// A connected device, read into memory: what `capture` and `analyze --device` share. Talks to the person through the session.
#include "cli/definition.h"
#include "cli/interruption.h"
#include "cli/session.h"
#include "dfu/selection.h"
#include "dfu/usb.h"
#include "flash/capture.h"

#include <memory>
#include <optional>

namespace photopsy {

/// --serial, --path, --reads, --wait, --timeout.
struct ReadingOptions {
    std::string serial, path;
    int reads = 2;
    unsigned wait_seconds = 0;       ///< for a device to appear
    unsigned timeout_ms = 3000;      ///< of one transfer
    unsigned patience_seconds = 30;  ///< for a device that went away to come back
};
void add_reading_options(CommandDefinition& command, ReadingOptions&);

/// What an interrupted run left: the leading bytes of its first read, and whose they are.
struct EarlierPart {
    std::vector<std::uint8_t> bytes;
    CaptureRecord record;
};

struct DeviceReading {
    bool finished = false;  ///< else the failure was told and the exit status raised; `bytes` holds what can be resumed from
    std::vector<std::uint8_t> bytes;
    CaptureRecord record;
    const Layout* layout = nullptr;
    std::optional<dfu::FoundDevice> device;  ///< it was found, whether or not it could be read
    bool worth_keeping = false;              ///< not finished, but the bytes can be resumed from
};

/// Finds the device, reads it, and fills the record. `asked_layout` may be null. Ctrl-C ends it in good order.
DeviceReading read_device(const ReadingOptions&, const EarlierPart* earlier, const Layout* asked_layout, Session&);

/// The one device that is meant, or why there is none.
struct Target {
    std::optional<dfu::FoundDevice> device;
    dfu::Choice choice;
};
/// Waits for it and asks which of several is meant, as the options say.
Target find_device(dfu::Usb&, const ReadingOptions&, const Interruption&, Session&);

/// All built-in layouts, `first` (may be null) before them.
std::vector<const Layout*> usb_layouts(const Layout* first);
/// One sentence and one remedy on standard error; exit status 3.
void tell_trouble(dfu::Trouble, const dfu::TroubleDetails&, Session&);

}  // namespace photopsy
