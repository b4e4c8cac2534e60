// File formats that hold a flash image: DFU suffix (USB DFU 1.1, appendix B), DfuSe (ST UM0391), Intel HEX.
#include "base/digest.h"
#include "support/sample/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;

void add(Bytes& to, std::string_view text, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) to.push_back(i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0});
}
void add_little(Bytes& to, std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void add_record(std::string& text, std::uint8_t kind, std::uint16_t offset, ByteView content) {
    unsigned sum = static_cast<unsigned>(content.size()) + (offset >> 8) + (offset & 0xFFu) + kind;
    text += fmt::format(":{:02X}{:04X}{:02X}", content.size(), offset, kind);
    for (const auto value : content) {
        constexpr std::string_view digits = "0123456789ABCDEF";
        text += {digits[value >> 4], digits[value & 15]};
        sum += value;
    }
    text += fmt::format("{:02X}\n", (0x100 - sum % 0x100) % 0x100);
}

}  // namespace

void add_dfu_suffix(Bytes& file, std::uint16_t vendor, std::uint16_t product, std::uint16_t format) {
    add_little(file, 0xFFFF, 2);  // device release: any
    add_little(file, product, 2);
    add_little(file, vendor, 2);
    add_little(file, format, 2);
    add(file, "UFD", 3);
    file.push_back(16);
    add_little(file, crc32(file) ^ 0xFFFFFFFFu, 4);  // without the final inversion
}

Bytes dfuse(ByteView file, Address base, std::uint32_t block, std::uint16_t vendor, std::uint16_t product) {
    Bytes elements;
    std::uint32_t count = 0;
    for (std::size_t at = 0; at < file.size(); at += block, ++count) {
        const auto part = file.subspan(at, std::min<std::size_t>(block, file.size() - at));
        add_little(elements, base + static_cast<Address>(at), 4);
        add_little(elements, static_cast<std::uint32_t>(part.size()), 4);
        elements.insert(elements.end(), part.begin(), part.end());
    }
    Bytes result;
    add(result, "DfuSe\x01", 6);
    add_little(result, static_cast<std::uint32_t>(11 + 274 + elements.size()), 4);
    result.push_back(1);
    add(result, "Target", 6);
    result.push_back(0);
    add_little(result, 0, 4);
    add(result, "", 255);
    add_little(result, static_cast<std::uint32_t>(elements.size()), 4);
    add_little(result, count, 4);
    result.insert(result.end(), elements.begin(), elements.end());
    add_dfu_suffix(result, vendor, product, 0x011A);
    return result;
}

Bytes intel_hex(ByteView file, Address base) {
    std::string text;
    for (std::size_t at = 0; at < file.size(); at += 16) {
        const Address here = base + static_cast<Address>(at);
        const std::uint8_t upper[2] = {static_cast<std::uint8_t>(here >> 24), static_cast<std::uint8_t>(here >> 16)};
        if (at == 0 || (here & 0xFFFF) == 0) add_record(text, 4, 0, upper);
        add_record(text, 0, static_cast<std::uint16_t>(here), file.subspan(at, std::min<std::size_t>(16, file.size() - at)));
    }
    add_record(text, 1, 0, {});
    return Bytes(text.begin(), text.end());
}

}  // namespace photopsy::sample
