// A flash that is full of what looks like keys: attempts are counted, the likely places come first, and what was not tried is told.
#include "handshake/judge.h"
#include "handshake/key_forms.h"

#include "catch.h"
#include "support/keys.h"

#include <algorithm>
#include <random>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr Address base = 0x08000000;

/// The first bytes of a key every 36 bytes, then noise: the heads differ.
std::vector<std::uint8_t> full_of_heads() {
    std::mt19937 random(3);
    std::vector<std::uint8_t> flash(0x100000);
    for (auto& byte : flash) byte = static_cast<std::uint8_t>(random());
    const std::uint8_t head[] = {0x30, 0x82, 0x02, 0x5F, 0x02, 0x01, 0x00, 0x02, 0x81, 0x81, 0x00, 0xC1};
    for (std::size_t at = 0; at + 36 <= flash.size(); at += 36) std::copy(std::begin(head), std::end(head), flash.begin() + static_cast<std::ptrdiff_t>(at));
    return flash;
}

}  // namespace

TEST_CASE("key heads without number cost no more than a few attempts", "[hostile][keys]") {
    auto flash = full_of_heads();
    const auto empty = search_private_keys(Image(flash, base), {}, {});
    CHECK(empty.tried == most_key_attempts);
    CHECK(empty.untried > 25000);
    CHECK(empty.found.empty());
    // A whole key among them is found all the same, wherever it stands.
    const auto key = encode_for_device(first_key());
    for (const std::size_t at : {std::size_t{0x1001}, std::size_t{0x80000}, std::size_t{0xFF003}}) {
        auto with_key = flash;
        std::copy(key.begin(), key.end(), with_key.begin() + static_cast<std::ptrdiff_t>(at));
        const auto search = search_private_keys(Image(std::move(with_key), base), {}, {});
        CHECK(search.tried <= most_key_attempts);
        REQUIRE(search.found.size() == 1);
        CHECK(search.found[0].at.begin == base + at);
    }
}

TEST_CASE("the same bytes are tried once, and where all was tried nothing is told", "[hostile][keys]") {
    std::vector<std::uint8_t> flash(0x100000, 0xFF);
    const auto key = encode_for_device(first_key());
    for (std::size_t at = 0; at + 1024 <= flash.size(); at += 1024) std::copy(key.begin(), key.end(), flash.begin() + static_cast<std::ptrdiff_t>(at));
    const auto search = search_private_keys(Image(std::move(flash), base), {}, {});
    CHECK(search.tried == 1);
    CHECK(search.untried == 0);
    CHECK(search.found.size() == 1);
}

TEST_CASE("a slot full of what keys are made of is searched so far and no farther, and that is told", "[handshake][hostile]") {
    std::vector<std::uint8_t> slot(device_slot_size, 0xA5);
    CHECK(displaced_keys(slot).all_places);
    CHECK_FALSE(read_device_slot(slot).searched_in_part);
    for (std::size_t at = 0; at + 4 <= slot.size(); at += 4) {
        slot[at] = 0x02;
        slot[at + 1] = 0x41;
        slot[at + 2] = 0x00;
    }
    CHECK_FALSE(displaced_keys(slot).all_places);
    CHECK(read_device_slot(slot).searched_in_part);
}
