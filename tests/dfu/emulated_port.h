#pragma once
// The emulated device as a Port: what libusb would say, without libusb. Time does not pass.
#include "dfu/photon_device.h"
#include "dfu/port.h"

namespace photopsy::test {

class EmulatedPort : public dfu::Port {
public:
    explicit EmulatedPort(PhotonDevice& device) : device_(device) {}

    dfu::Answer transfer(const dfu::Request& request, std::uint32_t) override {
        const dfu::SetupPacket setup = dfu::setup_packet(request, 0);
        stage_.assign(65536, 0);
        if (request.ask() == dfu::Ask::SetAddress) {
            const auto payload = dfu::address_payload(request);
            std::copy(payload.begin(), payload.end(), stage_.begin());
        }
        const int length = device_.control(setup, stage_.data());
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
    dfu::Trouble reconnect() override {
        if (before_return) before_return();
        for (int tries = 0; tries < 5; ++tries)
            if (device_.plug_in_again()) return dfu::Trouble::None;
        return dfu::Trouble::Gone;
    }
    std::function<void()> before_return;  ///< what happens while the device is away: it may come back as another
    void wait(std::uint32_t milliseconds) override { waited_ += milliseconds; }
    std::uint64_t waited() const { return waited_; }

private:
    PhotonDevice& device_;
    std::vector<std::uint8_t> stage_;
    std::uint64_t waited_ = 0;
};

}  // namespace photopsy::test
