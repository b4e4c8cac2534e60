#pragma once
// Whole numbers of any size, for the algebra of RSA keys. Values may be secret: they are wiped when they go, and never printed.
#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace photopsy {

class Number {
public:
    Number() : Number(std::uint64_t{0}) {}
    Number(std::uint64_t value);
    /// Big-endian, any length; empty is 0.
    explicit Number(ByteView big_endian);
    Number(const Number&);
    Number(Number&&) noexcept;
    Number& operator=(const Number&);
    Number& operator=(Number&&) noexcept;
    ~Number();

    bool is_zero() const;
    bool is_odd() const;
    bool negative() const;
    int bits() const;  ///< of the absolute value; 0 for 0
    bool bit(int index) const;
    /// Big-endian, zero-padded to `width` bytes; the low bytes only where the value needs more.
    std::vector<std::uint8_t> bytes(std::size_t width) const;
    std::uint64_t low_word() const;  ///< the value modulo 2^64
    /// Remainder by a small divisor (not 0), without making a Number.
    std::uint64_t remainder(std::uint64_t divisor) const;

    friend Number operator+(const Number&, const Number&);
    friend Number operator-(const Number&, const Number&);
    friend Number operator*(const Number&, const Number&);
    friend Number operator/(const Number&, const Number&);  ///< truncated; 0 for a divisor of 0
    friend Number operator%(const Number&, const Number&);  ///< in [0, |divisor|); 0 for a divisor of 0
    friend Number operator<<(const Number&, int);
    friend Number operator>>(const Number&, int);
    friend bool operator==(const Number& a, const Number& b) { return compare(a, b) == 0; }
    friend bool operator<(const Number& a, const Number& b) { return compare(a, b) < 0; }
    friend bool operator<=(const Number& a, const Number& b) { return compare(a, b) <= 0; }
    friend bool operator>(const Number& a, const Number& b) { return compare(a, b) > 0; }
    friend bool operator>=(const Number& a, const Number& b) { return compare(a, b) >= 0; }

private:
    friend Number power(const Number&, const Number&, const Number&);
    friend Number gcd(const Number&, const Number&);
    friend std::optional<Number> inverse(const Number&, const Number&);
    static int compare(const Number&, const Number&);
    void* value_ = nullptr;  ///< the library's number; wiped on release
};

/// base^exponent mod modulus. 0 where the modulus is not odd and above 1, or the exponent is negative.
Number power(const Number& base, const Number& exponent, const Number& modulus);
Number gcd(const Number&, const Number&);
/// Nothing where the two are not coprime or the modulus is below 2.
std::optional<Number> inverse(const Number&, const Number& modulus);
/// Largest whole number whose square is not above the (non-negative) value.
Number square_root(const Number&);
/// Miller-Rabin with bases drawn from the number's own SHA-256: the same answer every time. A composite passes with chance < 4^-rounds however it was
/// chosen; for random numbers of 512 bits 7 rounds are enough for 2^-100 (FIPS 186-4, table C.3).
bool is_prime(const Number&, int rounds = 24);
/// The divisors (1 among them) of a number other than 0 that are below the limit, in no order. The limit is at most 2^17.
std::vector<std::uint64_t> divisors_below(const Number&, std::uint64_t limit);
/// The number is odd and no prime below 2^16 divides it.
bool has_no_small_factor(const Number&);

}  // namespace photopsy
