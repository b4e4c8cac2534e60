// The report for a forum: no longer than promised, no markup of a stranger's.
#include "fuzz/hostile_analysis.h"

#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto text = fuzz::rendered({bytes, size}, Format::Markdown);
    std::size_t characters = 0;
    for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (text.empty() || characters > 15000 || text.find("<script") != text.npos) std::abort();
    return 0;
}
