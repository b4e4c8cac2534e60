#include "facts/unread_bytes.h"

namespace photopsy {

namespace {

constexpr std::uint32_t usual_suffix = 36, suffix_of_product = 42, checksum_size = 4;

Range last_bytes(const Module& module) {
    const auto stated = std::uint32_t{module.suffix_size.value};
    const auto suffix = stated >= usual_suffix && stated <= suffix_of_product ? stated : usual_suffix;
    return {module.at.end - suffix, module.at.end + checksum_size};
}

/// The word with the bit turned back is 0, as vectors are that no part has; the first two are the stack and the reset vector.
bool is_unused_vector(const Image& image, const Module& module, const Field<std::uint8_t>& bit) {
    const auto offset = bit.at.begin - module.at.begin;
    if (bit.at.begin < module.at.begin || bit.at.begin >= module.header_at) return false;
    if (offset < 4) return module.part > 1;
    const auto word = range_of(module.at.begin + offset / 4 * 4, 4);
    if (offset < 8 || !image.has(word)) return false;
    return little_endian<std::uint32_t>(image.bytes(word)) == std::uint32_t{1} << (offset % 4 * 8 + bit.value);
}

}  // namespace

bool is_hit_where_nothing_runs(const Image& image, const Module& module) {
    if (module.part == 0 || module.integrity != Integrity::Bad || !module.present() || module.at.size() < suffix_of_product) return false;
    if (module.sha256_good == true) return true;
    const auto& bit = module.damage.flipped_bit;
    return bit && (last_bytes(module).contains(bit->at.begin) || is_unused_vector(image, module, *bit));
}

}  // namespace photopsy
