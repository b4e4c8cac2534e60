// The report for a terminal: nothing in it moves the cursor or rings a bell.
#include "fuzz/hostile_analysis.h"

#include <algorithm>
#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto text = fuzz::rendered({bytes, size}, Format::Text);
    const auto commands_terminal = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F; };
    if (text.empty() || std::any_of(text.begin(), text.end(), commands_terminal)) std::abort();
    return 0;
}
