#include "dfu/photon_device.h"

#include <algorithm>
#include <cstring>

namespace photopsy::test {
namespace {

enum : std::uint8_t { idle = 2, download_sync, busy, download_idle, manifest_sync, manifest, wait_reset, upload_idle, error };

std::uint8_t low(std::uint32_t value) { return static_cast<std::uint8_t>(value); }
std::uint8_t high(std::uint32_t value) { return static_cast<std::uint8_t>(value >> 8); }

int give(const std::vector<std::uint8_t>& bytes, std::uint16_t wanted, std::uint8_t* stage) {
    const std::size_t length = std::min<std::size_t>(bytes.size(), wanted);
    std::copy_n(bytes.begin(), length, stage);
    return static_cast<int>(length);
}

void put_text(std::vector<std::uint8_t>& bytes, std::string_view text) {
    for (char letter : text) bytes.insert(bytes.end(), {static_cast<std::uint8_t>(letter), 0});
}

struct EraseUnit {
    std::uint32_t begin, size;
};

/// The sectors that the bootloader will touch: everything from 0x08020000 on, 128 KiB each (DFU_MAL_IS_PROTECTED_AREA below that).
bool writable_sector(std::uint32_t address, EraseUnit& unit) {
    if (address < 0x08020000) return false;
    unit = {(address - 0x08000000) / 0x20000 * 0x20000, 0x20000};
    return true;
}

}  // namespace

void PhotonDevice::become_p1() {
    product = 0xD008;
    product_name = "P1 DFU Mode";
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
}

std::vector<std::uint8_t> PhotonDevice::device_descriptor() const {
    const std::uint16_t version = generation >= Generation::V0_6_1 ? 0x0250 : 0x0200;
    return {18, 1, 0, 2, 0, 0, 0, 64, low(vendor), high(vendor), low(product), high(product), low(version), high(version), 1, 2, 3, 1};
}

std::vector<std::uint8_t> PhotonDevice::configuration_descriptor() const {
    if (garbage_descriptors) return {9, 2, 0xFF, 0xFF, 1, 1, 2, 0xC0, 0x32, 0, 4, 0, 200, 0x21};
    std::vector<std::uint8_t> bytes{9, 2, 36, 0, 1, 1, 2, 0xC0, 0x32};
    for (std::uint8_t alternate : {std::uint8_t{0}, std::uint8_t{1}}) bytes.insert(bytes.end(), {9, 4, 0, alternate, 0, 0xFE, 1, 2, static_cast<std::uint8_t>(6 + alternate)});
    bytes.insert(bytes.end(), {9, 0x21, 0x0B, 0xFF, 0, low(transfer_size), high(transfer_size), 0x1A, 1});
    return bytes;
}

std::string PhotonDevice::serial() const {
    if (vendor == 0x1D50) return device_id;
    if (generation < Generation::V0_6_1) return "00000000010C";
    std::string text = device_id;
    if (generation == Generation::V0_6_1) std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::string PhotonDevice::string_at(std::uint8_t index) const {
    switch (index) {
        case 1: return generation == Generation::V0_4_4 ? "Spark Devices" : "Particle";
        case 2: return product_name;
        case 3: return serial();
        case 4:
        case 5: return "DFU";
        case 6: return flash_map;
        case 7: return "@DCT Flash   /0x00000000/01*016Kg";
        default: return {};
    }
}

void PhotonDevice::power_cycle() {
    set_state(idle);
    status_ = alternate_ = 0;
    pointer_ = 0x08020000;
    block_ = length_ = 0;
    manifest_ = false;
}

void PhotonDevice::leave_in_state(std::uint8_t state) {
    set_state(state);
    pointer_ = 0x00000040;
    alternate_ = 1;
    if (state == error) status_ = 3;
    if (state == manifest_sync) manifest_ = true;
    if (state == download_sync) {  // another program was about to erase the user application: DNLOAD sent, GETSTATUS not yet
        const std::uint8_t command[] = {0x41, 0x00, 0x00, 0x0A, 0x08};
        std::copy(std::begin(command), std::end(command), buffer_.begin());
        block_ = 0;
        length_ = 5;
        alternate_ = 0;
    }
}

bool PhotonDevice::plug_in_again() {
    if (!gone_) return true;
    if (away_ != 0 && away_-- != 0) return false;
    gone_ = false;
    power_cycle();
    return true;
}

const Fault* PhotonDevice::fault_for(bool is_upload) const {
    for (const Fault& fault : faults) {
        if (fault.kind == Fault::Kind::Noise) {
            if (is_upload) return &fault;
            continue;
        }
        const long now = fault.uploads_only ? uploads_ - 1 : requests_ - 1;
        if ((is_upload || !fault.uploads_only) && now >= fault.at && now - fault.at < fault.count) return &fault;
    }
    return nullptr;
}

int PhotonDevice::spoil(const Fault& fault, int length, std::uint8_t* stage, std::uint32_t address) {
    const auto size = static_cast<std::uint32_t>(std::max(length, 0));
    switch (fault.kind) {
        case Fault::Kind::Stall: return stalled;
        case Fault::Kind::Silence: return silent;
        case Fault::Kind::Break: return broken;
        case Fault::Kind::Short: return length / 3;
        case Fault::Kind::FlipBit:
            if (size > fault.detail) stage[fault.detail] ^= 0x10;
            return length;
        case Fault::Kind::Noise: {  // one byte of this flash block comes out wrong in each read, by a different value: any byte, or (count 2) always the same one
            if (address >= fault.detail + 4096 || address + size <= fault.detail) return length;
            random_ = random_ * 1664525 + 1013904223;
            const std::uint32_t victim = fault.detail + (fault.count == 2 ? 100 : (random_ >> 8) % 4096);
            if (victim >= address && victim < address + size) stage[victim - address] ^= static_cast<std::uint8_t>(1 + (random_ >> 24) % 255);
            return length;
        }
        case Fault::Kind::Unplug: break;
    }
    gone_ = true;
    away_ = fault.detail;
    return gone;
}

int PhotonDevice::control(const dfu::SetupPacket& setup, std::uint8_t* stage) {
    if (gone_) return gone;
    ++requests_;
    const bool is_dfu = (setup.request_type & 0x60) == 0x20;
    const bool is_upload = is_dfu && setup.request == 2 && setup.value >= 2;
    const std::uint32_t address = (setup.value - 2u) * transfer_size + pointer_;
    if (is_upload) ++uploads_;
    const Fault* fault = fault_for(is_upload);
    const bool before = fault && (fault->kind == Fault::Kind::Stall || fault->kind == Fault::Kind::Silence || fault->kind == Fault::Kind::Unplug);
    if (before) return spoil(*fault, 0, stage, address);
    const int length = is_dfu ? dfu_request(setup, stage) : (setup.request_type & 0x60) == 0x40 ? winusb(setup, stage) : standard(setup, stage);
    return fault && length >= 0 ? spoil(*fault, length, stage, address) : length;
}

int PhotonDevice::standard(const dfu::SetupPacket& setup, std::uint8_t* stage) {
    const std::uint8_t index = low(setup.value);
    switch (setup.request) {
        case 0: return give({1, 0}, setup.length, stage);
        case 6: break;
        case 8: return give({1}, setup.length, stage);
        case 9: return 0;
        case 10: return give({alternate_}, setup.length, stage);
        case 11:
            if (setup.value > 1) return stalled;
            alternate_ = index;
            return 0;
        default: return stalled;
    }
    switch (high(setup.value)) {
        case 1: return give(device_descriptor(), setup.length, stage);
        case 2: return give(configuration_descriptor(), setup.length, stage);
        case 3: {
            if (index == 0) return give({4, 3, 0x09, 0x04}, setup.length, stage);
            if (index == 0xEE && generation >= Generation::V0_6_1) {
                std::vector<std::uint8_t> bytes{18, 3};
                put_text(bytes, "MSFT100");
                bytes.insert(bytes.end(), {0xEE, 0});
                return give(bytes, setup.length, stage);
            }
            if (index >= 8 && index <= 15) trespass("string descriptor " + std::to_string(index));
            const std::string text = string_at(index);
            if (text.empty()) return stalled;
            std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(2 + 2 * text.size()), 3};
            put_text(bytes, text);
            return give(bytes, setup.length, stage);
        }
        case 0x21: return give({9, 0x21, 0x0B, 0xFF, 0, low(transfer_size), high(transfer_size), 0x1A, 1}, setup.length, stage);
        default: return stalled;
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

/// ABORT and DETACH: from these states only.
void PhotonDevice::stop() {
    if (state_ != idle && state_ != download_sync && state_ != download_idle && state_ != manifest_sync && state_ != upload_idle) return;
    set_state(idle);
    status_ = 0;
    block_ = length_ = 0;
}

int PhotonDevice::dfu_request(const dfu::SetupPacket& setup, std::uint8_t* stage) {
    switch (setup.request) {
        case 0:
            trespass("DETACH");
            stop();
            return 0;
        case 1: return download(setup, stage);
        case 2: return upload(setup, stage);
        case 3: return get_status(setup, stage);
        case 4:  // outside dfuERROR it makes one
            status_ = state_ == error ? 0 : 0x0E;
            set_state(state_ == error ? idle : error);
            return 0;
        case 5: return give({state_}, setup.length, stage);
        case 6:
            stop();
            return 0;
        default: return stalled;
    }
}

int PhotonDevice::download(const dfu::SetupPacket& setup, const std::uint8_t* stage) {
    if (setup.length == 0) {
        trespass("DNLOAD of nothing: leave DFU mode");
        if (state_ != download_idle && state_ != idle) return stalled;
        manifest_ = true;
        set_state(manifest_sync);
        return 0;
    }
    if (setup.value != 0 || setup.length != 5 || stage[0] != 0x21) trespass("DNLOAD of block " + std::to_string(setup.value) + ", first byte " + std::to_string(stage[0]));
    if ((state_ != idle && state_ != download_idle) || setup.length > buffer_.size()) return stalled;
    block_ = setup.value;
    length_ = setup.length;
    std::copy_n(stage, setup.length, buffer_.begin());
    set_state(download_sync);
    return setup.length;
}

int PhotonDevice::upload(const dfu::SetupPacket& setup, std::uint8_t* stage) {
    if (setup.length == 0) {
        set_state(idle);
        return 0;
    }
    if (state_ != idle && state_ != upload_idle) {
        block_ = length_ = 0;
        return stalled;
    }
    if (setup.value == 0) {
        set_state(setup.length > 3 ? idle : upload_idle);
        return give({0x00, 0x21, 0x41}, setup.length, stage);
    }
    if (setup.value == 1) {
        trespass("UPLOAD of block 1");
        set_state(0x0F);  // as the source has it: a status code stored as the state
        return stalled;
    }
    set_state(upload_idle);
    read((setup.value - 2u) * transfer_size + pointer_, stage, setup.length);
    return setup.length;  // always full length, also past the end
}

int PhotonDevice::get_status(const dfu::SetupPacket& setup, std::uint8_t* stage) {
    if (state_ == download_sync && length_ != 0) {
        set_state(busy);
        const bool erasing = block_ == 0 && buffer_[0] == 0x41;
        // The two times are swapped in MAL_GetStatus, and the old pointer is looked at.
        if (addressable(pointer_)) poll_ = is_dct(pointer_) ? (erasing ? 500 : 1) : generation == Generation::V0_7_0 ? 0 : 50;
    } else if (state_ == download_sync) {
        set_state(download_idle);
    } else if (state_ == manifest_sync && manifest_) {
        state_ = manifest;
        reported_ = generation == Generation::V0_4_4 ? static_cast<std::uint8_t>(manifest) : static_cast<std::uint8_t>(download_idle);
    } else if (state_ == manifest) {
        set_state(idle);
    }
    const int length = give({status_, low(poll_), high(poll_), 0, reported_, 0}, setup.length, stage);
    // What follows runs when the data stage has gone out (EP0_TxSent); a failure stalls the status stage.
    if (state_ == manifest) {
        manifest_ = false;
        set_state(wait_reset);
    }
    if (state_ != busy) return length;
    const bool done = execute_pending();
    length_ = block_ = 0;
    set_state(download_sync);
    return done || generation == Generation::V0_4_4 ? length : stalled;
}

bool PhotonDevice::execute_pending() {
    if (block_ == 1) return true;
    if (block_ > 1) return write((block_ - 2u) * transfer_size + pointer_, length_);
    if (buffer_[0] == 0x00 && length_ == 1) return true;
    if (length_ != 5 || (buffer_[0] != 0x21 && buffer_[0] != 0x41)) return false;
    pointer_ = little_endian<std::uint32_t>(ByteView(buffer_).subspan(1));
    return buffer_[0] == 0x21 || erase(pointer_);
}

bool PhotonDevice::is_dct(std::uint32_t address) const { return generation == Generation::V0_4_4 ? !in_flash(address) : alternate_ == 1; }

bool PhotonDevice::addressable(std::uint32_t address) const {
    const bool dct = address < 0x4000;
    if (generation == Generation::V0_4_4) return in_flash(address) || dct;
    return alternate_ == 0 ? in_flash(address) : dct;
}

void PhotonDevice::read(std::uint32_t address, std::uint8_t* out, std::uint32_t length) {
    const auto code = addressable(address) && is_dct(address) ? dct_code_for_dfu(flash) : std::nullopt;
    if (!addressable(address) || (is_dct(address) && !code)) {
        if (generation == Generation::V0_7_0) std::fill_n(out, length, std::uint8_t{0});
        else std::copy_n(buffer_.begin(), length, out);  // whatever the transfer buffer held
        return;
    }
    const std::uint32_t offset = is_dct(address) ? current_dct(flash, *code) + dct_application + address : address - base;
    for (std::uint32_t i = 0; i < length; ++i) out[i] = offset + i < flash.bytes.size() ? flash.bytes[offset + i] : std::uint8_t{0xFF};
}

bool PhotonDevice::erase(std::uint32_t address) {
    EraseUnit unit{};
    if (!addressable(address)) return false;
    if (is_dct(address)) return true;  // DCT_If_Erase does nothing
    if (!writable_sector(address, unit)) return false;
    flash.erase(unit.begin, unit.size);
    return true;
}

bool PhotonDevice::write(std::uint32_t address, std::uint32_t length) {
    if (!addressable(address)) return false;
    if (is_dct(address)) {
        const auto code = dct_code_for_dfu(flash);
        return code && write_dct(flash, *code, address, ByteView(buffer_).first(length));
    }
    if (address < 0x08020000) return false;
    const std::uint32_t padded = (length + 3) & ~3u;  // words are programmed; the rest of the last one is FF
    std::fill(buffer_.begin() + length, buffer_.begin() + padded, std::uint8_t{0xFF});
    return flash.program(address - base, ByteView(buffer_).first(padded));
}

}  // namespace photopsy::test
