#include "dfu/status.h"

namespace photopsy::dfu {

std::optional<Status> parse_status(ByteView bytes) {
    if (bytes.size() != 6) return std::nullopt;
    const std::uint32_t poll = bytes[1] | static_cast<std::uint32_t>(bytes[2]) << 8 | static_cast<std::uint32_t>(bytes[3]) << 16;
    return Status{bytes[0], poll, static_cast<State>(bytes[4])};
}

std::string_view state_name(State state) {
    switch (state) {
        case State::Idle:
            return "dfuIDLE";
        case State::DownloadSync:
            return "dfuDNLOAD-SYNC";
        case State::DownloadBusy:
            return "dfuDNBUSY";
        case State::DownloadIdle:
            return "dfuDNLOAD-IDLE";
        case State::ManifestSync:
            return "dfuMANIFEST-SYNC";
        case State::Manifest:
            return "dfuMANIFEST";
        case State::ManifestWaitReset:
            return "dfuMANIFEST-WAIT-RESET";
        case State::UploadIdle:
            return "dfuUPLOAD-IDLE";
        case State::Error:
            return "dfuERROR";
    }
    return "an unknown state";
}

}  // namespace photopsy::dfu
