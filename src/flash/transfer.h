#pragma once
// Bytes that a transfer put between those of the flash.
#include "base/bytes.h"

#include <string_view>
#include <vector>

namespace photopsy {

struct UndoneTransfer {
    std::vector<std::uint8_t> bytes;  ///< as many as the flash has; none where nothing was undone
    std::string_view words;           ///< "a transfer in text mode put a byte 0x0d before each 0x0a"
};

/// Takes out what one of the transfers that add bytes added to `file`, where that leaves exactly `flash_size` bytes and the transfer left no place out: 0D
/// before each 0A (text mode), FF written twice each time (a telnet connection without binary mode: RFC 854, "IAC").
UndoneTransfer undo_transfer(ByteView file, std::size_t flash_size);

/// The same of a file that was cut off behind the transfer, so that less than a flash is left: the transfer left no place out, and added many bytes. A text
/// does that as well: whether the bytes that are left are a flash, what stands in them must tell.
UndoneTransfer undo_cut_transfer(ByteView file, std::size_t flash_size);

}  // namespace photopsy
