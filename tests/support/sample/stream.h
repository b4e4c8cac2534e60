#pragma once
// Deterministic numbers for synthetic content: the same seed and purpose give the same bytes on every machine, for ever.
#include <cstdint>
#include <string_view>
#include <vector>

namespace photopsy::sample {

/// SplitMix64 (Steele, Lea, Flood 2014): no state but a counter, so a stream is cheap to start.
class Stream {
public:
    /// `purpose` keeps streams of one device apart ("module system-part1 1.5.2", "claim code").
    Stream(std::uint64_t seed, std::string_view purpose);
    std::uint64_t next();
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(next() % limit); }
    /// A byte that is neither 0x00 nor 0xFF, so that no synthetic content looks erased or zeroed.
    std::uint8_t byte() { return static_cast<std::uint8_t>(1 + below(254)); }
    std::vector<std::uint8_t> bytes(std::size_t count);
    /// Characters of base64, as claim codes have.
    std::string_view letters() const { return "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"; }
    std::vector<std::uint8_t> text(std::size_t count);

private:
    std::uint64_t state_;
};

}  // namespace photopsy::sample
