// What the device says of itself: identities, descriptors, strings, and Microsoft's WinUSB descriptors.
#include "dfu/photon_device.h"
#include "dfu/stage.h"

namespace photopsy::test {
namespace {

void put_text(std::vector<std::uint8_t>& bytes, std::string_view text) {
    for (char letter : text) bytes.insert(bytes.end(), {static_cast<std::uint8_t>(letter), 0});
}

}  // namespace

void PhotonDevice::become_p1() {
    product = 0xD008;
    product_name = "P1 DFU Mode";
    second = {.alternate = 2, .map = "@Serial Flash   /0x00000000/256*004Kg", .flash = {std::vector<std::uint8_t>(0x100000, 0xFF)}};
}

void PhotonDevice::become_electron() {
    product = 0xD00A;
    product_name = "Electron DFU Mode";
    table_kind = TableKind::Dcd;
}

void PhotonDevice::become_core() {
    vendor = 0x1D50;
    product = 0x607F;
    product_name = "CORE DFU";
    generation = Generation::V0_4_4;
    device_id = "8D7028785754";
    flash_map = "@Internal Flash  /0x08000000/20*001Ka,108*001Kg";
    transfer_size = 1024;
    flash.bytes.resize(0x20000, 0xFF);
    table_kind = TableKind::None;
    second = {.alternate = 1, .map = "@SPI Flash : SST25x/0x00000000/512*04Kg", .flash = {std::vector<std::uint8_t>(0x200000, 0xFF)}};
    flash.takes_erased_cells_only = true;  // the processor tests that; the chip beside it takes bits down wherever they are
}

std::vector<std::uint8_t> PhotonDevice::device_descriptor() const {
    const std::uint16_t version = generation >= Generation::V0_6_1 ? 0x0250 : 0x0200;
    return {18, 1, 0, 2, 0, 0, 0, 64, low(vendor), high(vendor), low(product), high(product), low(version), high(version), 1, 2, 3, 1};
}

std::vector<std::uint8_t> PhotonDevice::configuration_descriptor() const {
    if (garbage_descriptors) return {9, 2, 0xFF, 0xFF, 1, 1, 2, 0xC0, 0x32, 0, 4, 0, 200, 0x21};
    const std::uint8_t alternates = last_alternate() + 1;
    std::vector<std::uint8_t> bytes{9, 2, static_cast<std::uint8_t>(18 + 9 * alternates), 0, 1, 1, 2, 0xC0, 0x32};
    for (std::uint8_t alternate = 0; alternate < alternates; ++alternate) bytes.insert(bytes.end(), {9, 4, 0, alternate, 0, 0xFE, 1, 2, name_index(alternate)});
    bytes.insert(bytes.end(), {9, 0x21, 0x0B, 0xFF, 0, low(transfer_size), high(transfer_size), 0x1A, 1});
    return bytes;
}

std::uint8_t PhotonDevice::last_alternate() const { return second && (second->alternate == 1 || generation >= Generation::V0_4_9) ? second->alternate : 1; }

/// The third's is 8; photopsy does not ask for it, since devices with two settings read past their table there.
std::uint8_t PhotonDevice::name_index(std::uint8_t alternate) { return static_cast<std::uint8_t>(6 + alternate); }

std::string PhotonDevice::serial() const {
    if (vendor == 0x1D50) return device_id;
    if (generation < Generation::V0_6_1) return "00000000010C";
    std::string text = device_id;
    if (generation == Generation::V0_6_1)
        std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::string PhotonDevice::string_at(std::uint8_t index) const {
    switch (index) {
        case 1:
            return generation == Generation::V0_4_4 ? "Spark Devices" : "Particle";
        case 2:
            return product_name;
        case 3:
            return serial();
        case 4:
        case 5:
            return "DFU";
        case 6:
            return flash_map;
        case 7:
            return second && second->alternate == 1 ? second->map : "@DCT Flash   /0x00000000/01*016Kg";
        case 8:
            return last_alternate() == 2 ? second->map : "";
        default:
            return {};
    }
}

int PhotonDevice::standard(const dfu::SetupPacket& setup, std::uint8_t* stage) {
    const std::uint8_t index = low(setup.value);
    switch (setup.request) {
        case 0:
            return give({1, 0}, setup.length, stage);
        case 6:
            break;
        case 8:
            return give({1}, setup.length, stage);
        case 9:
            return 0;
        case 10:
            return give({alternate_}, setup.length, stage);
        case 11:
            if (setup.value > last_alternate()) return stalled;
            alternate_ = index;
            return 0;
        default:
            return stalled;
    }
    switch (high(setup.value)) {
        case 1:
            return give(device_descriptor(), setup.length, stage);
        case 2:
            return give(configuration_descriptor(), setup.length, stage);
        case 3: {
            if (index == 0) return give({4, 3, 0x09, 0x04}, setup.length, stage);
            if (index == 0xEE && generation >= Generation::V0_6_1) {
                std::vector<std::uint8_t> bytes{18, 3};
                put_text(bytes, "MSFT100");
                bytes.insert(bytes.end(), {0xEE, 0});
                return give(bytes, setup.length, stage);
            }
            if (index > 6 + last_alternate() && index <= 15) trespass("string descriptor " + std::to_string(index));
            const std::string text = string_at(index);
            if (text.empty()) return stalled;
            std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(2 + 2 * text.size()), 3};
            put_text(bytes, text);
            return give(bytes, setup.length, stage);
        }
        case 0x21:
            return give({9, 0x21, 0x0B, 0xFF, 0, low(transfer_size), high(transfer_size), 0x1A, 1}, setup.length, stage);
        default:
            return stalled;
    }
}

int PhotonDevice::winusb(const dfu::SetupPacket& setup, std::uint8_t* stage) const {
    if (generation < Generation::V0_6_1 || setup.request != 0xEE) return stalled;
    std::vector<std::uint8_t> bytes;
    if (setup.request_type == 0xC0 && setup.index == 4) {
        bytes = {0x28, 0, 0, 0, 0, 1, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 'W', 'I', 'N', 'U', 'S', 'B'};
        bytes.resize(0x28, 0);
    } else if (setup.request_type == 0xC1 && setup.index == 5) {
        bytes = {0x92, 0, 0, 0, 0, 1, 5, 0, 1, 0, 0x88, 0, 0, 0, 7, 0, 0, 0, 0x2A, 0};
        put_text(bytes, "DeviceInterfaceGUIDs");
        bytes.insert(bytes.end(), {0, 0, 0x50, 0, 0, 0});
        put_text(bytes, "{37fb5f90-1a34-4929-933b-8a27e1850033}");
        bytes.resize(0x92, 0);
    } else {
        return stalled;
    }
    return give(bytes, setup.length, stage);
}

}  // namespace photopsy::test
