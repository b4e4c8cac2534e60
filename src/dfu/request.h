#pragma once
// Everything photopsy can say to a device in DFU mode. There is no eighth request: a Request has no other way to come into being and carries no
// bytes of its own, so nothing here can erase, program, leave DFU mode or reset. The only DNLOAD is "set address pointer" (block 0, 0x21 + address).
// Source of the requests: DFU 1.1, DfuSe (UM0424); platform/MCU/STM32F2xx/STM32_USB_Device_Driver/src/usbd_dfu_core.c@v0.7.0.
#include "base/bytes.h"

#include <array>

namespace photopsy::dfu {

enum class Ask : std::uint8_t { Select, State, Status, ClearStatus, Abort, SetAddress, Upload };

class Request {
public:
    /// SET_INTERFACE: which of the device's flashes the requests that follow are about. 0 is the internal one.
    static Request select(std::uint8_t alternate) { return Request(Ask::Select, 0, alternate); }
    static Request state() { return Request(Ask::State); }    ///< GETSTATE: tells the state and changes nothing
    static Request status() { return Request(Ask::Status); }  ///< GETSTATUS: also carries out a pending DNLOAD
    static Request clear_status() { return Request(Ask::ClearStatus); }
    static Request abort() { return Request(Ask::Abort); }
    static Request set_address(Address address) { return Request(Ask::SetAddress, address); }
    /// UPLOAD of `length` bytes as block number `block` (2 is the first: 0 and 1 have other meanings).
    static Request upload(std::uint16_t block, std::uint16_t length) { return Request(Ask::Upload, 0, block, length); }

    Ask ask() const { return ask_; }
    Address address() const { return address_; }
    std::uint16_t block() const { return block_; }
    std::uint8_t alternate() const { return static_cast<std::uint8_t>(block_); }
    std::uint16_t length() const { return length_; }

private:
    explicit Request(Ask ask, Address address = 0, std::uint16_t block = 0, std::uint16_t length = 0)
        : ask_(ask), block_(block), length_(length), address_(address) {}
    Ask ask_;
    std::uint16_t block_, length_;  ///< block_ of a Select: the alternate setting
    Address address_;
};

/// The eight bytes of a control transfer's setup stage.
struct SetupPacket {
    std::uint8_t request_type = 0, request = 0;
    std::uint16_t value = 0, index = 0, length = 0;
};

/// How a request stands on the wire, for the DFU interface number `interface`.
SetupPacket setup_packet(const Request& request, std::uint8_t interface);

/// The bytes that set_address sends (all other requests send none).
std::array<std::uint8_t, 5> address_payload(const Request& request);

/// String descriptors that may be asked for. The bootloader reads past its table for 8..15 (usbd_dfu_core.c@v0.7.0:1055).
constexpr bool string_is_safe_to_ask(std::uint8_t index) { return index >= 1 && index <= 7; }

/// What became of a control transfer.
enum class TransferResult : std::uint8_t { Done, Stalled, TimedOut, Broken, Gone };

struct Answer {
    TransferResult result = TransferResult::Done;
    ByteView bytes;  ///< data stage of IN transfers; borrowed until the next transfer
};

}  // namespace photopsy::dfu
