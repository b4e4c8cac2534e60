#include "support/sample/module.h"

#include "base/digest.h"
#include "catch.h"
#include "flash/image.h"

using namespace photopsy;
using namespace photopsy::sample;

namespace {

std::vector<std::uint8_t> built(const char* slot, const char* release) {
    const auto& layout = *builtin_layout("photon");
    return build_module(spec_of(layout, *layout.slot(slot), *find_release(release), 7));
}

std::size_t longest_run(ByteView bytes) {
    std::size_t longest = 0, run = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        run = (bytes[i] == 0 || bytes[i] == 0xFF) && i && bytes[i] == bytes[i - 1] ? run + 1 : 0;
        longest = std::max(longest, run + 1);
    }
    return longest;
}

}  // namespace

TEST_CASE("a synthetic module has checksum, digest, header and vectors that hold", "[samples]") {
    for (const auto* slot : {"bootloader", "system-part1", "system-part2", "user"}) {
        for (const auto* release : {"0.4.0", "0.6.3", "1.5.2", "2.3.1"}) {
            INFO(slot << " " << release);
            const auto module = built(slot, release);
            const ByteView bytes = module;
            const std::size_t length = bytes.size() - 4, header = std::string_view(slot) == "user" ? 0 : 0x184;
            CHECK(crc32(bytes.first(length)) == big_endian<std::uint32_t>(bytes.subspan(length)));
            const auto digest = sha256(bytes.first(length - 34));
            CHECK(std::equal(digest.begin(), digest.end(), bytes.begin() + static_cast<std::ptrdiff_t>(length - 34)));
            const auto start = little_endian<std::uint32_t>(bytes.subspan(header)), end = little_endian<std::uint32_t>(bytes.subspan(header + 4));
            CHECK(end - start == length);
            if (header) CHECK(little_endian<std::uint32_t>(bytes) == 0x20020000);
            for (std::size_t word = 1; header && word < 97; ++word)
                if (const auto vector = little_endian<std::uint32_t>(bytes.subspan(4 * word))) CHECK(((vector & 1) == 1 && vector > start && vector < end));
            CHECK(longest_run(bytes.subspan(header ? 0x188 : 8)) <= 12);
        }
    }
    CHECK(built("user", "1.5.2") == built("user", "1.5.2"));
    CHECK(built("user", "1.5.2") != built("user", "2.3.1"));
}

TEST_CASE("a module without a checksum step carries the linker's placeholders", "[samples]") {
    const auto& layout = *builtin_layout("photon");
    auto spec = spec_of(layout, *layout.slot("bootloader"), *find_release("0.4.0"), 7);
    spec.placeholder = true;
    const auto module = build_module(spec);
    CHECK(little_endian<std::uint32_t>(ByteView(module).last(4)) == 0x12345678);
}
