#include "fleet/shared_primes.h"

#include <gmp.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace photopsy::fleet {

namespace {

class Integer {
public:
    Integer() { mpz_init(value_); }
    ~Integer() { mpz_clear(value_); }
    Integer(const Integer& other) { mpz_init_set(value_, other.value_); }
    Integer(Integer&& other) noexcept : Integer() { mpz_swap(value_, other.value_); }
    Integer& operator=(Integer other) noexcept {
        mpz_swap(value_, other.value_);
        return *this;
    }
    explicit Integer(ByteView big_endian) : Integer() { mpz_import(value_, big_endian.size(), 1, 1, 1, 0, big_endian.data()); }

    mpz_ptr get() { return value_; }
    mpz_srcptr get() const { return value_; }
    unsigned bits() const { return mpz_sgn(value_) ? static_cast<unsigned>(mpz_sizeinbase(value_, 2)) : 0; }
    bool operator<(const Integer& other) const { return mpz_cmp(value_, other.value_) < 0; }
    bool operator==(const Integer& other) const { return mpz_cmp(value_, other.value_) == 0; }

private:
    mpz_t value_;
};

using Level = std::vector<Integer>;

constexpr unsigned least_bits = 64;  ///< no prime of a key is shorter

/// From the leaves up, each level the products of pairs of the one below.
std::vector<Level> product_tree(Level leaves) {
    std::vector<Level> tree{std::move(leaves)};
    while (tree.back().size() > 1) {
        const auto& below = tree.back();
        Level level((below.size() + 1) / 2);
        for (std::size_t i = 0; i < level.size(); ++i) {
            if (2 * i + 1 < below.size())
                mpz_mul(level[i].get(), below[2 * i].get(), below[2 * i + 1].get());
            else
                level[i] = below[2 * i];
        }
        tree.push_back(std::move(level));
    }
    return tree;
}

/// The product of all leaves modulo the square of each leaf. Takes the tree down on its way.
Level remainders(std::vector<Level> tree) {
    Level rest = std::move(tree.back());
    tree.pop_back();
    Integer square;
    for (; !tree.empty(); tree.pop_back()) {
        auto& level = tree.back();
        Level next(level.size());
        for (std::size_t i = 0; i < level.size(); ++i) {
            mpz_mul(square.get(), level[i].get(), level[i].get());
            mpz_mod(next[i].get(), rest[i / 2].get(), square.get());
        }
        rest = std::move(next);
    }
    return rest;
}

/// For each modulus: what it has in common with the product of all others.
Level common_parts(const Level& moduli) {
    if (moduli.size() < 2) return Level(moduli.size());
    auto parts = remainders(product_tree(moduli));
    for (std::size_t i = 0; i < moduli.size(); ++i) {
        mpz_divexact(parts[i].get(), parts[i].get(), moduli[i].get());
        mpz_gcd(parts[i].get(), parts[i].get(), moduli[i].get());
    }
    return parts;
}

/// Factors, and which of the moduli have each.
using Factors = std::map<Integer, std::set<std::size_t>>;

Factors told_apart(const Level& moduli, const std::vector<std::size_t>& related) {
    Factors factors;
    Integer common;
    for (std::size_t i = 0; i < related.size(); ++i)
        for (std::size_t j = i + 1; j < related.size(); ++j) {
            mpz_gcd(common.get(), moduli[related[i]].get(), moduli[related[j]].get());
            if (common.bits() >= least_bits) factors[common].insert({related[i], related[j]});
        }
    return factors;
}

}  // namespace

SharedPrimes find_shared_primes(const std::vector<std::vector<std::uint8_t>>& moduli) {
    std::map<Integer, std::vector<std::size_t>> different;
    for (std::size_t i = 0; i < moduli.size(); ++i)
        if (Integer modulus(moduli[i]); modulus.bits() >= 2 * least_bits) different[std::move(modulus)].push_back(i);
    Level list;
    std::vector<const std::vector<std::size_t>*> owners;
    for (const auto& [modulus, keys] : different) list.push_back(modulus), owners.push_back(&keys);

    const auto parts = common_parts(list);
    std::vector<std::size_t> related;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (parts[i].bits() >= least_bits) related.push_back(i);
    SharedPrimes result;
    result.all_compared = related.size() <= most_related;
    related.resize(std::min(related.size(), most_related));
    for (const auto& [factor, which] : told_apart(list, related)) {
        SharedPrime shared{{}, factor.bits()};
        for (const auto one : which) shared.keys.insert(shared.keys.end(), owners[one]->begin(), owners[one]->end());
        std::sort(shared.keys.begin(), shared.keys.end());
        result.found.push_back(std::move(shared));
    }
    std::sort(result.found.begin(), result.found.end(), [](const SharedPrime& a, const SharedPrime& b) { return a.keys < b.keys; });
    return result;
}

}  // namespace photopsy::fleet
