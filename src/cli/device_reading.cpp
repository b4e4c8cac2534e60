#include "cli/device_reading.h"

#include "base/hex.h"
#include "cli/host.h"
#include "photopsy.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <thread>

namespace photopsy {

void add_reading_options(CommandDefinition& command, ReadingOptions& options, std::string_view only_with) {
    constexpr auto group = "Reading a connected device";
    command.add_option("--serial", &options.serial, "The device with this serial number (or its end), if several are connected").type_name("TEXT").group(group);
    command.add_option("--path", &options.path, "The device at this USB socket, like 1-2.3 (photopsy devices lists them)").type_name("PATH").group(group);
    command.add_option("--reads", &options.reads, "How often the flash is read and compared, 1 to 9 (default 2)").type_name("NUMBER").group(group).range(1, 9);
    command.add_option("--wait", &options.wait_seconds, "Wait so many seconds for a device to appear (default 0)")
        .type_name("SECONDS")
        .group(group)
        .range(0, 86400);
    command.add_option("--patience", &options.patience_seconds, "Wait so many seconds for a device that went away to come back (default 30)")
        .type_name("SECONDS")
        .group(group)
        .range(0, 86400);
    command.add_option("--timeout", &options.timeout_ms, "Longest wait for one answer (default 3000)").type_name("MILLISECONDS").group(group).range(50, 60000);
    for (auto& option : command.options)
        if (option.under == group && !only_with.empty()) option.only_with(only_with);
}

std::vector<const Layout*> usb_layouts(const Layout* first) {
    std::vector<const Layout*> layouts{first};
    for (const auto name : builtin_layout_names()) layouts.push_back(builtin_layout(name));
    return layouts;
}

void tell_trouble(dfu::Trouble trouble, const dfu::TroubleDetails& details, Session& session) {
    const dfu::Advice advice = dfu::advise(trouble, host_system(), details);
    session.fail(advice.sentence, exit_device);
    session.say(advice.remedy);
}

namespace {

std::string now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()))); }

/// Asks the person in front of the terminal which of several devices is meant. Null where there is none to ask, or no answer.
const dfu::FoundDevice* ask_which(const std::vector<const dfu::FoundDevice*>& candidates, Session& session) {
    if (!session.terminal.input_is_tty || !session.terminal.errors_are_tty) return nullptr;
    for (std::size_t i = 0; i < candidates.size(); ++i)
        session.say(
            fmt::format("{}  {}  serial {}  path {}", i + 1, candidates[i]->identity.named(candidates[i]->usb), candidates[i]->serial, candidates[i]->path));
    session.say(fmt::format("Which one? (1 to {}, or Enter for none)", candidates.size()));
    std::string line;
    if (!std::getline(std::cin, line) || line.size() != 1 || line[0] < '1' || static_cast<std::size_t>(line[0] - '1') >= candidates.size()) return nullptr;
    return candidates[static_cast<std::size_t>(line[0] - '1')];
}

}  // namespace

Target find_device(dfu::Usb& usb, const ReadingOptions& options, const Interruption& interruption, Session& session) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(options.wait_seconds);
    for (bool waiting = false;; waiting = true) {
        const auto devices = usb.devices();
        Target target{{}, dfu::choose(devices, options.serial, options.path)};
        if (target.choice.trouble == dfu::Trouble::SeveralDevices)
            if (const auto* picked = ask_which(target.choice.candidates, session)) target.choice = dfu::choose(devices, "", picked->path);
        if (target.choice.device) target.device = *target.choice.device;
        target.choice.device = nullptr;  // `devices` ends here
        target.choice.candidates.clear();
        const bool absent = target.choice.trouble == dfu::Trouble::NoDevice || target.choice.trouble == dfu::Trouble::SerialMode ||
                            target.choice.trouble == dfu::Trouble::NoSuchDevice;
        if (!absent || interruption.asked() || std::chrono::steady_clock::now() >= deadline) return target;
        if (!waiting) session.say("Waiting for a device in DFU mode: " + dfu::into_dfu_mode("") + ".");
        std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
}

