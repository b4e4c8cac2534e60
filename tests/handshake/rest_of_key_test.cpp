// What is left of a server's key tells whether it was Particle's.
#include "handshake/rest_of_key.h"
#include "handshake/public_key.h"

#include "catch.h"

#include <algorithm>
#include <random>
#include <string_view>
#include <vector>

using namespace photopsy;

TEST_CASE("a piece of Particle's key shows in whatever order; another number has none", "[keys]") {
    using Bytes = std::vector<std::uint8_t>;
    const auto published = published_server_key();
    const Bytes own(published.begin() + 33, published.begin() + 289);
    std::mt19937 random(84);
    Bytes other(256);
    for (auto& byte : other) byte = static_cast<std::uint8_t>(random());
    const auto cut = [](Bytes number, std::size_t from, std::size_t to, std::uint8_t value) {
        std::fill(number.begin() + static_cast<std::ptrdiff_t>(from), number.begin() + static_cast<std::ptrdiff_t>(to), value);
        return number;
    };
    for (const std::uint8_t value : {0xFF, 0x00})
        for (const auto& [from, to] : {std::pair<std::size_t, std::size_t>(20, 256), {0, 230}, {100, 200}, {0, 0}}) {
            CHECK(is_left_of_another_key(cut(other, from, to, value), published));
            CHECK_FALSE(is_left_of_another_key(cut(own, from, to, value), published));
        }
    for (const std::size_t distance : {1u, 2u, 3u}) {
        Bytes swapped(published.begin(), published.end());
        for (std::size_t i = 0; i < swapped.size(); ++i)
            if ((i ^ distance) < swapped.size()) swapped[i] = published[i ^ distance];
        CHECK_FALSE(is_left_of_another_key(ByteView(swapped).subspan(33, 256), published));
    }
    // Too little, or nothing that is drawn.
    CHECK_FALSE(is_left_of_another_key(cut(other, 8, 256, 0xFF), published));
    constexpr std::string_view text =
        "a log of the application, with one line for each start of it, and nothing of a key in it; a log of the application, with one "
        "line for each start of it, and nothing of a key in it; a log of the application, with one line for each start of it ...";
    CHECK_FALSE(is_left_of_another_key({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, published));
    CHECK_FALSE(is_left_of_another_key(Bytes(256, 0xFF), published));
}
