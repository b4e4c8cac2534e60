#include "handshake/rsa_key.h"

#include "handshake/firmware_rsa.h"

#include <algorithm>

namespace photopsy {

namespace {

/// A number of 512 bits drawn by chance that is no prime passes one round with a probability below 2^-56, two with 2^-63 (Damgard, Landrock, Pomerance). Here
/// it also divides n, fits both exponents, and gave back the text of the round trip, which is a test with one more base.
constexpr int prime_rounds = 2;

Number less_one(const Number& value) { return value - Number(1); }

void append_length(std::vector<std::uint8_t>& out, std::size_t length) {
    if (length >= 0x100)
        out.insert(out.end(), {0x82, static_cast<std::uint8_t>(length >> 8)});
    else if (length >= 0x80)
        out.push_back(0x81);
    out.push_back(static_cast<std::uint8_t>(length));
}

std::array<const Number*, 9> in_order(const RsaKey& key) {
    static const Number version;
    return {&version, &key.n, &key.e, &key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qinv};
}

bool round_trip(const RsaKey& key) {
    const auto size = static_cast<std::size_t>(key.n.bits() + 7) / 8;
    if (size < 64) return false;
    const Number text(padded_sample(size, 40));
    const Number cipher = power(text, key.e, key.n);
    const Number below_p = power(cipher, key.dp, key.p), below_q = power(cipher, key.dq, key.q);
    const Number back = below_q + (below_p - below_q) * key.qinv % key.p * key.q;
    return back == text;
}

}  // namespace

std::optional<RsaKey> key_of_primes(const Number& p, const Number& q, const Number& e, const Number& likely_qinv) {
    const auto d = inverse(e, less_one(p) * less_one(q));
    const bool fits = !likely_qinv.is_zero() && likely_qinv < p && q * likely_qinv % p == Number(1);
    const auto qinv = fits ? std::optional(likely_qinv) : inverse(q, p);
    if (!d || !qinv || p == q) return {};
    return RsaKey{p * q, e, *d, p, q, *d % less_one(p), *d % less_one(q), *qinv};
}

Number smallest_d(const RsaKey& key) {
    const Number a = less_one(key.p), b = less_one(key.q);
    return key.d % (a * b / gcd(a, b));
}

bool equations_hold(const RsaKey& key) {
    if (key.p.bits() < 16 || key.q.bits() < 16) return false;
    const Number one(1);
    return key.p * key.q == key.n && key.e * key.dp % less_one(key.p) == one && key.e * key.dq % less_one(key.q) == one && key.q * key.qinv % key.p == one;
}

bool is_proved(const RsaKey& key) {
    return equations_hold(key) && key.e * key.d % less_one(key.p) == Number(1) && key.e * key.d % less_one(key.q) == Number(1) && round_trip(key) &&
           is_prime(key.p, prime_rounds) && is_prime(key.q, prime_rounds);
}

IntegerLengths minimal_lengths(const RsaKey& key) {
    IntegerLengths lengths{};
    const auto numbers = in_order(key);
    for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = static_cast<std::uint16_t>(numbers[i]->bits() / 8 + 1);  // room for the sign bit
    return lengths;
}

std::vector<std::uint8_t> encode_pkcs1(const RsaKey& key, const IntegerLengths& lengths) {
    std::vector<std::uint8_t> body;
    const auto numbers = in_order(key);
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        body.push_back(0x02);
        append_length(body, lengths[i]);
        const auto value = numbers[i]->bytes(lengths[i]);
        body.insert(body.end(), value.begin(), value.end());
    }
    std::vector<std::uint8_t> out = {0x30};
    append_length(out, body.size());
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

IntegerLengths unpadded_lengths(const RsaKey& key) {
    const auto significant = [](const Number& value) { return static_cast<std::uint16_t>(1 + (value.bits() + 7) / 8); };
    IntegerLengths lengths = fixed_lengths;
    const std::array<const Number*, 4> can_be_short = {&key.d, &key.dp, &key.dq, &key.qinv};
    constexpr std::array<std::size_t, 4> places = {3, 6, 7, 8};
    for (std::size_t i = 0; i < places.size(); ++i) lengths[places[i]] = std::min(significant(*can_be_short[i]), fixed_lengths[places[i]]);
    // A d so short that its length takes one octet less cannot be told apart by lengths alone; one key in 2^16 has it.
    return lengths[3] < 0x80 ? fixed_lengths : lengths;
}

std::vector<std::uint8_t> encode_unpadded(const RsaKey& key) {
    const auto lengths = unpadded_lengths(key);
    auto bytes = encode_pkcs1(key, lengths);
    // Headers as if every number had its full width.
    const auto claim = [&](std::size_t at, std::uint16_t value) { bytes[at] = static_cast<std::uint8_t>(value); };
    std::size_t at = 4;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        const std::size_t octets = lengths[i] >= 0x80 ? 2 : 1;
        claim(at + octets, fixed_lengths[i]);
        at += 1 + octets + lengths[i];
    }
    bytes[2] = 0x02;
    bytes[3] = 0x5F;
    return bytes;
}

}  // namespace photopsy
