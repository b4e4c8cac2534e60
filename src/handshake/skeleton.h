#pragma once
// The bones of a PKCS#1 private key: where tags, length octets and numbers stand. Found even where some of them are damaged.
#include "handshake/rsa_key.h"
#include "handshake/walk.h"

#include <array>
#include <vector>

namespace photopsy {

struct Skeleton {
    IntegerLengths lengths = fixed_lengths;
    std::array<std::uint16_t, 7> value_at{};    ///< n d p q dP dQ qInv: first byte of the number, without zero bytes in front of its width
    std::array<std::uint16_t, 7> value_size{};  ///< at most component_widths
    std::uint16_t exponent_at = 0;
    std::vector<std::uint16_t> length_octets;  ///< offsets of every octet that tells a length, the outer ones included
    std::uint16_t extent = 0;                  ///< bytes in all
    unsigned mismatches = 0;                   ///< bone bytes of the slot that are not as they should be
};

Skeleton skeleton_of(const IntegerLengths&);

/// The skeleton of a 1024-bit key that fits the bytes best; the longest of several that fit alike. A slot without any key gives one with many
/// mismatches.
Skeleton find_skeleton(ByteView slot);

/// The numbers as they stand in the slot under a skeleton; e from its place.
RsaKey read_numbers(ByteView slot, const Skeleton&);

}  // namespace photopsy
