#include "facts/proven.h"

#include <algorithm>

namespace photopsy {

constexpr std::uint32_t crc_size = 4;

std::vector<Range> proven_by_checksum(const Facts& facts) {
    std::vector<Range> proven;
    for (const Module& module : facts.modules)
        if (module.good() && !module.at.empty()) proven.push_back({module.at.begin, module.at.end + crc_size});
    for (const DctCopy& copy : facts.dct.copies)
        if (copy.crc_good() || copy.state == DctCopyState::Superseded) proven.push_back(copy.at);
    std::sort(proven.begin(), proven.end(), [](Range a, Range b) { return a.begin < b.begin; });
    return proven;
}

std::uint64_t unproven_bytes(const Facts& facts, ByteView bytes, Address base) {
    const Range whole = range_of(base, static_cast<std::uint32_t>(bytes.size()));
    std::uint64_t count = 0;
    const auto add = [&](Address begin, Address end) {
        const Range gap = intersection({begin, end}, whole);
        const ByteView part = bytes.subspan(gap.empty() ? 0 : gap.begin - base, gap.size());
        count += part.size() - static_cast<std::size_t>(std::count(part.begin(), part.end(), std::uint8_t{0xFF}));
    };
    Address at = base;
    for (const Range part : proven_by_checksum(facts)) {
        if (part.begin > at) add(at, part.begin);
        at = std::max(at, part.end);
    }
    if (at < whole.end) add(at, whole.end);
    return count;
}

}  // namespace photopsy
