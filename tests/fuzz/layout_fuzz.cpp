// Any text is a layout or is refused with one sentence.
#include "flash/layout.h"

#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto layout = parse_layout({reinterpret_cast<const char*>(bytes), size}, "fuzz.toml");
    if (!layout && (layout.error().message.empty() || layout.error().message.find('\0') != std::string::npos)) std::abort();
    if (layout && (layout->flash.empty() || layout->regions.empty())) std::abort();
    return 0;
}
