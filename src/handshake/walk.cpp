#include "handshake/walk.h"

namespace photopsy {

KeyWalk walk_device_key(ByteView slot) {
    constexpr std::array<std::uint16_t, 7> step_behind = {135, 129, 65, 65, 65, 65, 0};  // value and the next tag; behind n also the exponent
    KeyWalk walk;
    std::uint16_t here = 9;
    for (std::size_t i = 0; i < walk.at.size(); ++i) {
        walk.length_octet[i] = here;
        const std::uint8_t octet = here < slot.size() ? slot[here] : std::uint8_t{0xFF};
        here = static_cast<std::uint16_t>(here + 1 + (octet & 1));
        walk.at[i] = here;
        here = static_cast<std::uint16_t>(here + step_behind[i]);
    }
    return walk;
}

}  // namespace photopsy
