#include "handshake/skeleton.h"

#include <algorithm>
#include <span>

namespace photopsy {

namespace {

constexpr std::array<std::size_t, 7> integer_of = {1, 3, 4, 5, 6, 7, 8};  ///< place of n d p q dP dQ qInv among the nine INTEGERs
constexpr std::array<std::uint8_t, 4> exponent_bytes = {3, 1, 0, 1};

std::uint8_t byte_at(ByteView slot, std::size_t at) { return at < slot.size() ? slot[at] : std::uint8_t{0xFF}; }

std::uint16_t octets_for(std::uint16_t length) { return length >= 0x80 ? 2 : 1; }

/// Bone bytes of one INTEGER that differ: tag, length octets, and the zero byte in front of a number of full width.
unsigned wrong_bones(ByteView slot, std::size_t at, std::uint16_t length, std::uint16_t width) {
    unsigned wrong = byte_at(slot, at) != 0x02;
    if (length >= 0x80) wrong += byte_at(slot, ++at) != 0x81;
    wrong += byte_at(slot, ++at) != static_cast<std::uint8_t>(length);
    if (length > width) wrong += byte_at(slot, at + 1) != 0;
    return wrong;
}

/// Depth-first over the lengths that 1024-bit keys can have; keeps the best.
class SkeletonSearch {
public:
    explicit SkeletonSearch(ByteView slot) : slot_(slot) {}

    IntegerLengths run() {
        const unsigned wrong = byte_at(slot_, 4) != 2 || byte_at(slot_, 5) != 1 || byte_at(slot_, 6) != 0;
        descend(0, 7, wrong);
        return best_;
    }
    unsigned mismatches() const { return least_; }

private:
    static std::span<const std::uint16_t> choices(std::size_t component) {
        static constexpr std::array<std::uint16_t, 1> modulus = {129};
        static constexpr std::array<std::uint16_t, 6> exponent = {129, 128, 127, 126, 125, 124};
        static constexpr std::array<std::uint16_t, 1> prime = {65};
        static constexpr std::array<std::uint16_t, 5> half = {65, 64, 63, 62, 61};
        if (component == ComponentN) return modulus;
        if (component == ComponentD) return exponent;
        return component <= ComponentQ ? std::span<const std::uint16_t>(prime) : std::span<const std::uint16_t>(half);
    }
    void descend(std::size_t component, std::size_t at, unsigned wrong) {
        if (wrong >= least_) return;
        if (component == integer_of.size()) return finish(at, wrong);
        for (const auto length : choices(component)) {
            lengths_[integer_of[component]] = length;
            std::size_t next = at + 1 + octets_for(length) + length;
            unsigned more = wrong_bones(slot_, at, length, component_widths[component]);
            if (component == ComponentN) {
                more += byte_at(slot_, next) != 2;
                for (std::size_t i = 0; i < exponent_bytes.size(); ++i) more += byte_at(slot_, next + 1 + i) != exponent_bytes[i];
                next += 1 + exponent_bytes.size();
            }
            descend(component + 1, next, wrong + more);
        }
    }
    void finish(std::size_t end, unsigned wrong) {
        const auto body = static_cast<std::uint16_t>(end - 4);
        wrong += byte_at(slot_, 0) != 0x30;
        wrong += byte_at(slot_, 1) != 0x82;
        wrong += byte_at(slot_, 2) != (body >> 8);
        wrong += byte_at(slot_, 3) != (body & 0xFF);
        if (wrong >= least_) return;
        least_ = wrong;
        best_ = lengths_;
    }

    ByteView slot_;
    IntegerLengths lengths_ = fixed_lengths, best_ = fixed_lengths;
    unsigned least_ = 1000;
};

}  // namespace

Skeleton skeleton_of(const IntegerLengths& lengths) {
    Skeleton bones{.lengths = lengths};
    bones.length_octets = {1, 2, 3};
    std::uint16_t at = 4;
    std::size_t component = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        for (std::uint16_t octet = 1; octet <= octets_for(lengths[i]); ++octet) bones.length_octets.push_back(static_cast<std::uint16_t>(at + octet));
        at = static_cast<std::uint16_t>(at + 1 + octets_for(lengths[i]));
        if (i == 2) bones.exponent_at = at;
        if (component < integer_of.size() && integer_of[component] == i) {
            const std::uint16_t size = std::min(lengths[i], component_widths[component]);
            bones.value_at[component] = static_cast<std::uint16_t>(at + lengths[i] - size);
            bones.value_size[component++] = size;
        }
        at = static_cast<std::uint16_t>(at + lengths[i]);
    }
    bones.extent = at;
    return bones;
}

Skeleton find_skeleton(ByteView slot) {
    SkeletonSearch search(slot);
    Skeleton bones = skeleton_of(search.run());
    bones.mismatches = search.mismatches();
    return bones;
}

RsaKey read_numbers(ByteView slot, const Skeleton& bones) {
    std::vector<std::uint8_t> all(slot.begin(), slot.end());
    all.resize(std::max<std::size_t>(all.size(), bones.extent), 0xFF);
    const ByteView bytes(all);
    const auto number = [&](std::size_t i) { return Number(bytes.subspan(bones.value_at[i], bones.value_size[i])); };
    return {number(ComponentN),  Number(bytes.subspan(bones.exponent_at, 3)),
            number(ComponentD),  number(ComponentP),
            number(ComponentQ),  number(ComponentDP),
            number(ComponentDQ), number(ComponentQInv)};
}

}  // namespace photopsy
