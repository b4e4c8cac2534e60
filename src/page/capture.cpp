// A capture over the browser's USB: the machines of dfu/, one message for each transfer.
#include "base/hex.h"
#include "dfu/descriptors.h"
#include "dfu/reading_rule.h"
#include "flash/capture_record.h"
#include "flash/external.h"
#include "page/state.h"
#include "page/transfer.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::page;

namespace photopsy::page {

namespace {

constexpr auto second_flash_name = "dump-external.bin";

bool is_of(const DeviceCapture& capture, const Device& device) {
    return dfu::usb_id(capture.device.usb) == dfu::usb_id(device.usb) && dfu::same_serial(capture.device.serial, device.serial);
}

/// The leading bytes that a capture left when it was stopped or failed; none where nothing can be gone on from.
std::vector<std::uint8_t> held_of(const DeviceCapture* earlier) {
    if (!earlier || !earlier->run.result()) return {};
    const dfu::DriveResult result = *earlier->run.result();
    const bool worthless =
        result.end == dfu::DriveResult::End::Finished || result.trouble == dfu::Trouble::ReadsDisagree || result.trouble == dfu::Trouble::OtherDeviceOrFlash;
    if (worthless) return {};
    const auto& bytes = earlier->machine.bytes();
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(earlier->machine.held_bytes())};
}

/// Where the second flash of this device was being read: back to the first one, which is whole.
std::shared_ptr<DeviceCapture> whole_first_flash(const std::shared_ptr<DeviceCapture>& earlier, const Device& device) {
    if (!earlier || !earlier->internal || finished(*earlier) || !is_of(*earlier, device)) return nullptr;
    earlier->internal->held_external = held_of(earlier.get());
    return earlier->internal;
}

dfu::CaptureWish wish_for(const Device& device, Range flash, dfu::BlockRule rule, int reads, std::vector<std::uint8_t> held) {
    return {.flash = flash,
            .rule = rule,
            .reads = reads,
            .held = std::move(held),
            .returning = device.identity.serial_is_device_id ? dfu::Returning::KnownById : dfu::Returning::Anybody};
}

/// "always" where the keys lie in it, "offered" where it can be read, "".
std::string_view word_for_second(const DeviceCapture& capture, const Layout& layout) {
    if (!capture.external_rule) return "";
    return layout.dct.store == StoreKind::SerialFlash ? "always" : "offered";
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

std::uint32_t kind_of(const dfu::Step& step, const dfu::CaptureRun& run, const PageStep& told) {
    using Kind = dfu::Step::Kind;
    if (run.result() && run.result()->end == dfu::DriveResult::End::Stopped) return PageStep::Stopped;
    if (step.kind == Kind::Reconnect) return PageStep::Reconnect;
    if (step.kind == Kind::Finished) return PageStep::Finished;
    if (step.kind == Kind::Failed) return PageStep::Failed;
    return is_set_interface(told) ? PageStep::SelectAlternate : PageStep::Transfer;
}

}  // namespace

bool finished(const DeviceCapture& capture) { return capture.run.result() && capture.run.result()->end == dfu::DriveResult::End::Finished; }

const DeviceCapture& first_flash(const DeviceCapture& capture) { return capture.internal ? *capture.internal : capture; }

static CapturedFlash told_of(const dfu::FlashCapture& machine) {
    const auto tally = machine.tally();
    return {.sha256 = hex(sha256(machine.bytes())),
            .size = machine.bytes().size(),
            .reads = tally.reads,
            .retries = tally.retries,
            .reconnects = tally.reconnects,
            .differed = tally.differed,
            .unstable = tally.unstable};
}

CaptureRecord completed(const DeviceCapture& capture) {
    CaptureRecord record = first_flash(capture).record;
    static_cast<CapturedFlash&>(record) = told_of(first_flash(capture).machine);
    if (capture.internal) record.external = told_of(capture.machine);
    return record;
}

Dump dump_of(const DeviceCapture& capture, const std::string& name) {
    const Layout& layout = *capture.device.identity.layout;
    Dump dump{recognize(first_flash(capture).machine.bytes(), name, "", layout), &layout};
    attach_record(completed(capture), dump.capture);
    if (!capture.internal) return dump;
    put_external(dump.capture, capture.machine.bytes(), second_flash_name, "", layout);
    attach_external_record(layout, dump.capture);
    return dump;
}

}  // namespace photopsy::page

