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

std::vector<std::uint8_t> without_to_the_end(const AddedByte& transfer, ByteView file) {
    constexpr std::size_t many = 256;
    std::vector<std::uint8_t> bytes;
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < file.size(); ++i) {
        const bool last = i + 1 == file.size(), pair = !last && file[i] == transfer.added && file[i + 1] == transfer.before;
        if (!pair && !last && file[i] == transfer.before) return {};
        bytes.push_back(file[pair ? ++i : i]);
        pairs += pair;
    }
    return pairs >= many ? bytes : std::vector<std::uint8_t>{};
}

}  // namespace

UndoneTransfer undo_transfer(ByteView file, std::size_t flash_size) {
    if (file.size() <= flash_size || file.size() > 2 * flash_size) return {};
    for (const auto& transfer : transfers)
        if (auto bytes = without(transfer, file, flash_size); !bytes.empty()) return {std::move(bytes), transfer.words};
    return {};
}

UndoneTransfer undo_cut_transfer(ByteView file, std::size_t flash_size) {
    for (const auto& transfer : transfers)
        if (auto bytes = without_to_the_end(transfer, file); !bytes.empty() && bytes.size() < flash_size) return {std::move(bytes), transfer.words};
    return {};
}

}  // namespace photopsy
