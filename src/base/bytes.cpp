#include "base/bytes.h"

#include <algorithm>
#include <cstring>

namespace photopsy {

bool all_equal(ByteView bytes, std::uint8_t value) {
    if (bytes.empty()) return true;
    return bytes[0] == value && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

std::size_t common_prefix(ByteView a, ByteView b) {
    constexpr std::size_t at_once = 256;
    const auto count = std::min(a.size(), b.size());
    std::size_t same = 0;
    while (same + at_once <= count && std::memcmp(a.data() + same, b.data() + same, at_once) == 0) same += at_once;
    while (same < count && a[same] == b[same]) ++same;
    return same;
}

}  // namespace photopsy
