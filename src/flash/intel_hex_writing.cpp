#include "flash/intel_hex.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace photopsy {

namespace {

constexpr std::uint32_t row_size = 16;
constexpr std::uint8_t data_record = 0, end_record = 1, upper_half = 4;

void add_record(std::vector<std::uint8_t>& text, std::uint16_t offset, std::uint8_t type, ByteView data) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::vector<std::uint8_t> bytes = {static_cast<std::uint8_t>(data.size()), static_cast<std::uint8_t>(offset >> 8), static_cast<std::uint8_t>(offset), type};
    bytes.insert(bytes.end(), data.begin(), data.end());
    std::uint8_t sum = 0;
    for (const auto byte : bytes) sum = static_cast<std::uint8_t>(sum + byte);
    bytes.push_back(static_cast<std::uint8_t>(-sum));
    text.push_back(':');
    for (const auto byte : bytes) text.insert(text.end(), {static_cast<std::uint8_t>(digits[byte >> 4]), static_cast<std::uint8_t>(digits[byte & 15])});
    text.push_back('\n');
}

}  // namespace

std::vector<std::uint8_t> intel_hex_of(std::span<const Piece> pieces) {
    std::vector<std::uint8_t> text;
    std::uint32_t upper = 0;
    for (const auto& piece : pieces)
        for (std::size_t done = 0; done < piece.bytes.size();) {
            const Address at = piece.at + static_cast<Address>(done);
            if (at >> 16 != upper) {
                upper = at >> 16;
                const std::array<std::uint8_t, 2> half = {static_cast<std::uint8_t>(upper >> 8), static_cast<std::uint8_t>(upper)};
                add_record(text, 0, upper_half, half);
            }
            const auto count = std::min<std::size_t>(row_size - at % row_size, piece.bytes.size() - done);
            add_record(text, static_cast<std::uint16_t>(at), data_record, piece.bytes.subspan(done, count));
            done += count;
        }
    add_record(text, 0, end_record, {});
    return text;
}

}  // namespace photopsy
