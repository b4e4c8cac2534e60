#pragma once
// The states of a DFU device and the answer to GETSTATUS (DFU 1.1, 6.1.2).
#include "base/bytes.h"

#include <optional>
#include <string_view>

namespace photopsy::dfu {

enum class State : std::uint8_t {
    Idle = 2,
    DownloadSync = 3,
    DownloadBusy = 4,
    DownloadIdle = 5,
    ManifestSync = 6,
    Manifest = 7,
    ManifestWaitReset = 8,
    UploadIdle = 9,
    Error = 10,
    // any other number can arrive too: the Particle bootloader stores 15 after an UPLOAD of block 1
};

struct Status {
    std::uint8_t status = 0;  ///< 0 OK
    std::uint32_t poll_ms = 0;
    State state = State::Idle;
};

/// Six bytes of GETSTATUS. Nothing where there are not exactly six.
std::optional<Status> parse_status(ByteView bytes);

std::string_view state_name(State state);  ///< "dfuIDLE"; "an unknown state" for the rest

}  // namespace photopsy::dfu
