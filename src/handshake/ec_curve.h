#pragma once
// The curve P-256 (prime256v1, secp256r1; SEC 2, section 2.4.2), on which the UDP keys of a device lie. Private numbers are wiped when they go, and never
// printed.
#include "base/bytes.h"

#include <array>
#include <optional>
#include <vector>

namespace photopsy {

inline constexpr std::size_t ec_number_size = 32;

/// X and Y, 32 bytes each, big-endian. Public.
using EcPoint = std::array<std::uint8_t, 2 * ec_number_size>;

/// A private number, 32 bytes big-endian. Any value; is_scalar() says whether it can be a key.
class EcScalar {
public:
    EcScalar() = default;
    /// The number in `big_endian`, its low 32 bytes where it is longer.
    explicit EcScalar(ByteView big_endian);
    EcScalar(const EcScalar&) = default;
    EcScalar& operator=(const EcScalar&) = default;
    ~EcScalar();

    ByteView bytes() const { return bytes_; }
    bool operator==(const EcScalar& other) const = default;

private:
    std::array<std::uint8_t, ec_number_size> bytes_{};
};

/// 1 <= d < n, the order of the curve.
bool is_scalar(const EcScalar&);
/// d·G; nothing where `d` cannot be a key.
std::optional<EcPoint> point_of(const EcScalar& d);
/// Both coordinates are below the field's prime and satisfy the curve's equation.
bool on_curve(const EcPoint&);
/// The two points with this X (32 bytes); empty where there are none.
std::vector<EcPoint> points_with(ByteView x);

/// The private number of `point`, where it differs from `damaged` in the bits of one byte only; tries all 32 * 255 of them. Nothing where none is.
std::optional<EcScalar> scalar_near(const EcScalar& damaged, const EcPoint& point);

/// Proof by use: a signature (ECDSA with SHA-256) made with `d` is verified with `point`.
bool signs_for(const EcScalar& d, const EcPoint& point);

/// In how many of the 512 bits both differ. Two unrelated points: in about 256.
unsigned bits_apart(const EcPoint&, const EcPoint&);

}  // namespace photopsy
