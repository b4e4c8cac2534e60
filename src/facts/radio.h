#pragma once
// The firmware of the Wi-Fi chip, which lies inside system part 1 and is sent to the chip at each start. Plain up to 0.7.0, one raw deflate stream from
// 0.8 on. Format: docs/formats/module.md, "Wi-Fi firmware".
#include "facts/modules.h"

namespace photopsy {

struct RadioFirmware {
    enum class State {
        NotFound,    ///< no record of it in the module, or the module is not in the file
        NotChecked,  ///< found, and not looked into (the module is whole, or a plain image without visible damage)
        Unpacks,     ///< the stream gives as many bytes as its record says; single bytes may still be wrong
        Damaged      ///< the stream breaks off or gives another length, or a piece of the plain image is gone
    } state = State::NotFound;
    Range at;                    ///< the bytes in flash
    Range record_at;             ///< the record that tells their size and place
    bool compressed = false;     ///< a system before 0.8 cannot use it then
    std::uint32_t size = 0;      ///< bytes that the chip is to get
    std::uint32_t unpacked = 0;  ///< bytes that the stream gives; only where the state is Unpacks or Damaged
};

/// Finds the record {size, address[, packed size]} in the module's words: it fits nothing else there (measured over all released parts 1 of Photon and
/// P1). Unpacks only where the module's checksum is bad. Total; never more than 1 MiB is unpacked.
RadioFirmware read_radio_firmware(const Image&, const Module& part1);

/// How many bytes a raw deflate stream gives, if it ends within `packed` and gives at most `most`; nothing if it is broken. (radio_libdeflate.cpp)
std::optional<std::uint32_t> inflated_size(ByteView packed, std::uint32_t most);

}  // namespace photopsy
