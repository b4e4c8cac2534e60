#include "dfu/photon_device.h"

#include "dfu/stage.h"

#include <algorithm>
#include <cstring>

namespace photopsy::test {
namespace {

enum : std::uint8_t { idle = 2, download_sync, busy, download_idle, manifest_sync, manifest, wait_reset, upload_idle, error };

}  // namespace

void PhotonDevice::bus_reset() {
    set_state(idle);
    status_ = alternate_ = 0;
    pointer_ = 0x08020000;
    block_ = length_ = 0;
    manifest_ = false;
}

void PhotonDevice::power_cycle() {
    bus_reset();
    table_ = {};
    hung_ = dark_ = false;
    flash.cut_at = power_fails_at_request = -1;
    if (second) second->flash.cut_at = -1;
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
        case Fault::Kind::Stall:
            return stalled;
        case Fault::Kind::Silence:
            return silent;
        case Fault::Kind::Break:
            return broken;
        case Fault::Kind::Short:
            return length / 3;
        case Fault::Kind::FlipBit:
            if (size > fault.detail) stage[fault.detail] ^= 0x10;
            return length;
        case Fault::Kind::Noise: {  // one byte of this flash block comes out wrong in each read, by a different value: any byte, or (count 2) always the same
                                    // one
            if (address >= fault.detail + 4096 || address + size <= fault.detail) return length;
            random_ = random_ * 1664525 + 1013904223;
            const std::uint32_t victim = fault.detail + (fault.count == 2 ? 100 : (random_ >> 8) % 4096);
            if (victim >= address && victim < address + size) stage[victim - address] ^= static_cast<std::uint8_t>(1 + (random_ >> 24) % 255);
            return length;
        }
        case Fault::Kind::Unplug:
            break;
    }
    gone_ = true;
    away_ = fault.detail;
    return gone;
}

int PhotonDevice::control(const dfu::SetupPacket& setup, std::uint8_t* stage) {
    if (dark_) return gone;
    const bool fails_now = requests_ == power_fails_at_request;
    if (fails_now && cut_behind == CutBehind::Nothing) return dark_ = true, gone;
    try {
        const int length = answer(setup, stage);
        dark_ = fails_now;
        return dark_ ? gone : length;
    } catch (const PowerLost&) {
        dark_ = true;
        return gone;
    }
}

int PhotonDevice::answer(const dfu::SetupPacket& setup, std::uint8_t* stage) {
    last_milliseconds_ = 0;
    if (gone_) return gone;
    if (hung_) return silent;
    ++requests_;
    if (table_kind == TableKind::Wiced && !table_.looked_up) table_ = {.looked_up = true, .code = dct_code_for_dfu(flash), .stale = false, .renews = false};
    const bool is_dfu = (setup.request_type & 0x60) == 0x20;
    const bool is_upload = is_dfu && setup.request == 2 && setup.value >= 2;
    const std::uint32_t address = (setup.value - 2u) * transfer_size + pointer_;
    if (is_upload) ++uploads_;
    const Fault* fault = fault_for(is_upload);
    const bool before = fault && (fault->kind == Fault::Kind::Stall || fault->kind == Fault::Kind::Silence || fault->kind == Fault::Kind::Unplug);
    if (before) return spoil(*fault, 0, stage, address);
    const int length = is_dfu ? dfu_request(setup, stage) : (setup.request_type & 0x60) == 0x40 ? winusb(setup, stage) : standard(setup, stage);
    if (hung_) return silent;
    return fault && length >= 0 ? spoil(*fault, length, stage, address) : length;
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
        case 1:
            return download(setup, stage);
        case 2:
            return upload(setup, stage);
        case 3:
            return get_status(setup, stage);
        case 4:  // outside dfuERROR it makes one
            status_ = state_ == error ? 0 : 0x0E;
            set_state(state_ == error ? idle : error);
            return 0;
        case 5:
            return give({state_}, setup.length, stage);
        case 6:
            stop();
            return 0;
        default:
            return stalled;
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
    if (setup.value != 0 || setup.length != 5 || stage[0] != 0x21)
        trespass("DNLOAD of block " + std::to_string(setup.value) + ", first byte " + std::to_string(stage[0]));
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
    if (requests_ - 1 == power_fails_at_request && cut_behind == CutBehind::DataStage) throw PowerLost();
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

}  // namespace photopsy::test