int page_capture_begin(const std::uint8_t* configuration, std::uint32_t size, const char* maps, std::uint32_t reads, const char* when, const char* system) {
    auto& held = state();
    const auto& device = held.device;
    const Layout* layout = device.identity.layout;
    if (device.identity.mode != dfu::Mode::Dfu) return fail("The device is not in DFU mode.");
    if (!layout) return fail("The flash of this kind of device is not known here.");
    if (reads < 1 || reads > 9) return fail("The flash is read 1 to 9 times.");
    const auto told = dfu::parse_configuration({configuration, size});
    if ((told && dfu::forbids_reading(*told)) || dfu::map_forbids_reading(page::map_of(maps, 0), *layout))
        return fail("The device says itself that its flash cannot be read over USB.");
    const auto interface = told.value_or(dfu::DfuInterface{});
    if (auto whole = page::whole_first_flash(held.capture, device)) {
        held.capture = std::move(whole);
    } else {
        const bool same = held.capture && !held.capture->internal && page::is_of(*held.capture, device);
        held.capture = std::make_shared<page::DeviceCapture>(page::wish_for(device, layout->flash, dfu::block_rule(interface, *layout), static_cast<int>(reads),
                                                                            same ? page::held_of(held.capture.get()) : std::vector<std::uint8_t>()));
        held.capture->record = page::record_of(device, when, system);
    }
    held.capture->device = device;
    held.capture->interface = interface.number;
    held.capture->external_rule = page::second_flash_rule(interface, *layout, maps);
    return answer(fmt::format("{}\t{}\n", interface.number, page::word_for_second(*held.capture, *layout)));
}

int page_capture_begin_second() {
    auto& held = state();
    if (!held.capture || held.capture->internal || !page::finished(*held.capture)) return fail("The first flash was not read to its end.");
    if (!held.capture->external_rule) return fail("The device does not offer its second flash.");
    const auto first = held.capture;
    const auto& device = first->device;
    held.capture = std::make_shared<page::DeviceCapture>(
        page::wish_for(device, device.identity.layout->external->at, *first->external_rule, first->machine.tally().reads, std::move(first->held_external)));
    held.capture->device = device;
    held.capture->interface = first->interface;
    held.capture->record = first->record;
    held.capture->internal = first;
    return answer("");
}

const PageStep* page_capture_step() {
    auto* capture = state().capture.get();
    if (!capture) return nullptr;
    const auto step = capture->run.step();
    auto& told = capture->step;
    told = {};
    told.wait_ms = step.wait_ms;
    told.trouble = static_cast<std::uint32_t>(step.trouble);
    told.address = step.at;
    told.arrived = static_cast<std::uint32_t>(capture->machine.arrived_bytes());
    told.expected = static_cast<std::uint32_t>(capture->machine.expected_bytes());
    told.pass = static_cast<std::uint32_t>(capture->machine.pass());
    told.reading_again = capture->machine.reading_again() ? 1 : 0;
    if (step.kind == dfu::Step::Kind::Transfer) page::put_request(step.request, capture->interface, told, capture->payload);
    told.kind = page::kind_of(step, capture->run, told);
    return &told;
}

void page_capture_told(std::uint32_t result, const std::uint8_t* bytes, std::uint32_t size) {
    auto* capture = state().capture.get();
    if (!capture || capture->run.step().kind != dfu::Step::Kind::Transfer) return;
    (void)capture->run.told({page::transfer_result(result), {bytes, size}});
}

void page_capture_reconnected(std::uint32_t trouble) {
    auto* capture = state().capture.get();
    if (!capture || capture->run.step().kind != dfu::Step::Kind::Reconnect) return;
    capture->run.reconnected(page::trouble_numbered(trouble));
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
    held.files.clear();
    held.taken = held.capture;
    held.taken_name = name;
    return answer("");
}
