#include "facts/code_path.h"

#include "catch.h"
#include "support/shared.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr Address base = 0x08060000;

/// Halfwords as they stand in flash.
Bytes code_of(std::initializer_list<std::uint16_t> halfwords) {
    Bytes bytes;
    for (const auto half : halfwords) bytes.insert(bytes.end(), {static_cast<std::uint8_t>(half), static_cast<std::uint8_t>(half >> 8)});
    bytes.resize(64, 0xFF);
    return bytes;
}

bool executes(const Bytes& code, Address at) {
    const auto ranges = executed_for_certain(code, base, base);
    return std::any_of(ranges.begin(), ranges.end(), [&](Range range) { return range.contains(base + at); });
}

}  // namespace

TEST_CASE("what lies behind a decision counts where both ways meet", "[code]") {
    // 0 movs r0,#1; 2 cmp r0,#0; 4 beq 8; 6 movs r1,#2; 8 movs r2,#3; 10 bx lr; 12 movs r3,#4
    const auto code = code_of({0x2001, 0x2800, 0xD000, 0x2102, 0x2203, 0x4770, 0x2304});
    for (const Address at : {0u, 2u, 4u, 8u, 10u}) CHECK(executes(code, at));
    CHECK_FALSE(executes(code, 6));
    CHECK_FALSE(executes(code, 12));
}

TEST_CASE("a loop ends some time, a call comes back, a return inside a decision ends all certainty", "[code]") {
    // 0 subs r0,#1; 2 bne 0; 4 bl 12; 8 movs r1,#1; 10 bx lr; 12 movs r2,#2; 14 bx lr
    const auto loop = code_of({0x3801, 0xD1FD, 0xF000, 0xF802, 0x2101, 0x4770, 0x2202, 0x4770});
    for (const Address at : {0u, 2u, 4u, 8u, 12u}) CHECK(executes(loop, at));
    // 0 cbz r0, 6; 2 movs r1,#1; 4 bx lr; 6 movs r2,#2; 8 bx lr
    const auto early = code_of({0xB108, 0x2101, 0x4770, 0x2202, 0x4770});
    CHECK(executes(early, 0));
    CHECK_FALSE(executes(early, 6));
}

TEST_CASE("the way into erased flash is told, and hostile code comes to an end", "[code]") {
    // 0 movs r0,#1; 2 b 16, where nothing stands
    const auto gap = code_of({0x2001, 0xE005});
    CHECK(executes(gap, 16));
    const auto forever = code_of({0xE7FE});
    CHECK(executed_for_certain(forever, base, base).size() == 1);
    // 0 bl 0: calls itself
    CHECK(executed_for_certain(code_of({0xF7FF, 0xFFFE, 0xE7FC}), base, base).size() == 1);
    CHECK(executed_for_certain(Bytes(2, 0), base, base).size() == 1);
    CHECK(executed_for_certain({}, base, base).size() == 1);
}

TEST_CASE("no released module leads its start into a gap", "[code][real]") {
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    if (all.empty()) WARN("no real firmware beside the checkout");
    std::size_t modules = 0, covered = 0;
    for (const auto& [path, bytes] : all) {
        if (path.find("system-part") == std::string::npos && path.find("bootloader") == std::string::npos) continue;
        if (bytes.size() < 0x200 || (little_endian<std::uint32_t>(bytes) & 0x2FF00000) != 0x20000000) continue;
        const auto start = little_endian<std::uint32_t>(ByteView(bytes).subspan(0x184));
        if (start < 0x08000000 || start >= 0x08100000) continue;
        ++modules;
        for (const auto range : executed_for_certain(bytes, start, little_endian<std::uint32_t>(ByteView(bytes).subspan(4)) & ~1u)) {
            INFO(path);
            const auto executed = ByteView(bytes).subspan(range.begin - start, range.size());
            for (std::size_t at = 0; at + 8 <= executed.size(); at += 2) CHECK_FALSE(all_equal(executed.subspan(at, 8), 0xFF));
            covered += range.size();
        }
    }
    CHECK(covered >= modules * 6);
}
