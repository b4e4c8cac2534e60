// Any file at all, and a healthy dump with patches: four bytes of address and length, then the bytes, until the input is used up.
#include "photopsy.h"
#include "support/sample/sample.h"

#include <algorithm>
#include <cstdlib>

using namespace photopsy;

static std::vector<std::uint8_t> healthy(const char* release) {
    const auto made = sample::make_sample(
        std::string("title = \"healthy\"\ndevice = \"photon\"\nlife = [{ act = \"install-release\", release = \"") + release +
            "\" }, { act = \"factory-table\", release = \"0.4.5\" }, { act = \"provision\" }, { act = \"eeprom\", cells = 40, state = \"copying\" }]",
        "healthy");
    return made ? made->file : std::vector<std::uint8_t>{};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const std::vector<std::uint8_t> bases[] = {healthy("0.6.3"), healthy("1.5.2")};
    std::vector<std::uint8_t> file(bytes, bytes + size);
    if (size > 1 && bytes[0] < 2) {
        file = bases[bytes[0]];
        for (std::size_t at = 1; at + 4 < size;) {
            const std::size_t place = (bytes[at] | static_cast<std::size_t>(bytes[at + 1]) << 8 | static_cast<std::size_t>(bytes[at + 2]) << 16) & 0xFFFFF;
            const std::size_t count = std::min({static_cast<std::size_t>(bytes[at + 3]) + 1, size - at - 4, file.size() - place});
            std::copy_n(bytes + at + 4, count, file.begin() + static_cast<std::ptrdiff_t>(place));
            at += 4 + count;
        }
    }
    const auto& layout = layout_for(file);
    const auto analysis = analyze(recognize(file, "dump.bin", "", layout), layout);
    Address next = layout.flash.begin;
    for (const auto& region : analysis.facts.regions) {
        if (region.at.begin != next) std::abort();
        next = region.at.end;
    }
    return 0;
}
