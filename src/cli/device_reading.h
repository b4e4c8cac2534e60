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
/// `only_with`: the option beside which alone they mean something, like "--device"; "" where the command reads a device anyway.
void add_reading_options(CommandDefinition& command, ReadingOptions&, std::string_view only_with = "");

/// One flash of the device, read into memory.
struct FlashReading {
    bool finished = false;  ///< else the failure was told and the exit status raised; `bytes` holds what can be resumed from
    std::vector<std::uint8_t> bytes;
    dfu::CaptureTally tally;
    bool worth_keeping = false;  ///< not finished, but the bytes can be resumed from
};

/// A device in DFU mode, opened for reading. Ctrl-C ends a reading in good order.
class ConnectedDevice {
public:
    /// Finds and opens it. Null where there is none: told, and the exit status raised. `asked_layout` may be null.
    static std::unique_ptr<ConnectedDevice> open(const ReadingOptions&, const Layout* asked_layout, Session&);
    virtual ~ConnectedDevice() = default;

    virtual const dfu::FoundDevice& found() const = 0;
    virtual const Layout& layout() const = 0;
    /// Who it is, and now; hash, size and reads are not filled.
    virtual CaptureRecord record() const = 0;
    /// False, and told, where the record is another device's.
    virtual bool is_of(const CaptureRecord&) const = 0;
    /// True where its second flash can be read over USB.
    virtual bool offers_external() const = 0;
    /// `held`: leading bytes from an earlier run; they are read again and compared.
    virtual FlashReading read(std::vector<std::uint8_t> held) = 0;
    virtual FlashReading read_external(std::vector<std::uint8_t> held) = 0;
};

/// The flash of a connected device, and the second one where its keys lie there.
struct DeviceReading {
    bool finished = false;  ///< else the failure was told and the exit status raised
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint8_t> external;  ///< of the second flash, where the device keeps its keys there and offers it; else empty
    CaptureRecord record;
    const Layout* layout = nullptr;
    std::optional<dfu::FoundDevice> device;  ///< it was found and opened, whether or not it could be read
};
DeviceReading read_device(const ReadingOptions&, const Layout* asked_layout, Session&);

/// Hash, size and what the reads gave, added to what an earlier run (may be null) needed.
CapturedFlash captured(const FlashReading&, const CapturedFlash* earlier);
/// True where a device keeps its keys in its second flash: without it a capture tells little.
bool keeps_keys_in_external(const Layout&);

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
