// Bytes behind the end of the flash: a filling, the dump once more, another read of it, or something else.
#include "base/counted.h"
#include "flash/placement.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

/// Compares `tail` with as many copies of `flash` as it has room for; a copy that ends early counts as far as it goes.
static Tail against(ByteView flash, ByteView tail) {
    Tail result{.size = tail.size()};
    for (std::size_t i = 0, at = 0; i < tail.size(); ++i, at = at + 1 == flash.size() ? 0 : at + 1) {
        if (flash[at] == tail[i]) continue;
        if (result.different++ == 0) result.first = result.last = at;
        result.first = std::min(result.first, at);
        result.last = std::max(result.last, at);
    }
    const bool whole_copy = tail.size() >= flash.size(), enough_to_tell = tail.size() >= 0x1000;
    if (result.different == 0)
        result.kind = whole_copy ? Tail::Kind::SameDump : Tail::Kind::SameBeginning;
    else if ((whole_copy || enough_to_tell) && result.different < std::min(flash.size(), tail.size()) / 100)
        result.kind = Tail::Kind::OtherRead;
    return result;
}

Tail compare_tail(ByteView flash, ByteView tail, std::size_t missing) {
    if (flash.empty() || tail.empty()) return {.size = tail.size()};
    if (all_equal(tail, tail[0])) return {.kind = Tail::Kind::OneByte, .size = tail.size(), .byte = tail[0]};
    auto result = against(flash, tail);
    if (result.kind == Tail::Kind::Other && missing != 0 && tail.size() > missing) result = against(flash, tail.subspan(missing));
    result.size = tail.size();
    return result;
}

static std::string following(std::uint64_t bytes) { return counted(bytes, "byte") + (bytes == 1 ? " follows" : " follow"); }

std::string words_of(const Tail& tail) {
    switch (tail.kind) {
        case Tail::Kind::OneByte:
            return fmt::format("{} 0x{:02x} {}", counted(tail.size, "byte"), tail.byte, tail.size == 1 ? "follows" : "follow");
        case Tail::Kind::SameDump:
            return fmt::format("{} that repeat it byte by byte: the dump stands in the file more than once", following(tail.size));
        case Tail::Kind::OtherRead:
            return fmt::format("{} that repeat it, but for {}: two reads that do not agree", following(tail.size),
                               tail.different == 1 ? "one byte" : fmt::format("{} bytes", tail.different));
        case Tail::Kind::SameBeginning:
            return fmt::format("{} {} its beginning", following(tail.size), tail.size == 1 ? "that repeats" : "that repeat");
        case Tail::Kind::OtherDump:
            return fmt::format("{} in which another flash stands, with other bytes", following(tail.size));
        case Tail::Kind::Other:
            break;
    }
    return fmt::format("{} that {} to nothing", following(tail.size), tail.size == 1 ? "belongs" : "belong");
}

}  // namespace photopsy
