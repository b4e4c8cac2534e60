// Copies of one dump with one thing wrong in it: each was a way for a whole secret into a copy.
#include "mend/redact.h"

#include "support/keys.h"
#include "support/plants.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>
#include <ctime>

using namespace photopsy;
using namespace photopsy::test;

static Analysis verdict_on(const Bytes& bytes) { return analyze(recognize(bytes, "dump.bin", "", *builtin_layout("photon")), *builtin_layout("photon")); }

static const Bytes& sound_flash() {
    const auto story = std::find_if(stories().begin(), stories().end(), [](const test::Story& each) { return each.name == "healthy-1.5.2"; });
    return story->sample.flash;
}

namespace {

constexpr std::size_t table1 = 0x4000 + 0x1D7C;  ///< offset of the application's fields of copy 1 in the flash

Bytes copy_of_flash(const Bytes& flash) {
    const auto copy = redact(verdict_on(flash));
    if (!copy) FAIL(copy.error().message);
    CHECK(copy->manifest.find("crc") == std::string::npos);
    return copy->bytes;
}

/// Bytes of `secret` (with nothing erased or zero in it) that stand in the copy where they stood in the flash.
std::size_t left_at(const Bytes& copy, std::size_t at, const Bytes& secret) {
    std::size_t left = 0;
    for (std::size_t i = 0; i < secret.size(); ++i) left += copy[at + i] == secret[i];
    return left;
}

Bytes secret_bytes(std::size_t size) {
    Dice dice(99);
    Bytes bytes;
    while (bytes.size() < size)
        if (const auto byte = static_cast<std::uint8_t>(dice.below(256)); byte != 0 && byte != 0xFF && byte != 'x') bytes.push_back(byte);
    return bytes;
}

}  // namespace

TEST_CASE("a private key in the server's place with one wrong bit in its header goes whole", "[redact]") {
    const auto key = encode_for_device(first_key());
    for (const std::size_t wrong : {0u, 1u, 2u, 4u, 5u, 7u, 8u, 9u}) {
        auto flash = sound_flash();
        auto planted = key;
        planted[wrong] ^= 1;
        std::copy(planted.begin(), planted.end(), flash.begin() + table1 + 2082);
        const auto copy = copy_of_flash(flash);
        INFO("header byte " << wrong);
        for (const std::size_t number : {11u, 150u, 276u, 343u}) {  // n, d, p, q
            const Bytes piece(key.begin() + static_cast<std::ptrdiff_t>(number), key.begin() + static_cast<std::ptrdiff_t>(number + 16));
            CHECK(std::search(copy.begin(), copy.end(), piece.begin(), piece.end()) == copy.end());
        }
    }
}

TEST_CASE("a flipped bit in a header keeps nothing of an application", "[redact]") {
    const auto secret = secret_bytes(64);
    for (const std::size_t byte : {14u, 15u, 12u, 6u}) {  // function, index, platform, end
        auto flash = sound_flash();
        std::copy(secret.begin(), secret.end(), flash.begin() + 0xA0200);
        flash[0xA0000 + byte] ^= 1;
        CHECK(left_at(copy_of_flash(flash), 0xA0200, secret) < 8);
    }
}

TEST_CASE("tails, other keys' places and slack hold nothing of what stood there", "[redact]") {
    const auto secret = secret_bytes(48);
    for (const std::size_t at : {table1 + 1250 + 162, table1 + 3298 + 10, table1 + 2082 + 294, table1 + 3759 + 1, table1 + 8134, std::size_t{0x3D00},
                                 std::size_t{0x5FF00}, std::size_t{0xBFF00}, table1 + 34 + 612}) {
        auto flash = sound_flash();
        std::copy(secret.begin(), secret.end(), flash.begin() + static_cast<std::ptrdiff_t>(at));
        INFO("offset " << at);
        CHECK(left_at(copy_of_flash(flash), at, secret) < 6);
    }
}

TEST_CASE("a device key in the cells of the EEPROM is a stand-in, also where the EEPROM is kept", "[redact]") {
    const auto key = encode_for_device(first_key());
    auto flash = sound_flash();
    flash[0xC000] = flash[0xC001] = 0;
    plant_in_cells(flash, 0xC000, 0x4000, 10, key);
    const auto original = verdict_on(flash);
    for (const bool keep : {false, true}) {
        const auto copy = redact(original, {.keep_eeprom = keep, .keep_application = false});
        if (!copy) FAIL(copy.error().message);
        std::size_t left = 0;
        for (std::size_t i = 150; i < key.size(); ++i) left += copy->bytes[0xC004 + (10 + i) * 4] == key[i];
        CHECK(left < 60);
        const auto after = verdict_on(copy->bytes);
        CHECK(after.keys.elsewhere.size() == original.keys.elsewhere.size());
    }
}

TEST_CASE("a hostile flash takes no longer than another", "[redact]") {
    auto flash = sound_flash();
    Dice dice(3);
    for (std::size_t at = 0xA0000; at < flash.size(); at += 2) flash[at] = static_cast<std::uint8_t>(dice.below(2) ? 0x08 : 0xB5), flash[at + 1] = 0xB5;
    const auto original = verdict_on(flash);
    const auto start = std::clock();
    const auto copy = redact(original);
    CHECK(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC < 15);  // a second where nothing looks on; sanitizers take their time
}

TEST_CASE("a copy is as sure of a damaged table as the original, or says itself that it is not", "[redact]") {
    auto flash = sound_flash();
    const auto original = verdict_on(flash);
    REQUIRE(original.facts.dct.selected);
    const auto unused = 3 - *original.facts.dct.selected;
    const auto begin = original.facts.dct.copy(unused)->at.begin - 0x08000000;
    // A block of the copy that is not in use is erased: it ends inside the key, whose last bytes are those of the other copy.
    std::fill(flash.begin() + begin + 0x1000, flash.begin() + begin + 0x2000, 0xFF);
    const auto damaged = verdict_on(flash);
    const auto copy = redact(damaged);
    REQUIRE(copy);
    const auto after = verdict_on(copy->bytes);
    CHECK(copy->same_confidence != after.capture.is_less_sure);
    CHECK(copy->same_confidence);
    REQUIRE(after.findings.all().size() == damaged.findings.all().size());
    for (std::size_t i = 0; i < after.findings.all().size(); ++i) CHECK(after.findings.all()[i].confidence == damaged.findings.all()[i].confidence);
}
