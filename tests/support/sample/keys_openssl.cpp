// Key pairs from a seed: primes are looked for upwards from a number of the stream, so the same seed always finds the same ones.
#include "support/sample/keys.h"
#include "support/sample/stream.h"

#include <openssl/bn.h>

#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;
struct Free {
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
    void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, Free>;
using Context = std::unique_ptr<BN_CTX, Free>;

Number number() { return Number(BN_new()); }

Bytes written(const BIGNUM* value, int width) {
    Bytes bytes(static_cast<std::size_t>(width));
    BN_bn2binpad(value, bytes.data(), width);
    return bytes;
}

/// The next prime p with gcd(p - 1, 65537) = 1 from a number of the stream on; both top bits are set, so a product has full length.
Number prime(Stream& stream, std::size_t size, BN_CTX* context) {
    auto start = stream.bytes(size);
    start.front() |= 0xC0;
    start.back() |= 1;
    Number candidate(BN_bin2bn(start.data(), static_cast<int>(size), nullptr));
    while (BN_mod_word(candidate.get(), 65537) == 1 || BN_check_prime(candidate.get(), context, nullptr) != 1) BN_add_word(candidate.get(), 2);
    return candidate;
}

DeviceKey key_of(const BIGNUM* p, const BIGNUM* q, BN_CTX* context) {
    const int half = BN_num_bytes(p);
    const auto n = number(), d = number(), e = number(), p1 = number(), q1 = number(), phi = number(), dp = number(), dq = number(), qi = number();
    BN_set_word(e.get(), 65537);
    BN_mul(n.get(), p, q, context);
    BN_sub(p1.get(), p, BN_value_one());
    BN_sub(q1.get(), q, BN_value_one());
    BN_mul(phi.get(), p1.get(), q1.get(), context);
    BN_mod_inverse(d.get(), e.get(), phi.get(), context);
    BN_mod(dp.get(), d.get(), p1.get(), context);
    BN_mod(dq.get(), d.get(), q1.get(), context);
    BN_mod_inverse(qi.get(), q, p, context);
    return {written(n.get(), 2 * half), written(d.get(), 2 * half), written(p, half),       written(q, half),
            written(dp.get(), half),    written(dq.get(), half),    written(qi.get(), half)};
}

/// DER length octet 0x3F or less where the walk of communication/src/handshake.cpp@v2.3.1:156 expects 0x40 or 0x41.
bool one_is_short(const DeviceKey& key) {
    for (const auto* part : {&key.dp, &key.dq, &key.qi})
        if ((*part)[0] == 0 && (*part)[1] < 0x80) return true;
    return false;
}

bool one_is_padded(const DeviceKey& key) {
    for (const auto* part : {&key.d, &key.dp, &key.dq, &key.qi})
        if ((*part)[0] < 0x80 && (*part)[0] != 0) return true;
    return false;
}

bool fits(const DeviceKey& key, KeyWish wish) {
    if (wish == KeyWish::ShortComponent) return one_is_short(key);
    if (wish == KeyWish::TwiceAsLong) return true;
    const bool full = key.d[0] != 0 && key.dp[0] != 0 && key.dq[0] != 0 && key.qi[0] != 0;
    return full && one_is_padded(key);
}

DeviceKey search(std::uint64_t seed, KeyWish wish) {
    const Context context(BN_CTX_new());
    Stream stream(seed, "device key");
    std::vector<Number> primes;
    for (;;) {  // every new prime is tried with all before it: 40 primes give 1,500 keys, one of a hundred of which has a short component
        primes.push_back(prime(stream, wish == KeyWish::TwiceAsLong ? 128 : 64, context.get()));
        for (std::size_t i = 0; i + 1 < primes.size(); ++i)
            for (const auto& [p, q] : {std::pair{primes.back().get(), primes[i].get()}, std::pair{primes[i].get(), primes.back().get()}})
                if (const auto key = key_of(p, q, context.get()); fits(key, wish)) return key;
    }
}

std::mutex lock;

}  // namespace

const DeviceKey& device_key(std::uint64_t seed, KeyWish wish) {
    static std::map<std::pair<std::uint64_t, KeyWish>, DeviceKey> known;
    const std::lock_guard guard(lock);
    const auto place = known.find({seed, wish});
    return place != known.end() ? place->second : known[{seed, wish}] = search(seed, wish);
}

Bytes server_spki(std::uint64_t seed) {
    static std::map<std::uint64_t, Bytes> known;
    const std::lock_guard guard(lock);
    auto& spki = known[seed];
    if (!spki.empty()) return spki;
    const Context context(BN_CTX_new());
    Stream stream(seed, "server key");
    const auto p = prime(stream, 128, context.get()), q = prime(stream, 128, context.get()), n = number();
    BN_mul(n.get(), p.get(), q.get(), context.get());
    return spki = public_spki(written(n.get(), 256));
}

}  // namespace photopsy::sample
