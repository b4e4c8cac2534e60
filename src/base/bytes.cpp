#include "base/bytes.h"

#include <algorithm>
#include <cstring>

namespace photopsy {

bool all_equal(ByteView bytes, std::uint8_t value) {
    if (bytes.empty()) return true;
    return bytes[0] == value && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

std::size_t common_prefix(ByteView a, ByteView b) {
    const auto count = std::min(a.size(), b.size());
    return static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(count), b.begin()).first - a.begin());
}

}  // namespace photopsy
