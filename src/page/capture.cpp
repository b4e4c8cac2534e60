// A capture over the browser's USB: the machines of dfu/, one message for each transfer.
#include "base/hex.h"
#include "dfu/descriptors.h"
#include "dfu/reading_rule.h"
#include "dfu/trouble.h"
#include "flash/capture_record.h"
#include "page/state.h"

#include <algorithm>

using namespace photopsy;
using page::answer;
using page::fail;
using page::state;

namespace photopsy::page {

namespace {

/// The leading bytes that a capture of this device left when it was stopped or failed; none where it was another device, or nothing can be gone on from.
std::vector<std::uint8_t> held_of(const DeviceCapture* earlier, const Device& device) {
    if (!earlier || !earlier->run.result()) return {};
    const dfu::DriveResult result = *earlier->run.result();
    const bool worthless =
        result.end == dfu::DriveResult::End::Finished || result.trouble == dfu::Trouble::ReadsDisagree || result.trouble == dfu::Trouble::OtherDeviceOrFlash;
    const bool same = dfu::usb_id(earlier->device.usb) == dfu::usb_id(device.usb) && dfu::same_serial(earlier->device.serial, device.serial);
    if (worthless || !same) return {};
    const auto& bytes = earlier->machine.bytes();
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(earlier->machine.held_bytes())};
}

CaptureRecord record_of(const Device& device, const char* when, const char* system) {
    CaptureRecord record;
    record.when = when;
    record.tool_version = version;
    record.usb_id = dfu::usb_id(device.usb);
    record.bcd_device = device.usb.bcd_device;
    record.serial = device.serial;
    record.serial_is_device_id = device.identity.serial_is_device_id;
    record.operating_system = system;
    return record;
}

bool finished(const DeviceCapture& capture) { return capture.run.result() && capture.run.result()->end == dfu::DriveResult::End::Finished; }

/// The record as it stands at the end.
CaptureRecord completed(const DeviceCapture& capture) {
    CaptureRecord record = capture.record;
    const auto tally = capture.machine.tally();
    record.sha256 = hex(sha256(capture.machine.bytes()));
    record.size = capture.machine.bytes().size();
    record.reads = tally.reads;
    record.retries = tally.retries;
    record.reconnects = tally.reconnects;
    record.differed = tally.differed;
    record.unstable = tally.unstable;
    return record;
}

void put_request(const dfu::Request& request, std::uint8_t interface, PageStep& step) {
    const auto setup = dfu::setup_packet(request, interface);
    step.request_type = setup.request_type;
    step.request = setup.request;
    step.value = setup.value;
    step.index = setup.index;
    step.length = setup.length;
    if (request.ask() != dfu::Ask::SetAddress) return;
    const auto payload = dfu::address_payload(request);
    step.payload_size = static_cast<std::uint32_t>(payload.size());
    std::ranges::copy(payload, step.payload);
}

/// Browsers send it by a function of their own, because their bookkeeping has to know.
bool is_set_interface(const dfu::SetupPacket& setup) { return setup.request_type == 0x01 && setup.request == 11; }

std::uint32_t kind_of(const dfu::Step& step, const dfu::CaptureRun& run) {
    using Kind = dfu::Step::Kind;
    if (run.result() && run.result()->end == dfu::DriveResult::End::Stopped) return PageStep::Stopped;
    if (step.kind == Kind::Reconnect) return PageStep::Reconnect;
    if (step.kind == Kind::Finished) return PageStep::Finished;
    if (step.kind == Kind::Failed) return PageStep::Failed;
    return is_set_interface(dfu::setup_packet(step.request, 0)) ? PageStep::SelectAlternate : PageStep::Transfer;
}

}  // namespace

}  // namespace photopsy::page

int page_capture_begin(const std::uint8_t* configuration, std::uint32_t size, const char* map, std::uint32_t reads, const char* when, const char* system) {
    auto& held = state();
    const auto& device = held.device;
    const Layout* layout = device.identity.layout;
    if (device.identity.mode != dfu::Mode::Dfu) return fail("The device is not in DFU mode.");
    if (!layout) return fail("The flash of this kind of device is not known here.");
    if (reads < 1 || reads > 9) return fail("The flash is read 1 to 9 times.");
    const auto told = dfu::parse_configuration({configuration, size});
    if ((told && dfu::forbids_reading(*told)) || dfu::map_forbids_reading(map, *layout))
        return fail("The device says itself that its flash cannot be read over USB.");
    const auto interface = told.value_or(dfu::DfuInterface{});
    auto capture = std::make_unique<page::DeviceCapture>(
        dfu::CaptureWish{.flash = layout->flash,
                         .rule = dfu::block_rule(interface, *layout),
                         .reads = static_cast<int>(reads),
                         .held = page::held_of(held.capture.get(), device),
                         .returning = device.identity.serial_is_device_id ? dfu::Returning::KnownById : dfu::Returning::Anybody});
    capture->device = device;
    capture->interface = interface.number;
    capture->record = page::record_of(device, when, system);
    held.capture = std::move(capture);
    return answer(std::to_string(interface.number));
}

const PageStep* page_capture_step() {
    auto* capture = state().capture.get();
    if (!capture) return nullptr;
    const auto step = capture->run.step();
    auto& told = capture->step;
    told = {};
    told.kind = page::kind_of(step, capture->run);
    told.wait_ms = step.wait_ms;
    told.trouble = static_cast<std::uint32_t>(step.trouble);
    told.address = step.at;
    told.arrived = static_cast<std::uint32_t>(capture->machine.arrived_bytes());
    told.expected = static_cast<std::uint32_t>(capture->machine.expected_bytes());
    told.pass = static_cast<std::uint32_t>(capture->machine.pass());
    told.reading_again = capture->machine.reading_again() ? 1 : 0;
    if (step.kind == dfu::Step::Kind::Transfer) page::put_request(step.request, capture->interface, told);
    return &told;
}

void page_capture_told(std::uint32_t result, const std::uint8_t* bytes, std::uint32_t size) {
    auto* capture = state().capture.get();
    if (!capture || capture->run.step().kind != dfu::Step::Kind::Transfer) return;
    const auto known = std::min(result, static_cast<std::uint32_t>(dfu::TransferResult::Gone));
    (void)capture->run.told({static_cast<dfu::TransferResult>(known), {bytes, size}});
}

void page_capture_reconnected(std::uint32_t trouble) {
    auto* capture = state().capture.get();
    if (!capture || capture->run.step().kind != dfu::Step::Kind::Reconnect) return;
    const auto last = static_cast<std::uint32_t>(dfu::Trouble::OtherDeviceOrFlash);
    capture->run.reconnected(static_cast<dfu::Trouble>(std::min(trouble, last)));
}

void page_capture_stop() {
    if (state().capture) state().capture->run.stop();
}

int page_capture_bytes() {
    const auto* capture = state().capture.get();
    if (!capture || !capture->run.result()) return fail("Nothing was read to its end.");
    auto bytes = capture->machine.bytes();
    if (!page::finished(*capture)) bytes.resize(capture->machine.held_bytes());
    return answer(bytes);
}

int page_capture_record() {
    const auto* capture = state().capture.get();
    if (!capture || !page::finished(*capture)) return fail("Nothing was read to its end.");
    return answer(record_text(page::completed(*capture)));
}

int page_capture_take(const char* name) {
    auto& held = state();
    if (!held.capture || !page::finished(*held.capture)) return fail("Nothing was read to its end.");
    held.files = {{name, held.capture->machine.bytes()}};
    held.record = page::completed(*held.capture);
    return answer("");
}
