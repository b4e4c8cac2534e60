#include "base/digest.h"

#include <libdeflate.h>

namespace photopsy {

std::uint32_t crc32(ByteView bytes, std::uint32_t start) {
    return libdeflate_crc32(start, bytes.data() ? bytes.data() : reinterpret_cast<const std::uint8_t*>(""), bytes.size());
}

}  // namespace photopsy
