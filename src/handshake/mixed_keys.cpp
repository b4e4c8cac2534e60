#include "handshake/mixed_keys.h"

#include <algorithm>
#include <array>
#include <bit>

namespace photopsy {

namespace {

constexpr std::int64_t e = 65537;
constexpr int certain_top = 530;  ///< bits of d from here up do not depend on p + q (k (p+q) / e < 2^513, less what is known of it)

constexpr double most_branching = 1.3;         // two keys over each other have 1.03; of 171 slots with more than 1.3 none came back, of 89 with less 18 did
constexpr std::size_t most_steps = 3'600'000;  // the widest search for one k in both orders of the primes: about a tenth of a second
constexpr std::array<std::size_t, 2> breadths = {512, 3000};  // a quick look first

using Words = std::array<std::uint64_t, 8>;

Words words_of(const Number& value) {
    Words out{};
    const auto bytes = (value % (Number(1) << 512)).bytes(64);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = big_endian<std::uint64_t>(ByteView(bytes).subspan(56 - 8 * i));
    return out;
}
Number number_of(const Words& words) {
    std::vector<std::uint8_t> bytes(64);
    for (std::size_t i = 0; i < 64; ++i) bytes[63 - i] = static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8)));
    return Number(ByteView(bytes));
}
bool bit_of(const Words& words, int index) { return index < prime_bits && (words[static_cast<std::size_t>(index) / 64] >> (index % 64) & 1); }

void subtract(Words& from, const Words& what) {
    unsigned borrow = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const std::uint64_t a = from[i], b = what[i], first = a - b, second = first - borrow;
        borrow = (a < b) || (first < borrow);
        from[i] = second;
    }
}
void subtract_bit(Words& from, int index) {
    Words one{};
    if (index < prime_bits) one[static_cast<std::size_t>(index) / 64] = std::uint64_t{1} << (index % 64);
    subtract(from, one);
}
void halve(Words& words) {
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = words[i] >> 1 | (i + 1 < words.size() ? words[i + 1] << 63 : 0);
}

/// p and q up to some bit, and what is left of the four equations there.
struct Path {
    Words p{}, q{}, rest{};              ///< rest: (n - p q) / 2^i modulo 2^(512-i)
    std::int64_t d = 0, dp = 0, dq = 0;  ///< (right side - e x) / 2^j: small
    unsigned ones = 0;                   ///< bits set in the five numbers so far: of all that fit, the true ones have the fewest
};

class MixedSearch {
public:
    MixedSearch(const RsaKey& seen, const Number& n, std::int64_t k, std::int64_t kp, std::int64_t kq) : n_(n), k_(k), kp_(kp), kq_(kq) {
        seen_p_ = words_of(seen.p), seen_q_ = words_of(seen.q), seen_dp_ = words_of(seen.dp), seen_dq_ = words_of(seen.dq), seen_d_ = seen.d;
        shift_ = std::countr_zero(static_cast<std::uint64_t>(k)), shift_p_ = std::countr_zero(static_cast<std::uint64_t>(kp)),
        shift_q_ = std::countr_zero(static_cast<std::uint64_t>(kq));
        const Number factor(static_cast<std::uint64_t>(k));
        d_side_ = factor * (n + Number(1)) + Number(1) - (factor << 1);  // the lowest bits of p and q, both 1, are already taken off
    }

    /// `steps`: how many paths may still be made longer; what is used is taken off.
    std::optional<RsaKey> run(std::size_t breadth, std::size_t& steps) {
        std::vector<Path> paths = {start()}, next;
        for (int i = 1; i < prime_bits && !paths.empty(); ++i) {
            if (steps < paths.size()) return give_up();
            steps -= paths.size();
            next.clear();
            for (const auto& path : paths) extend(path, i, next);
            dropped_ = dropped_ || next.size() > breadth;
            keep_fewest_ones(next, breadth);
            paths.swap(next);
        }
        for (const auto& path : paths) {
            const Number p = number_of(path.p), q = number_of(path.q);
            if (!(p * q == n_)) continue;
            auto key = key_of_primes(p, q);
            if (key && is_proved(*key)) return key;
        }
        return {};
    }

