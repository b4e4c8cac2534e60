// Batch GCD over the public keys of a fleet: three shared primes planted among 5,000 moduli of 1024 bits.
#include "fleet/shared_primes.h"
#include "support/keys.h"

#include <benchmark/benchmark.h>

namespace {

using namespace photopsy;

std::vector<std::uint8_t> noise(test::Dice& dice, std::size_t size) {
    std::vector<std::uint8_t> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(dice.next());
    bytes.front() |= 0xC0;
    bytes.back() |= 1;
    return bytes;
}

void shared_primes(benchmark::State& state) {
    test::Dice dice(1);
    std::vector<std::vector<std::uint8_t>> moduli;
    for (std::int64_t i = 0; i < state.range(0); ++i) moduli.push_back(noise(dice, 128));
    for (std::size_t planted = 0; planted < 3; ++planted) {
        const auto prime = test::rolled_key(dice).p;
        for (const std::size_t key : {10 * planted, moduli.size() / 2 + planted}) moduli[key] = (prime * Number(noise(dice, 64))).bytes(128);
    }
    std::size_t found = 0;
    for (auto _ : state) found = fleet::find_shared_primes(moduli).found.size();
    state.counters["found"] = static_cast<double>(found);
}
BENCHMARK(shared_primes)->Arg(1000)->Arg(5000)->Arg(10000)->Unit(benchmark::kMillisecond);

}  // namespace
