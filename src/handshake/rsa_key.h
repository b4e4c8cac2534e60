#pragma once
// A whole RSA private key as numbers, and the forms in which it is written. Secret: nothing here is ever printed.
#include "handshake/number.h"

#include <array>
#include <optional>
#include <vector>

namespace photopsy {

struct RsaKey {
    Number n, e, d, p, q, dp, dq, qinv;
};

/// All numbers from two different odd primes. `d` is 1/e mod (p-1)(q-1), as tropicssl and mbedTLS 2.4 make it. Nothing where e has no inverse.
/// `likely_qinv` is taken where it is 1/q mod p: to try it costs a hundredth of calculating it.
std::optional<RsaKey> key_of_primes(const Number& p, const Number& q, const Number& e = Number(65537), const Number& likely_qinv = {});
/// 1/e mod lcm(p-1, q-1): the smaller d that OpenSSL 3 writes.
Number smallest_d(const RsaKey&);
/// p*q = n and dP, dQ, qInv as they must be; d is not looked at. With `primality` also that p and q are primes.
bool equations_hold(const RsaKey&);
bool is_proved(const RsaKey&);  ///< equations, primality, d, and one encryption and decryption there and back with the CRT numbers

/// Lengths of the contents of the nine INTEGERs, in the order of PKCS#1: version n e d p q dP dQ qInv.
using IntegerLengths = std::array<std::uint16_t, 9>;
inline constexpr int prime_bits = 512;                                                 ///< of each prime of a device key
inline constexpr IntegerLengths fixed_lengths = {1, 129, 3, 129, 65, 65, 65, 65, 65};  ///< what the firmware writes: 611 bytes

IntegerLengths minimal_lengths(const RsaKey&);
/// PKCS#1 RSAPrivateKey with the given lengths of contents. Each length must be enough for its number.
std::vector<std::uint8_t> encode_pkcs1(const RsaKey&, const IntegerLengths&);
/// What the firmware's generator up to 0.4.7 wrote: headers of full width, and behind them only the significant bytes of each number
/// (communication/src/dsakeygen.cpp@v0.4.0:38-57). The same as encode_for_device() where no number is short.
std::vector<std::uint8_t> encode_unpadded(const RsaKey&);
/// The lengths that the numbers really take up in it, zero byte in front included.
IntegerLengths unpadded_lengths(const RsaKey&);
/// The 611 bytes that the firmware itself writes for a 1024-bit key, always readable for it (communication/src/dsakeygen.cpp@v0.4.9).
inline std::vector<std::uint8_t> encode_for_device(const RsaKey& key) { return encode_pkcs1(key, fixed_lengths); }

}  // namespace photopsy
