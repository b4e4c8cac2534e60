#include "dfu/request.h"

namespace photopsy::dfu {

SetupPacket setup_packet(const Request& request, std::uint8_t interface) {
    constexpr std::uint8_t to_device = 0x21, from_device = 0xA1;
    switch (request.ask()) {
        case Ask::Select:
            return {0x01, 11, request.alternate(), interface, 0};
        case Ask::State:
            return {from_device, 5, 0, interface, 1};
        case Ask::Status:
            return {from_device, 3, 0, interface, 6};
        case Ask::ClearStatus:
            return {to_device, 4, 0, interface, 0};
        case Ask::SetAddress:
            return {to_device, 1, 0, interface, 5};
        case Ask::Upload:
            return {from_device, 2, request.block(), interface, request.length()};
        case Ask::Abort:
            break;
    }
    return {to_device, 6, 0, interface, 0};
}

std::array<std::uint8_t, 5> address_payload(const Request& request) {
    const Address at = request.address();
    const auto byte = [&](int shift) { return static_cast<std::uint8_t>(at >> shift); };
    return {0x21, byte(0), byte(8), byte(16), byte(24)};
}

}  // namespace photopsy::dfu
