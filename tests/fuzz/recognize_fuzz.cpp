// Any bytes are recognized as something, by every layout, and the image never holds more than the flash.
#include "flash/capture.h"

#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const ByteView file(bytes, size);
    static_cast<void>(layout_for(file));
    for (const auto name : builtin_layout_names()) {
        const auto& layout = *builtin_layout(name);
        const auto capture = recognize(file, "fuzz", "", layout);
        if (capture.image.range() != layout.flash) std::abort();
        if (size == 0 && !capture.has(CaptureDefect::Empty)) std::abort();
        if (capture.image.present().empty() && capture.problems.empty()) std::abort();
        for (const auto& problem : capture.problems)
            if (problem.detail.empty() || problem.where.end < problem.where.begin) std::abort();
    }
    return 0;
}
