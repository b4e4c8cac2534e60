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
/// 0 Photon, 1 P1.
[[gnu::used]] void device_become(std::uint32_t kind) {
    if (kind == 1) device.become_p1();
}
[[gnu::used]] void device_generation(std::uint32_t which) { device.generation = static_cast<test::Generation>(which); }
[[gnu::used]] void device_id(const char* id) { device.device_id = id; }
[[gnu::used]] void device_garbage() { device.garbage_descriptors = true; }
[[gnu::used]] void device_fault(std::uint32_t kind, std::uint32_t at, std::uint32_t count, std::uint32_t detail) {
    device.faults.push_back({static_cast<test::Fault::Kind>(kind), static_cast<long>(at), static_cast<long>(count), true, detail});
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
