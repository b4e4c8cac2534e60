#include "page/transfer.h"

#include "dfu/external_rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::page {

void put_setup(const dfu::SetupPacket& setup, ByteView payload, PageStep& step) {
    step.request_type = setup.request_type;
    step.request = setup.request;
    step.value = setup.value;
    step.index = setup.index;
    step.length = setup.length;
    step.payload = payload.data();
    step.payload_size = static_cast<std::uint32_t>(payload.size());
}

void put_request(const dfu::Request& request, std::uint8_t interface, PageStep& step, std::vector<std::uint8_t>& payload) {
    payload.clear();
    if (request.ask() == dfu::Ask::SetAddress) {
        const auto address = dfu::address_payload(request);
        payload.assign(address.begin(), address.end());
    }
    put_setup(dfu::setup_packet(request, interface), payload, step);
}

bool is_set_interface(const PageStep& step) { return step.request_type == 0x01 && step.request == 11; }

dfu::TransferResult transfer_result(std::uint32_t number) {
    return static_cast<dfu::TransferResult>(std::min(number, static_cast<std::uint32_t>(dfu::TransferResult::Gone)));
}

dfu::Trouble trouble_numbered(std::uint32_t number) {
    return static_cast<dfu::Trouble>(std::min(number, static_cast<std::uint32_t>(dfu::Trouble::OtherDeviceOrFlash)));
}

std::string map_of(std::string_view maps, unsigned alternate) {
    const auto begin = fmt::format("{}\t", alternate);
    while (!maps.empty()) {
        const auto line = maps.substr(0, maps.find('\n'));
        if (line.starts_with(begin)) return std::string(line.substr(begin.size()));
        maps.remove_prefix(std::min(maps.size(), line.size() + 1));
    }
    return "";
}

std::optional<dfu::BlockRule> second_flash_rule(const dfu::DfuInterface& told, const Layout& layout, std::string_view maps) {
    return dfu::external_rule(told, layout, [&](std::uint8_t index) {
        for (const auto& alternate : told.alternates)
            if (alternate.name_index == index) return map_of(maps, alternate.number);
        return std::string();
    });
}

}  // namespace photopsy::page
