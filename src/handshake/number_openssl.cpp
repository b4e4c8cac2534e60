#include "handshake/number.h"

#include <openssl/bn.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <array>

#include <cassert>
#include <memory>

namespace photopsy {

namespace {

BIGNUM* big(void* value) { return static_cast<BIGNUM*>(value); }

BIGNUM* made(BIGNUM* value) {
    assert(value && "out of memory");
    return value;
}

/// Scratch space of the library, one per thread. The library's configuration file is never read: the answer depends on nothing outside.
BN_CTX* scratch() {
    struct Release {
        void operator()(BN_CTX* context) const { BN_CTX_free(context); }
    };
    thread_local const std::unique_ptr<BN_CTX, Release> context = [] {
        OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
        return std::unique_ptr<BN_CTX, Release>(BN_CTX_new());
    }();
    return context.get();
}

}  // namespace

/// By bytes where a word of the library is 32 bits wide.
Number::Number(std::uint64_t value) : value_(made(BN_new())) {
    if (const auto word = static_cast<BN_ULONG>(value); word == value) {
        BN_set_word(big(value_), word);
        return;
    }
    std::array<std::uint8_t, sizeof value> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * (bytes.size() - 1 - i)));
    BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), big(value_));
}
Number::Number(ByteView big_endian) : value_(made(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr))) {}
Number::Number(const Number& other) : value_(made(BN_dup(big(other.value_)))) {}
Number::Number(Number&& other) noexcept : value_(other.value_) { other.value_ = nullptr; }
Number& Number::operator=(const Number& other) {
    if (this == &other) return *this;
    if (!value_) value_ = made(BN_new());
    BN_copy(big(value_), big(other.value_));
    return *this;
}
Number& Number::operator=(Number&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
}
Number::~Number() { BN_clear_free(big(value_)); }

bool Number::is_zero() const { return BN_is_zero(big(value_)); }
bool Number::is_odd() const { return BN_is_odd(big(value_)); }
bool Number::negative() const { return BN_is_negative(big(value_)); }
int Number::bits() const { return BN_num_bits(big(value_)); }
bool Number::bit(int index) const { return BN_is_bit_set(big(value_), index); }

std::vector<std::uint8_t> Number::bytes(std::size_t width) const {
    std::vector<std::uint8_t> all(static_cast<std::size_t>(BN_num_bytes(big(value_))));
    BN_bn2bin(big(value_), all.data());
    std::vector<std::uint8_t> out(width, 0);
    const std::size_t kept = all.size() < width ? all.size() : width;
    for (std::size_t i = 0; i < kept; ++i) out[width - 1 - i] = all[all.size() - 1 - i];
    OPENSSL_cleanse(all.data(), all.size());
    return out;
}

std::uint64_t Number::low_word() const { return big_endian<std::uint64_t>(bytes(8)); }
std::uint64_t Number::remainder(std::uint64_t divisor) const {
    const auto word = static_cast<BN_ULONG>(divisor);
    return word == divisor ? BN_mod_word(big(value_), word) : (*this % Number(divisor)).low_word();
}

int Number::compare(const Number& a, const Number& b) { return BN_cmp(big(a.value_), big(b.value_)); }

Number operator+(const Number& a, const Number& b) {
    Number sum;
    BN_add(big(sum.value_), big(a.value_), big(b.value_));
    return sum;
}
Number operator-(const Number& a, const Number& b) {
    Number difference;
    BN_sub(big(difference.value_), big(a.value_), big(b.value_));
    return difference;
}
Number operator*(const Number& a, const Number& b) {
    Number product;
    BN_mul(big(product.value_), big(a.value_), big(b.value_), scratch());
    return product;
}
Number operator/(const Number& a, const Number& b) {
    Number quotient;
    if (!b.is_zero()) BN_div(big(quotient.value_), nullptr, big(a.value_), big(b.value_), scratch());
    return quotient;
}
Number operator%(const Number& a, const Number& b) {
    Number rest;
    if (!b.is_zero()) BN_nnmod(big(rest.value_), big(a.value_), big(b.value_), scratch());
    return rest;
}
Number operator<<(const Number& a, int count) {
    Number shifted;
    BN_lshift(big(shifted.value_), big(a.value_), count);
    return shifted;
}
Number operator>>(const Number& a, int count) {
    Number shifted;
    BN_rshift(big(shifted.value_), big(a.value_), count);
    return shifted;
}

Number power(const Number& base, const Number& exponent, const Number& modulus) {
    Number result;
    if (!modulus.is_odd() || modulus.bits() < 2 || modulus.negative() || exponent.negative()) return result;
    const Number reduced = base % modulus;
    BN_mod_exp(big(result.value_), big(reduced.value_), big(exponent.value_), big(modulus.value_), scratch());
    return result;
}

Number gcd(const Number& a, const Number& b) {  // BN_gcd() takes constant time: three times as long
    Number larger = a, smaller = b;
    while (!BN_is_zero(big(smaller.value_))) {
        BN_nnmod(big(larger.value_), big(larger.value_), big(smaller.value_), scratch());
        std::swap(larger.value_, smaller.value_);
    }
    BN_set_negative(big(larger.value_), 0);
    return larger;
}

std::optional<Number> inverse(const Number& value, const Number& modulus) {
    constexpr int word_bits = 64;
    if (modulus.bits() < 2 || modulus.negative()) return {};
    if (value.bits() > 1 && value.bits() <= word_bits && modulus.bits() > word_bits && modulus.is_odd() && !value.negative()) {
        // value x = modulus k + 1 says k modulo the value, by numbers of one word: a thirtieth of the library's time, which is short for even ones.
        const auto reciprocal = inverse(Number(modulus.remainder(value.low_word())), value);
        return reciprocal ? std::optional((modulus * (value - *reciprocal) + Number(1)) / value) : std::nullopt;
    }
    Number result;
    ERR_set_mark();
    const bool found = BN_mod_inverse(big(result.value_), big(value.value_), big(modulus.value_), scratch());
    ERR_pop_to_mark();  // that there is none is no error
    return found ? std::optional(std::move(result)) : std::nullopt;
}

}  // namespace photopsy
