#include "dfu/descriptors.h"

#include <algorithm>

namespace photopsy::dfu {
namespace {

constexpr std::uint8_t configuration_type = 2, string_type = 3, interface_type = 4, functional_type = 0x21;
constexpr std::uint8_t application_specific_class = 0xFE, dfu_subclass = 1;

bool is_dfu(ByteView descriptor) { return descriptor.size() >= 9 && descriptor[5] == application_specific_class && descriptor[6] == dfu_subclass; }

void read_functional(ByteView descriptor, DfuInterface& found) {
    if (descriptor.size() < 7 || found.has_functional_descriptor) return;
    found.has_functional_descriptor = true;
    found.can_upload = (descriptor[2] & 2) != 0;
    found.transfer_size = little_endian<std::uint16_t>(descriptor.subspan(5));
    // DFU 1.0 descriptors are 7 bytes long and end before bcdDFUVersion.
    found.dfu_version = descriptor.size() >= 9 ? little_endian<std::uint16_t>(descriptor.subspan(7)) : 0x0100;
}

}  // namespace

std::optional<DfuInterface> parse_configuration(ByteView bytes) {
    if (bytes.size() < 9 || bytes[0] < 9 || bytes[1] != configuration_type) return std::nullopt;
    bytes = bytes.first(std::min<std::size_t>(bytes.size(), little_endian<std::uint16_t>(bytes.subspan(2))));
    std::optional<DfuInterface> found;
    bool inside = false;  // behind an alternate setting of the interface found
    while (!bytes.empty()) {
        const std::size_t length = bytes[0];
        if (length < 2 || length > bytes.size()) return std::nullopt;
        const ByteView descriptor = bytes.first(length);
        bytes = bytes.subspan(length);
        if (descriptor[1] == interface_type) {
            inside = is_dfu(descriptor) && (!found || found->number == descriptor[2]);
            if (!inside) continue;
            if (!found) found = DfuInterface{.number = descriptor[2], .in_dfu_mode = descriptor[7] == 2};
            found->alternates.push_back({descriptor[3], descriptor[8]});
        } else if (descriptor[1] == functional_type && inside) {
            read_functional(descriptor, *found);
        }
    }
    return found;
}

std::string text_of_string_descriptor(ByteView bytes) {
    if (bytes.size() < 2 || bytes[1] != string_type) return {};
    const std::size_t length = std::min<std::size_t>(bytes[0], bytes.size());
    std::string text;
    for (std::size_t i = 2; i + 1 < length; i += 2) {
        const std::uint16_t unit = little_endian<std::uint16_t>(bytes.subspan(i));
        text += unit >= 0x20 && unit < 0x7F ? static_cast<char>(unit) : '?';
    }
    return text;
}

}  // namespace photopsy::dfu