    /// Whether a path was left that might have led to the key.
    bool dropped() const { return dropped_; }

private:
    std::optional<RsaKey> give_up() {
        dropped_ = true;
        return {};
    }
    /// p and q are odd. The bits of the exponents below their shifts are those of 1/e: they tell nothing and are only carried along.
    Path start() const {
        Path path;
        path.p[0] = path.q[0] = 1;
        path.rest = words_of((n_ - Number(1)) >> 1);
        for (int j = 0; j <= shift_; ++j) path.d = taken_off(path.d + d_side_.bit(j));
        path.dp = path.dq = 1;  // e dP = kp (p - 1) + 1 with the lowest bit of p
        for (int j = 0; j <= shift_p_; ++j) path.dp = taken_off(path.dp);
        for (int j = 0; j <= shift_q_; ++j) path.dq = taken_off(path.dq);
        return path;
    }
    static void keep_fewest_ones(std::vector<Path>& paths, std::size_t breadth) {
        if (paths.size() <= breadth) return;
        std::array<std::size_t, 6 * prime_bits> with_ones{};
        for (const auto& path : paths) ++with_ones[path.ones];
        unsigned most = 0;  // paths with fewer stay all, of those with as many the first ones
        std::size_t left = breadth;
        while (with_ones[most] < left) left -= with_ones[most++];
        std::erase_if(paths, [&](const Path& path) {
            if (path.ones != most) return path.ones > most;
            if (left == 0) return true;
            --left;
            return false;
        });
    }
    /// The next bit of the number on the left side of e x = side is the parity of the side.
    static std::int64_t taken_off(std::int64_t side) { return (side - (side & 1) * e) >> 1; }

    void extend(const Path& path, int i, std::vector<Path>& next) const {
        const bool odd = path.rest[0] & 1;
        for (const int p : {0, 1}) {
            const int q = p ^ static_cast<int>(odd);
            if (bit_of(seen_p_, i) > p || bit_of(seen_q_, i) > q) continue;
            // Each exponent's next bit follows from the parity of what is left of its equation.
            const std::int64_t d_side = path.d + d_side_.bit(i + shift_) - (k_ >> shift_) * (p + q), dp_side = path.dp + (kp_ >> shift_p_) * p,
                               dq_side = path.dq + (kq_ >> shift_q_) * q;
            const bool d = d_side & 1, dp = dp_side & 1, dq = dq_side & 1;
            if (seen_d_.bit(i + shift_) > d || bit_of(seen_dp_, i + shift_p_) > dp || bit_of(seen_dq_, i + shift_q_) > dq) continue;
            Path longer = path;
            if (p) subtract(longer.rest, path.q);
            if (q) subtract(longer.rest, path.p);
            if (p && q) subtract_bit(longer.rest, i);
            halve(longer.rest);
            longer.p[static_cast<std::size_t>(i) / 64] |= static_cast<std::uint64_t>(p) << (i % 64);
            longer.q[static_cast<std::size_t>(i) / 64] |= static_cast<std::uint64_t>(q) << (i % 64);
            longer.d = taken_off(d_side), longer.dp = taken_off(dp_side), longer.dq = taken_off(dq_side);
            longer.ones += static_cast<unsigned>(p + q) + d + dp + dq;
            next.push_back(longer);
        }
    }
    const Number& n_;
    std::int64_t k_, kp_, kq_;
    int shift_ = 0, shift_p_ = 0, shift_q_ = 0;  ///< trailing zero bits of the three: the exponents' bits run that far ahead
    Words seen_p_{}, seen_q_{}, seen_dp_{}, seen_dq_{};
    Number seen_d_, d_side_;
    bool dropped_ = false;
};

using Wide = std::array<std::uint64_t, 18>;  ///< 64 bits behind the point, 1024 + 17 before it

/// `factor` below 2^32.
Wide times(const Wide& value, std::uint64_t factor) {
    Wide product;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < product.size(); ++i) {
        const std::uint64_t low = (value[i] & 0xFFFFFFFF) * factor + carry, high = (value[i] >> 32) * factor + (low >> 32);
        product[i] = high << 32 | (low & 0xFFFFFFFF);
        carry = high >> 32;
    }
    return product;
}

