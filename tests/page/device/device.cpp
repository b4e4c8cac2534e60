// The emulated device of tests/dfu, for JavaScript: tests/page/fake_usb.js makes a navigator.usb of it.
#include "dfu/photon_device.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace photopsy;

namespace {

test::PhotonDevice device;
std::vector<std::uint8_t> stage(65536);
std::string text;

const char* said(std::string words) {
    text = std::move(words);
    return text.c_str();
}

}  // namespace

extern "C" {
[[gnu::used]] std::uint8_t* device_stage() { return stage.data(); }
[[gnu::used]] void device_flash(const std::uint8_t* bytes, std::uint32_t size) { std::copy_n(bytes, size, device.flash.bytes.begin()); }
/// Of its second flash.
[[gnu::used]] void device_second_flash(const std::uint8_t* bytes, std::uint32_t size) { std::copy_n(bytes, size, device.second->flash.bytes.begin()); }
/// What it holds now: the bytes, and of the second flash.
[[gnu::used]] const std::uint8_t* device_bytes() { return device.flash.bytes.data(); }
[[gnu::used]] const std::uint8_t* device_second_bytes() { return device.second ? device.second->flash.bytes.data() : nullptr; }
[[gnu::used]] std::uint32_t device_second_size() { return device.second ? static_cast<std::uint32_t>(device.second->flash.bytes.size()) : 0; }
[[gnu::used]] std::uint32_t device_size() { return static_cast<std::uint32_t>(device.flash.bytes.size()); }
/// 0 Photon, 1 P1, 2 Core, 3 Electron.
[[gnu::used]] void device_become(std::uint32_t kind) {
    if (kind == 1) device.become_p1();
    if (kind == 2) device.become_core();
    if (kind == 3) device.become_electron();
}
/// Systems before 1.5.0 have done so at their last start.
[[gnu::used]] void device_protect() { device.protect_as_firmware_does(); }
/// Of the sector that begins at this offset: its bit of the option bytes, which outlast the power.
[[gnu::used]] std::uint32_t device_is_protected(std::uint32_t offset) { return device.flash.write_protected.count(offset) != 0 ? 1 : 0; }
[[gnu::used]] void device_protect_sector(std::uint32_t offset) { device.flash.write_protected.insert(offset); }
[[gnu::used]] void device_generation(std::uint32_t which) { device.generation = static_cast<test::Generation>(which); }
/// As the bootloader in its flash is.
[[gnu::used]] void device_generation_of_flash() { device.generation = test::generation_in(device.flash); }
/// The power fails in this operation of the flash (from 0), with so much of it done; or at this request.
[[gnu::used]] void device_cut_flash(std::int32_t operation, std::uint32_t percent) {
    device.flash.cut_at = operation;
    device.flash.cut_share = percent;
}
/// The same in its second flash.
[[gnu::used]] void device_cut_second(std::int32_t operation, std::uint32_t percent) {
    device.second->flash.cut_at = operation;
    device.second->flash.cut_share = percent;
}
/// As another program may have left it.
[[gnu::used]] void device_leave_in_state(std::uint32_t state) { device.leave_in_state(static_cast<std::uint8_t>(state)); }
[[gnu::used]] void device_cut_request(std::int32_t request) { device.power_fails_at_request = request; }
/// What is thrown where the power fails in the flash leaves the module, for the code that the compiler's own script makes catches nothing: whoever catches it
/// says so here.
[[gnu::used]] void device_goes_dark() {
    device.power_fails_at_request = device.requests();
    device.cut_behind = test::PhotonDevice::CutBehind::Nothing;
    (void)device.control({}, stage.data());
}
[[gnu::used]] std::uint32_t device_has_power() { return device.has_power() ? 1 : 0; }
[[gnu::used]] void device_power_cycle() { device.power_cycle(); }
/// Nobody holds the button, and then somebody does.
[[gnu::used]] void device_start() {
    device.ordinary_start();
    device.power_cycle();
}
[[gnu::used]] std::uint32_t device_requests() { return static_cast<std::uint32_t>(device.requests()); }
[[gnu::used]] std::uint32_t device_operations() { return static_cast<std::uint32_t>(device.flash.operations); }
[[gnu::used]] const char* device_map(std::uint32_t alternate) {
    if (alternate == 0) return said(device.flash_map);
    const bool second = device.second && device.second->alternate == alternate;
    return said(second ? device.second->map : device.string_at(test::PhotonDevice::name_index(static_cast<std::uint8_t>(alternate))));
}
[[gnu::used]] std::uint32_t device_last_alternate() { return device.last_alternate(); }
[[gnu::used]] void device_id(const char* id) { device.device_id = id; }
[[gnu::used]] void device_garbage() { device.garbage_descriptors = true; }
[[gnu::used]] void device_fault(std::uint32_t kind, std::uint32_t at, std::uint32_t count, std::uint32_t detail, std::uint32_t at_any_request) {
    device.faults.push_back({static_cast<test::Fault::Kind>(kind), static_cast<long>(at), static_cast<long>(count), at_any_request == 0, detail});
}
[[gnu::used]] std::int32_t device_control(std::uint32_t type, std::uint32_t request, std::uint32_t value, std::uint32_t index, std::uint32_t length) {
    return device.control({static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(request), static_cast<std::uint16_t>(value),
                           static_cast<std::uint16_t>(index), static_cast<std::uint16_t>(length)},
                          stage.data());
}
[[gnu::used]] std::int32_t device_plug_in_again() { return device.plug_in_again() ? 1 : 0; }
[[gnu::used]] std::uint32_t device_trespasses() { return static_cast<std::uint32_t>(device.trespasses().size()); }
[[gnu::used]] std::uint32_t device_state() { return device.state(); }
[[gnu::used]] std::uint32_t device_vendor() { return device.vendor; }
[[gnu::used]] std::uint32_t device_product() { return device.product; }
[[gnu::used]] std::uint32_t device_bcd() { return static_cast<std::uint32_t>(device.device_descriptor()[12] | device.device_descriptor()[13] << 8); }
[[gnu::used]] const char* device_string(std::uint32_t index) { return said(device.string_at(static_cast<std::uint8_t>(index))); }
[[gnu::used]] const char* device_serial() { return said(device.serial()); }
}
