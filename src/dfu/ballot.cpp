#include "dfu/ballot.h"

#include <algorithm>

namespace photopsy::dfu {
namespace {

struct Winner {
    std::uint8_t value = 0;
    std::size_t votes = 0;
};

Winner winner_at(const std::vector<ByteView>& reads, std::size_t position) {
    Winner best{reads.front()[position], 0};
    for (const ByteView read : reads) {
        const auto same = [&](ByteView other) { return other[position] == read[position]; };
        const auto votes = static_cast<std::size_t>(std::count_if(reads.begin(), reads.end(), same));
        if (votes > best.votes) best = {read[position], votes};
    }
    return best;
}

}  // namespace

void append_range(std::vector<Range>& list, Range part) {
    if (!list.empty() && list.back().end == part.begin)
        list.back().end = part.end;
    else
        list.push_back(part);
}

Vote vote(const std::vector<ByteView>& reads, Address base) {
    const ByteView first = reads.front();
    Vote result{.bytes = {first.begin(), first.end()}, .differed = {}, .unsettled = {}};
    for (std::size_t i = 0; i < first.size(); ++i) {
        const auto agrees = [&](ByteView read) { return read[i] == first[i]; };
        if (std::all_of(reads.begin(), reads.end(), agrees)) continue;
        const Range here = range_of(base + static_cast<Address>(i), 1);
        append_range(result.differed, here);
        const Winner winner = winner_at(reads, i);
        result.bytes[i] = winner.value;
        if (reads.size() < 3 || winner.votes + 1 < reads.size()) append_range(result.unsettled, here);
    }
    return result;
}

}  // namespace photopsy::dfu
