// Any bytes are recognized as something, by every layout, and the image never holds more than the flash. Half of the inputs are edited dumps, cut and shifted.
#include "flash/capture.h"
#include "fuzz/edited_dump.h"

#include <algorithm>
#include <cstdlib>

using namespace photopsy;

static void check(ByteView file, const Layout& layout) {
    const auto capture = recognize(file, "fuzz", "", layout);
    if (capture.image.range() != layout.flash) std::abort();
    if (file.empty() && !capture.has(CaptureDefect::Empty)) std::abort();
    if (capture.image.present().empty() && capture.problems.empty()) std::abort();
    for (const auto& problem : capture.problems)
        if (problem.detail.empty() || problem.where.end < problem.where.begin) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const ByteView input(bytes, size);
    if (size > 6 && bytes[0] < 128) {
        const auto dump = fuzz::edited_dump(input.subspan(4));
        const std::size_t from = (bytes[1] * std::size_t{97}) % 0x9000, until = dump.size() - bytes[2] * std::size_t{4000};
        const auto part = ByteView(dump).subspan(from, std::max(from, until) - from);
        check(part, layout_for(part));
        return 0;
    }
    static_cast<void>(layout_for(input));
    for (const auto name : builtin_layout_names()) check(input, *builtin_layout(name));
    return 0;
}