/// e d = k (p-1)(q-1) + 1 fixes the upper half of d for each k; every bit seen there must be in it.
std::vector<std::int64_t> possible_factors(const Number& d, const Number& n) {
    const auto wide = [](const Number& value) {
        Wide out{};
        const auto bytes = value.bytes(sizeof out);
        for (std::size_t i = 0; i < out.size(); ++i) out[out.size() - 1 - i] = big_endian<std::uint64_t>(ByteView(bytes).subspan(8 * i));
        return out;
    };
    const Number nearly_phi = n + Number(1) - (square_root(n) << 1);
    const Wide step = wide((nearly_phi << 64) / Number(static_cast<std::uint64_t>(e))), wanted = wide((d >> certain_top) << (certain_top + 64));
    std::vector<std::int64_t> found;
    // Of k (p-1)(q-1) / e, but for its lower half, the three highest words tell nearly every wrong k. What the words below would have carried into them is less
    // than k, so that the two highest are as they are unless the third is nearly full.
    constexpr std::size_t third = std::tuple_size_v<Wide> - 3;
    std::array<std::uint64_t, 3> top{};
    for (std::int64_t k = 1; k < e; ++k) {
        top[0] += step[third];
        const std::uint64_t carry = top[0] < step[third], sum = top[1] + step[third + 1];
        top[1] = sum + carry;
        top[2] += step[third + 2] + ((sum < step[third + 1]) || (top[1] < sum));
        const bool certain = top[0] < ~static_cast<std::uint64_t>(e);
        if (certain && ((wanted[third + 1] & ~top[1]) != 0 || (wanted[third + 2] & ~top[2]) != 0)) continue;
        const Wide candidate = times(step, static_cast<std::uint64_t>(k));
        bool fits = true;
        for (std::size_t i = candidate.size(); i-- > 0 && fits;) fits = (wanted[i] & ~candidate[i]) == 0;
        if (fits) found.push_back(k);
    }
    return found;
}

/// kp + kq = k(n-1)+1 and kp kq = -k, modulo e.
std::vector<std::int64_t> roots(std::int64_t k, const Number& n) {
    const auto n_rest = static_cast<std::int64_t>(n.remainder(static_cast<std::uint64_t>(e)));
    const std::int64_t sum = (k * (n_rest - 1 + e) + 1) % e;
    std::vector<std::int64_t> found;
    const auto positive = [](std::int64_t value) { return (value % e + e) % e; };
    std::int64_t value = positive(-k), step = positive(1 - sum);  // x^2 - sum x - k at 0, and from there to 1
    for (std::int64_t x = 1; x < e; ++x) {
        value += step, step += 2;
        if (value >= e) value -= e;
        if (step >= e) step -= e;
        if (value == 0) found.push_back(x);
    }
    return found;
}

/// How many children of a wrong path live on average: of two, those that have a 1 wherever one is seen in the five numbers.
double branching(const RsaKey& seen) {
    double children = 2;
    for (const Number* number : {&seen.p, &seen.q, &seen.d, &seen.dp, &seen.dq}) {
        int ones = 0;
        for (int i = 0; i < prime_bits; ++i) ones += number->bit(i);
        children *= 1 - ones / (2.0 * prime_bits);
    }
    return children;
}

}  // namespace

SeparatedKey separate_mixed_key(const RsaKey& seen, const Number& modulus) {
    if (!modulus.is_odd() || modulus.bits() != 2 * prime_bits) return {};
    // Enough must be left to tell the true bits from others: a number without any is no help, and none at all would let every path live.
    if (branching(seen) > most_branching) return {};
    const auto ks = possible_factors(seen.d, modulus);
    if (ks.size() > 4) return {.all_tried = false};
    std::size_t steps = most_steps;
    bool dropped = false;
    for (const std::size_t breadth : breadths) {
        dropped = false;
        for (const auto k : ks) {
            const auto factors = roots(k, modulus);
            for (const auto kp : factors) {
                const std::int64_t kq =
                    (((k * (static_cast<std::int64_t>(modulus.remainder(static_cast<std::uint64_t>(e))) - 1 + e) + 1) % e - kp) % e + e) % e;
                if (kq == 0) continue;
                MixedSearch search(seen, modulus, k, kp, kq);
                if (auto key = search.run(breadth, steps)) return {.key = std::move(key)};
                dropped = dropped || search.dropped();
            }
        }
    }
    return {.all_tried = !dropped};
}

}  // namespace photopsy