namespace {

/// The progress line, ten times a second at most.
class ProgressLine {
public:
    ProgressLine(Session& session, int reads, std::string of) : session_(session), reads_(reads), of_(std::move(of)) {}
    void show(const dfu::FlashCapture& capture) {
        const auto time = Clock::now();
        if (!session_.shows_progress() || time - shown_ < std::chrono::milliseconds(100)) return;
        shown_ = time;
        const double seconds = std::chrono::duration<double>(time - start_).count();
        const auto arrived = static_cast<double>(capture.arrived_bytes()), expected = static_cast<double>(capture.expected_bytes());
        const double rate = seconds > 0 ? arrived / seconds : 0;
        const std::string what = capture.reading_again() ? "reading again what differed" : fmt::format("{}read {} of {}", of_, capture.pass() + 1, reads_);
        const std::string left = seconds > 1 && rate > 0 ? fmt::format(", {:.0f} s left", (expected - arrived) / rate) : "";
        session_.progress(fmt::format("{}: {:.0f} %, {:.0f} KiB/s{}", what, expected > 0 ? 100 * arrived / expected : 100.0, rate / 1024, left));
    }

private:
    using Clock = std::chrono::steady_clock;
    Session& session_;
    int reads_;
    std::string of_;  ///< "serial flash, "
    Clock::time_point start_ = Clock::now(), shown_ = start_;
};

CaptureRecord record_of(const dfu::FoundDevice& device) {
    CaptureRecord record;
    record.when = now();
    record.tool_version = version;
    record.usb_id = dfu::usb_id(device.usb);
    record.bcd_device = device.usb.bcd_device;
    record.serial = device.serial;
    record.serial_is_device_id = device.identity.serial_is_device_id;
    record.path = device.path;
    record.operating_system = operating_system();
    return record;
}

void tell_end(const dfu::DriveResult& end, const dfu::FoundDevice& device, Session& session) {
    if (end.end == dfu::DriveResult::End::Stopped) return session.fail("stopped before the flash was read to the end", exit_device);
    auto details = dfu::details_of(device);
    details.at = end.at;
    details.at_is_known = true;
    tell_trouble(end.trouble, details, session);
}

class OpenDevice : public ConnectedDevice {
public:
    OpenDevice(const ReadingOptions& options, dfu::FoundDevice device, Session& session) : options_(options), device_(std::move(device)), session_(session) {}

    /// Opens it on `usb`, which stays with it.
    dfu::Trouble open_on(std::unique_ptr<dfu::Usb> usb) {
        usb_ = std::move(usb);
        opened_ = usb_->open(device_, options_.patience_seconds * 1000, [this](bool away) { return still_wanted(away); });
        return opened_.trouble;
    }

    const dfu::FoundDevice& found() const override { return device_; }
    const Layout& layout() const override { return *device_.identity.layout; }
    CaptureRecord record() const override { return record_of(device_); }
    bool offers_external() const override { return opened_.external.has_value(); }
    bool is_of(const CaptureRecord& record) const override {
        const bool same_kind = record.usb_id == dfu::usb_id(device_.usb);
        if (same_kind && (!device_.identity.serial_is_device_id || dfu::same_serial(record.serial, device_.serial))) return true;
        tell_trouble(dfu::Trouble::OtherDeviceOrFlash, dfu::details_of(device_), session_);
        return false;
    }
    FlashReading read(std::vector<std::uint8_t> held) override { return read(layout().flash, opened_.rule, std::move(held), ""); }
    FlashReading read_external(std::vector<std::uint8_t> held) override {
        return read(layout().external->at, *opened_.external, std::move(held), layout().external->title + ", ");
    }

private:
    bool still_wanted(bool away) {
        if (away && !told_away_)
            session_.say("The device went away. Plug it in again in DFU mode (" + dfu::into_dfu_mode(layout().button) + "); reading goes on by itself.");
        told_away_ = told_away_ || away;
        return !interruption_.asked();
    }

