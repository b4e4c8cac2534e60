#include "mend/stand_in.h"

#include "base/hex.h"

#include <string_view>

namespace photopsy {

extern const std::string_view embedded_stand_in_primes;

namespace {

struct Prime {
    Number value;
    std::uint16_t exponent_length = 0;  ///< of 1/e mod (p-1), as dP or dQ is written
};

std::uint16_t length_of(const Number& number) { return static_cast<std::uint16_t>(number.bits() / 8 + 1); }

std::vector<Prime> read_pool() {
    std::vector<Prime> pool;
    constexpr std::size_t digits = 128;
    for (auto text = embedded_stand_in_primes; text.size() >= digits;) {
        const auto bytes = from_hex(text.substr(0, digits));
        if (!bytes) break;
        Prime prime{.value = Number(ByteView(*bytes))};
        if (const auto exponent = inverse(Number(65537), prime.value - Number(1))) prime.exponent_length = length_of(*exponent);
        pool.push_back(std::move(prime));
        text.remove_prefix(digits);
        while (!text.empty() && (text.front() == '\n' || text.front() == '\r')) text.remove_prefix(1);
    }
    return pool;
}

const std::vector<Prime>& pool() {
    static const auto primes = read_pool();
    return primes;
}

/// The key with the right length of d, which may be written modulo phi or modulo the smaller lambda.
std::optional<RsaKey> with_d_length(RsaKey key, std::uint16_t wanted) {
    if (length_of(key.d) == wanted) return key;
    key.d = smallest_d(key);
    if (length_of(key.d) == wanted) return key;
    return {};
}

}  // namespace

std::optional<RsaKey> stand_in_key(const IntegerLengths& lengths, unsigned which) {
    const bool any = lengths == fixed_lengths;
    for (const auto& p : pool())
        for (const auto& q : pool()) {
            if (&p == &q || (!any && (p.exponent_length != lengths[6] || q.exponent_length != lengths[7]))) continue;
            if (any && which > 0) {
                --which;
                continue;
            }
            auto key = key_of_primes(p.value, q.value);
            if (!key || (!any && length_of(key->qinv) != lengths[8])) continue;
            auto fitting = any ? key : with_d_length(*key, lengths[3]);
            if (!fitting) continue;
            if (which-- == 0) return fitting;
        }
    return {};
}

}  // namespace photopsy
