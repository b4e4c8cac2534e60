#pragma once
// The frame of an EC private key: the octets around its number and its point, found even where some of them are damaged.
#include "handshake/ec_walk.h"

#include <vector>

namespace photopsy {

/// One way to write a P-256 key. Firmware up to 2.0.2 writes the number as short as its sign bit allows (33 octets for every second key, 32, seldom fewer),
/// later firmware and OpenSSL always 32 (communication/src/eckeygen.cpp@v0.6.4, measured).
struct EcFrame {
    std::uint16_t number_at = 7, number_size = 0;  ///< without the zero in front of a number of 33 octets
    std::uint16_t point_at = 0;                    ///< X of the public half; 0 where there is none
    std::uint16_t extent = 0;                      ///< bytes in all
    unsigned wrong_bits = 0, seen_bits = 0;        ///< of the frame's own octets

    bool has_point() const { return point_at != 0; }
};

EcFrame ec_frame_of(std::size_t number_octets, bool with_point);
/// The whole key in that form. The number must fit.
std::vector<std::uint8_t> encode_in(const EcFrame&, const EcKey&);
/// Offsets of the frame's own octets, ascending: all that is neither number nor point.
std::vector<std::uint16_t> own_octets(const EcFrame&);

/// The frame that fits the first `content` bytes of the slot (192 bytes) best; nothing where none does.
std::optional<EcFrame> find_ec_frame(ByteView slot, std::size_t content);

/// Where the trailing run of one repeated FF or 00 begins; the size where there is none of at least four.
std::size_t end_of_ec_content(ByteView slot);

}  // namespace photopsy
