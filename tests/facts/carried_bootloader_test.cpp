// A bootloader inside another module is found by its own header and checksum.
#include "facts/carried_bootloader.h"

#include "catch.h"
#include "support/sample/module.h"

using namespace photopsy;

TEST_CASE("a whole bootloader inside a module is found, a damaged one is not", "[updates]") {
    const auto& layout = *builtin_layout("photon");
    const auto &home = *layout.slot("bootloader"), &place = *layout.slot("user");
    const auto bootloader = sample::build_module(sample::spec_of(layout, home, *sample::find_release("0.7.0"), 5));
    auto spec = sample::spec_of(layout, place, *sample::find_release("0.7.0"), 5);
    const auto plain = sample::build_module(spec);
    CHECK(carried_bootloader(plain, home).empty());
    spec.carries = bootloader;
    spec.length += static_cast<std::uint32_t>(bootloader.size() + 63) & ~3u;
    auto module = sample::build_module(spec);
    const auto found = carried_bootloader(module, home);
    CHECK(std::equal(found.begin(), found.end(), bootloader.begin(), bootloader.end()));
    CHECK(carried_bootloader_version(module, home) == 101);
    CHECK_FALSE(carried_bootloader_version(plain, home));
    module[module.size() - 4000] ^= 1;
    CHECK(carried_bootloader(module, home).empty());
    CHECK(carried_bootloader(ByteView(module).first(40), home).empty());
    CHECK(carried_bootloader({}, home).empty());
}
