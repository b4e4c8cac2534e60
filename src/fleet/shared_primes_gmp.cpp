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

/// work(i) for each number below `count`.
void for_each(std::size_t count, const std::function<void(std::size_t)>& work, const DoBoth& do_both) {
    const auto few = std::clamp<std::size_t>(count / 32, 1, 64);
    const std::function<void(std::size_t, std::size_t)> between = [&](std::size_t from, std::size_t to) {
        const auto middle = from + (to - from) / 2;
        if (to - from > few) return do_both([&] { between(from, middle); }, [&] { between(middle, to); });
        for (auto i = from; i < to; ++i) work(i);
    };
    between(0, count);
}

/// From the leaves up, each level the products of pairs of the one below, until two are left.
std::vector<Level> product_tree(Level leaves, const DoBoth& do_both) {
    std::vector<Level> tree{std::move(leaves)};
    while (tree.back().size() > 2) {
        const auto& below = tree.back();
        Level level((below.size() + 1) / 2);
        const auto multiply = [&](std::size_t i) {
            if (2 * i + 1 < below.size())
                mpz_mul(level[i].get(), below[2 * i].get(), below[2 * i + 1].get());
            else
                level[i] = below[2 * i];
        };
        for_each(level.size(), multiply, do_both);
        tree.push_back(std::move(level));
    }
    return tree;
}

/// For each leaf the product of all others, modulo that leaf. Takes the tree down on its way: all others of a node, times its neighbour, are all others of its
/// half, and no number gets longer than two of its node.
Level others_modulo_each(std::vector<Level> tree, const DoBoth& do_both) {
    Level others(1);
    mpz_set_ui(others.front().get(), 1);
    for (; !tree.empty(); tree.pop_back()) {
        const auto& level = tree.back();
        Level next(level.size());
        const auto take_down = [&](std::size_t i) {
            const auto neighbour = i ^ 1;
            mpz_mod(next[i].get(), others[i / 2].get(), level[i].get());
            if (neighbour >= level.size()) return;
            mpz_mul(next[i].get(), next[i].get(), level[neighbour].get());
            mpz_mod(next[i].get(), next[i].get(), level[i].get());
        };
        for_each(level.size(), take_down, do_both);
        others = std::move(next);
    }
    return others;
}

/// For each modulus: what it has in common with the product of all others.
Level common_parts(const Level& moduli, const DoBoth& do_both) {
    if (moduli.size() < 2) return Level(moduli.size());
    auto parts = others_modulo_each(product_tree(moduli, do_both), do_both);
    for_each(
        moduli.size(), [&](std::size_t i) { mpz_gcd(parts[i].get(), parts[i].get(), moduli[i].get()); }, do_both);
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

SharedPrimes find_shared_primes(const std::vector<std::vector<std::uint8_t>>& moduli, const DoBoth& do_both) {
    std::map<Integer, std::vector<std::size_t>> different;
    for (std::size_t i = 0; i < moduli.size(); ++i)
        if (Integer modulus(moduli[i]); modulus.bits() >= 2 * least_bits) different[std::move(modulus)].push_back(i);
    Level list;
    std::vector<const std::vector<std::size_t>*> owners;
    for (const auto& [modulus, keys] : different) list.push_back(modulus), owners.push_back(&keys);

    const auto parts = common_parts(list, do_both);
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
