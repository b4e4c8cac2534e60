// Formats that name their own addresses, and listings: the first byte chooses a true beginning, the rest is the fuzzer's.
#include "flash/contradictions.h"
#include "flash/formats.h"

#include <array>
#include <cstdlib>
#include <string_view>

using namespace photopsy;
using namespace std::string_view_literals;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static constexpr std::array beginnings = {""sv, "DfuSe\1\0\0\0\0\2Target\0"sv, ":020000040800F2\n"sv, "00000000: "sv,
                                              "00000000  41 41 41 41\n00000004  "sv};
    if (size == 0) return 0;
    const auto beginning = beginnings[bytes[0] % beginnings.size()];
    std::vector<std::uint8_t> file(beginning.begin(), beginning.end());
    file.insert(file.end(), bytes + 1, bytes + size);
    const auto decoded = decode(file);
    if (decoded.pieces.size() > most_pieces + 1 || decoded.behind.pieces.size() > most_pieces + 1 || decoded.owned.size() > max_unpacked_size + 64)
        std::abort();
    const Range flash{0x08000000, 0x08010000};
    if (agreement_of(decoded.pieces, flash).where.size() > flash.size()) std::abort();
    return 0;
}
