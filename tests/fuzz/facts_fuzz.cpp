// What the bytes say, and what the device would do with them at the next power-up: an edited dump at its place, no file format around it.
#include "boot/boot.h"
#include "facts/facts.h"
#include "fuzz/edited_dump.h"

#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto& layout = *builtin_layout("photon");
    Capture capture{.image = Image(fuzz::edited_dump({bytes, size}), layout.flash.begin), .name = "dump.bin", .container = "", .format = "raw"};
    const auto facts = collect_facts(capture, layout);
    for (const auto& module : facts.modules)
        if (module.at.end < module.at.begin) std::abort();
    static_cast<void>(predict_boot(facts));
    return 0;
}
