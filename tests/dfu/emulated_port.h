#pragma once
// The emulated device as a Port: what libusb would say, without libusb. Time does not pass.
#include "dfu/photon_device.h"
#include "dfu/write_port.h"

namespace photopsy::test {

class EmulatedPort : public dfu::WritePort {
public:
    explicit EmulatedPort(PhotonDevice& device) : device_(device) {}

    dfu::Answer transfer(const dfu::Request& request, std::uint32_t timeout_ms) override {
        std::vector<std::uint8_t> payload;
        if (request.ask() == dfu::Ask::SetAddress) {
            const auto address = dfu::address_payload(request);
            payload.assign(address.begin(), address.end());
        }
        return carry(dfu::setup_packet(request, 0), payload, timeout_ms);
    }
    dfu::Answer write(const dfu::WriteRequest& request, std::uint32_t timeout_ms) override {
        ++writes_;
        return carry(dfu::setup_packet(request, 0), request.payload(), timeout_ms);
    }
    dfu::Trouble reconnect() override {
        if (before_return) before_return();
        for (int tries = 0; tries < 5; ++tries)
            if (device_.has_power() && device_.plug_in_again()) return dfu::Trouble::None;
        return dfu::Trouble::Gone;
    }
    std::function<void()> before_return;  ///< what happens while the device is away: it may come back as another
    void wait(std::uint32_t milliseconds) override { waited_ += milliseconds; }
    std::uint64_t waited() const { return waited_; }
    long writes() const { return writes_; }

private:
    dfu::Answer carry(const dfu::SetupPacket& setup, ByteView payload, std::uint32_t timeout_ms) {
        stage_.resize(65536);
        std::copy(payload.begin(), payload.end(), stage_.begin());
        const int length = device_.control(setup, stage_.data());
        if (length >= 0 && device_.last_milliseconds() > timeout_ms) return {dfu::TransferResult::TimedOut, {}};  // and yet it was done
        switch (length) {
            case PhotonDevice::stalled:
                return {dfu::TransferResult::Stalled, {}};
            case PhotonDevice::silent:
                return {dfu::TransferResult::TimedOut, {}};
            case PhotonDevice::gone:
                return {dfu::TransferResult::Gone, {}};
            default:
                break;
        }
        if (length < 0) return {dfu::TransferResult::Broken, {}};
        const bool incoming = (setup.request_type & 0x80) != 0;
        return {dfu::TransferResult::Done, incoming ? ByteView(stage_).first(static_cast<std::size_t>(length)) : ByteView{}};
    }

    PhotonDevice& device_;
    std::vector<std::uint8_t> stage_;
    std::uint64_t waited_ = 0;
    long writes_ = 0;
};

}  // namespace photopsy::test