    FlashReading read(Range flash, dfu::BlockRule rule, std::vector<std::uint8_t> held, std::string of) {
        dfu::FlashCapture capture({.flash = flash,
                                   .rule = rule,
                                   .reads = options_.reads,
                                   .held = std::move(held),
                                   .returning = device_.identity.serial_is_device_id ? dfu::Returning::KnownById : dfu::Returning::Anybody});
        ProgressLine line(session_, options_.reads, std::move(of));
        const auto end = dfu::drive(capture, *opened_.port, options_.timeout_ms, [&](const dfu::FlashCapture& at) {
            line.show(at);
            return !interruption_.asked();
        });
        session_.progress("");
        FlashReading reading{.finished = end.end == dfu::DriveResult::End::Finished, .bytes = capture.bytes(), .tally = capture.tally()};
        if (reading.finished) return reading;
        reading.bytes.resize(capture.held_bytes());
        reading.worth_keeping = end.trouble != dfu::Trouble::ReadsDisagree && end.trouble != dfu::Trouble::OtherDeviceOrFlash && !reading.bytes.empty();
        tell_end(end, device_, session_);
        return reading;
    }

    ReadingOptions options_;
    dfu::FoundDevice device_;
    Session& session_;
    Interruption interruption_;
    std::unique_ptr<dfu::Usb> usb_;
    dfu::Opened opened_;
    bool told_away_ = false;
};

}  // namespace

std::unique_ptr<ConnectedDevice> ConnectedDevice::open(const ReadingOptions& options, const Layout* asked_layout, Session& session) {
    using dfu::Trouble;
    auto usb = std::make_unique<dfu::Usb>(usb_layouts(asked_layout));
    if (!usb->unavailable().empty()) return tell_trouble(Trouble::UsbUnavailable, {.more = usb->unavailable()}, session), nullptr;
    const Target target = find_device(*usb, options, Interruption(), session);  // which ends before the device's own begins
    if (target.choice.trouble != Trouble::None) return tell_trouble(target.choice.trouble, target.choice.details, session), nullptr;
    auto device = std::make_unique<OpenDevice>(options, *target.device, session);
    const Trouble trouble = device->open_on(std::move(usb));
    if (trouble != Trouble::None) return tell_trouble(trouble, dfu::details_of(*target.device), session), nullptr;
    return device;
}

DeviceReading read_device(const ReadingOptions& options, const Layout* asked_layout, Session& session) {
    const auto device = ConnectedDevice::open(options, asked_layout, session);
    if (!device) return {};
    FlashReading reading = device->read({});
    DeviceReading result{.finished = reading.finished, .record = device->record(), .layout = &device->layout(), .device = device->found()};
    static_cast<CapturedFlash&>(result.record) = captured(reading, nullptr);
    result.bytes = std::move(reading.bytes);
    if (!result.finished || !keeps_keys_in_external(*result.layout) || !device->offers_external()) return result;
    auto second = device->read_external({});
    result.finished = second.finished;
    result.record.external = captured(second, nullptr);
    result.external = std::move(second.bytes);
    return result;
}

CapturedFlash captured(const FlashReading& reading, const CapturedFlash* earlier) {
    return {.sha256 = hex(sha256(reading.bytes)),
            .size = reading.bytes.size(),
            .reads = reading.tally.reads,
            .retries = reading.tally.retries + (earlier ? earlier->retries : 0),
            .reconnects = reading.tally.reconnects + (earlier ? earlier->reconnects : 0),
            .differed = reading.tally.differed,
            .unstable = reading.tally.unstable};
}

bool keeps_keys_in_external(const Layout& layout) { return layout.external && layout.dct.store == StoreKind::SerialFlash; }

}  // namespace photopsy
