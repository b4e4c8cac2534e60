#include "dfu/nor_flash.h"

#include <algorithm>

namespace photopsy::test {

std::uint8_t NorFlash::draw() {
    chance = chance * 1664525 + 1013904223;
    return static_cast<std::uint8_t>(chance >> 24);
}

bool NorFlash::is_cut(const FlashOperation& operation) {
    if (before_operation) before_operation(*this, operation);
    return operations++ == cut_at;
}

/// Cut, the front of the sector is erased, the rest as it was, and a stretch between them neither.
void NorFlash::erase(std::uint32_t offset, std::uint32_t size) {
    const bool cut = is_cut({FlashOperation::Kind::Erase, offset, size});
    ++erases[offset];
    if (!cut) {
        std::fill_n(bytes.begin() + offset, size, std::uint8_t{0xFF});
        return;
    }
    const std::uint32_t done = size / 100 * cut_share, between = cut_share == 0 ? 0 : std::min(size - done, size / 16);
    std::fill_n(bytes.begin() + offset, done, std::uint8_t{0xFF});
    for (std::uint32_t i = 0; i < between; ++i) bytes[offset + done + i] |= draw();
    throw PowerLost();
}

void NorFlash::program_byte(std::uint32_t offset, std::uint8_t value) {
    std::uint8_t& cell = bytes[offset];
    const auto dead = stuck.empty() ? stuck.end() : stuck.find(offset);
    const auto held = static_cast<std::uint8_t>(dead == stuck.end() ? 0 : cell & dead->second);
    cell = static_cast<std::uint8_t>((cell & value) | held);
}

void NorFlash::rewrite_option_bytes() {
    const bool cut = is_cut({FlashOperation::Kind::OptionBytes});
    ++option_bytes_written;
    if (cut) throw PowerLost();
}

bool NorFlash::program(std::uint32_t offset, ByteView data, Unit unit) {
    if (offset > bytes.size() || data.size() > bytes.size() - offset) return false;
    const auto step = static_cast<std::size_t>(unit);
    for (std::size_t i = 0; i < data.size(); i += step) {
        const std::size_t end = std::min(i + step, data.size());
        if (takes_erased_cells_only && !all_erased(ByteView(bytes).subspan(offset + i, end - i))) continue;
        const bool cut = is_cut({FlashOperation::Kind::Program, offset + static_cast<std::uint32_t>(i), 0, data.subspan(i, end - i)});
        for (std::size_t at = i; at < end; ++at)
            program_byte(offset + static_cast<std::uint32_t>(at), static_cast<std::uint8_t>(cut && cut_share < 100 ? data[at] | draw() : data[at]));
        if (cut) throw PowerLost();
    }
    return std::equal(data.begin(), data.end(), bytes.begin() + offset);
}

std::uint32_t NorFlash::word(std::uint32_t offset) const {
    if (offset + 4 > bytes.size()) return 0xFFFFFFFF;
    return little_endian<std::uint32_t>(ByteView(bytes).subspan(offset));
}

}  // namespace photopsy::test
