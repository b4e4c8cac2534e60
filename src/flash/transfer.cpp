#include "flash/transfer.h"

namespace photopsy {

namespace {

/// A byte, and what stands before each of it since the transfer.
struct AddedByte {
    std::uint8_t added, before;
    std::string_view words;
};

constexpr AddedByte transfers[] = {
    {'\r', '\n', "a transfer in text mode put a byte 0x0d before each 0x0a"},
    {0xFF, 0xFF, "a transfer over a terminal connection (telnet) wrote each byte 0xff twice"},
};

std::vector<std::uint8_t> without(const AddedByte& transfer, ByteView file, std::size_t flash_size) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(flash_size);
    for (std::size_t i = 0; i < file.size() && bytes.size() < flash_size; ++i) {
        const bool pair = i + 1 < file.size() && file[i] == transfer.added && file[i + 1] == transfer.before;
        if (!pair && file[i] == transfer.before) return {};
        bytes.push_back(file[pair ? ++i : i]);
        if (bytes.size() == flash_size && i + 1 < file.size()) return {};
    }
    return bytes.size() == flash_size ? bytes : std::vector<std::uint8_t>{};
}

}  // namespace

UndoneTransfer undo_transfer(ByteView file, std::size_t flash_size) {
    if (file.size() <= flash_size || file.size() > 2 * flash_size) return {};
    for (const auto& transfer : transfers)
        if (auto bytes = without(transfer, file, flash_size); !bytes.empty()) return {std::move(bytes), transfer.words};
    return {};
}

}  // namespace photopsy
