// The whole way: an edited dump, or any file at all, is analyzed; the regions tile the flash.
#include "fuzz/edited_dump.h"
#include "photopsy.h"

#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const ByteView script(bytes, size);
    const bool edits = size > 0 && bytes[0] < 128;
    const auto file = edits ? fuzz::edited_dump(script) : std::vector<std::uint8_t>(bytes, bytes + size);
    const auto& layout = layout_for(file);
    const auto analysis = analyze(recognize(file, "dump.bin", "", layout), layout);
    Address next = layout.flash.begin;
    for (const auto& region : analysis.facts.regions) {
        if (!layout.flash.contains(region.at)) continue;
        if (region.at.begin != next) std::abort();
        next = region.at.end;
    }
    return 0;
}
