// Erased and zero runs inside an application: what an erase or a transfer left is told from what its maker put in.
#include "catch.h"
#include "facts/module_damage.h"
#include "support/module_fixture.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

const auto runs_layout = module_layout();
constexpr Address home = 0x080A0000, received = 0x080C0000;

std::vector<std::uint8_t> crc_of(const std::vector<std::uint8_t>& module) {
    const auto crc = crc32(ByteView(module).first(module.size() - 4));
    return {static_cast<std::uint8_t>(crc >> 24), static_cast<std::uint8_t>(crc >> 16), static_cast<std::uint8_t>(crc >> 8), static_cast<std::uint8_t>(crc)};
}

/// An application with `size` bytes of `value` at `at` in it, and a checksum that is right.
std::vector<std::uint8_t> with_asset(std::size_t at, std::size_t size, std::uint8_t value) {
    auto module = make_module(user_spec());
    std::fill_n(module.begin() + static_cast<std::ptrdiff_t>(at), size, value);
    module[at - 1] = module[at + size] = 0x55;
    const auto crc = crc_of(module);
    std::copy(crc.begin(), crc.end(), module.end() - 4);
    return module;
}

std::size_t runs_in(const Image& image) {
    const auto modules = read_modules(image, runs_layout);
    const auto* user = find_module(modules, "user");
    REQUIRE(user);
    CHECK(user->integrity == Integrity::Bad);
    return user->damage.erased_runs.size() + user->damage.zero_runs.size();
}

void two_wrong_bits(Image& image) {
    flip(image, home + 0x100);
    flip(image, home + 0x307, 1);
}

}  // namespace

TEST_CASE("a white or zero array of an owner's application is no run that something left there", "[modules]") {
    for (const std::uint8_t value : {0xFF, 0x00})
        for (const std::size_t size : {600u, 2048u, 4096u, 9000u})
            for (const std::size_t at : {0x1CB1u, 0x1CB0u, 0x1D64u}) {
                CAPTURE(value, size, at);
                auto image = healthy_flash(runs_layout);
                image.put(home, with_asset(at, size, value));
                two_wrong_bits(image);
                CHECK(runs_in(image) == 0);
            }
}

TEST_CASE("a run that lies like a block is one, unless a whole copy of the application holds it", "[modules]") {
    for (const std::uint8_t value : {0xFF, 0x00}) {
        CAPTURE(value);
        auto lost = healthy_flash(runs_layout);
        lost.put(home, make_module(user_spec()));
        fill(lost, home + 0x1000, 0x1000, value);
        CHECK(runs_in(lost) == 1);

        const auto application = with_asset(0x1000, 0x1000, value);
        auto image = healthy_flash(runs_layout);
        image.put(home, application);
        two_wrong_bits(image);
        CHECK(runs_in(image) == 1);  // nothing tells it from a lost block
        image.put(received, application);
        CHECK(runs_in(image) == 0);
        flip(image, received + 0x500);
        CHECK(runs_in(image) == 1);
    }
}

TEST_CASE("a run up to the end of an application is what a write that stopped leaves", "[modules]") {
    const auto module = make_module(user_spec());
    auto image = healthy_flash(runs_layout);
    image.put(home, module);
    fill(image, home + 0x1235, static_cast<std::uint32_t>(module.size()) - 0x1235);
    CHECK(runs_in(image) == 1);
}
