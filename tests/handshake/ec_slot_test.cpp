// EC key slots: every writer is read, every single bit is judged as the forks do, and no wrong key is ever offered.
#include "handshake/ec_slot.h"
#include "support/ec_pair.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

EcScalar scalar_of(const EcPair& pair) { return EcScalar{ByteView(pair.number)}; }

EcPoint public_point(const EcPair& pair) {
    EcPoint point;
    std::copy(pair.point.begin(), pair.point.end(), point.begin());
    return point;
}

bool offers(const EcSlotReading& reading, const EcPair& pair) {
    return reading.key && reading.key->d == scalar_of(pair) && reading.key->point == public_point(pair);
}

/// What the facts say of one flipped bit in a key whose number has `octets` octets (measured on the forks): refused, read with the same public key, or read
/// with its point computed.
enum class Ruled { Refused, SamePoint, Computed };
Ruled ruled(const Bytes& slot, std::size_t octets, std::size_t at, unsigned bit) {
    const auto value = static_cast<std::uint8_t>(slot[at] ^ (1u << bit));
    const std::size_t number_end = 7 + octets, holder = number_end + 12, tag = holder + 5;
    if (at == 1) return value > slot[at] && value < 0x80 ? Ruled::SamePoint : Ruled::Refused;
    if (at >= 7 && at < number_end) return octets == 33 && at == 7 ? Ruled::Refused : Ruled::SamePoint;
    if (at == holder) return Ruled::Computed;
    if (at == tag) return value == 0 ? Ruled::Refused : Ruled::Computed;
    return Ruled::Refused;
}

unsigned wrong_about_bits(const EcPair& pair, EcWidth width) {
    const Bytes whole = slot_made_by_device(pair, width);
    const std::size_t size = sec1_of(pair, width).size(), octets = whole[6];
    unsigned wrong = 0;
    for (std::size_t at = 0; at < size; ++at)
        for (unsigned bit = 0; bit < 8; ++bit) {
            Bytes slot = whole;
            slot[at] = static_cast<std::uint8_t>(slot[at] ^ (1u << bit));
            const auto reading = read_ec_slot(slot, EcParser::ComputesPublicHalf);
            const auto rule = ruled(whole, octets, at, bit);
            const bool number = at >= 7 && at < 7 + octets;
            const bool read = reading.walk.accepted == (rule != Ruled::Refused);
            const bool same = rule != Ruled::SamePoint || reading.walk.presented == public_point(pair);
            const bool empty = slot[0] == 0xFF;
            const bool usable = reading.usable == (rule != Ruled::Refused && !number && !empty);
            const bool place = reading.damage.size() == 1 && reading.damage.front() == Range{static_cast<Address>(at), static_cast<Address>(at + 1)};
            wrong += !(read && same && usable && place && offers(reading, pair) && reading.what == DeviceKeyClass::BitFlip);
        }
    return wrong;
}

}  // namespace

TEST_CASE("the EC keys of every writer are read, and their maker is told", "[ec]") {
    Dice dice(11);
    for (int i = 0; i < 40; ++i) {
        const auto first = rolled_ec_pair(dice), second = rolled_ec_pair(dice);
        for (const auto width : {EcWidth::Fixed, EcWidth::Minimal}) {
            const auto slot = slot_made_by_device(first, width);
            const auto reading = read_ec_slot(slot, EcParser::WantsPublicHalf);
            CHECK(reading.what == DeviceKeyClass::Good);
            CHECK(reading.usable);
            CHECK(reading.encoding == KeyEncoding::Device);
            CHECK(offers(reading, first));
            CHECK(reading.public_spki == spki_of(first));
            CHECK(!reading.first_key);
            // A key that is loaded over it leaves the first one's point readable.
            const auto loaded = read_ec_slot(written_over(slot, sec1_of(second, EcWidth::Fixed)), EcParser::WantsPublicHalf);
            CHECK(loaded.what == DeviceKeyClass::Good);
            CHECK(loaded.encoding == KeyEncoding::CommandLine);
            CHECK(offers(loaded, second));
            REQUIRE(loaded.first_key);
            CHECK(*loaded.first_key == public_point(first));
        }
    }
}

TEST_CASE("numbers with zero bytes in front are written shorter, and read", "[ec]") {
    Dice dice(12);
    for (int zeros = 1; zeros <= 3; ++zeros) {
        auto number = rolled_ec_pair(dice).number;
        std::fill_n(number.begin(), zeros, std::uint8_t{0});
        const auto pair = ec_pair_of(number);
        const auto reading = read_ec_slot(slot_made_by_device(pair, EcWidth::Minimal), EcParser::WantsPublicHalf);
        CHECK(reading.what == DeviceKeyClass::Good);
        CHECK(reading.usable);
        CHECK(offers(reading, pair));
    }
}

TEST_CASE("every single bit of an EC key is judged as the firmware does, located and mended", "[ec]") {
    Dice dice(13);
    auto pair = rolled_ec_pair(dice);
    CHECK(wrong_about_bits(pair, EcWidth::Fixed) == 0);
    while (pair.number[0] < 0x80) pair = rolled_ec_pair(dice);
    CHECK(wrong_about_bits(pair, EcWidth::Minimal) == 0);
}

TEST_CASE("a key without its public half is read from 1.1.0 on", "[ec]") {
    Dice dice(14);
    const auto pair = rolled_ec_pair(dice);
    const auto slot = fresh_slot_with(sec1_of(pair, EcWidth::Fixed, false));
    const auto older = read_ec_slot(slot, EcParser::WantsPublicHalf), newer = read_ec_slot(slot, EcParser::ComputesPublicHalf);
    CHECK(older.what == DeviceKeyClass::UnreadableByFirmware);
    CHECK(!older.usable);
    CHECK(offers(older, pair));
    CHECK(newer.what == DeviceKeyClass::Good);
    CHECK(newer.usable);
}

TEST_CASE("halves of two keys are told, and no number is made from a point", "[ec]") {
    Dice dice(15);
    const auto one = rolled_ec_pair(dice), other = rolled_ec_pair(dice);
    const EcPair mixed{one.number, other.point};
    const auto alone = read_ec_slot(fresh_slot_with(sec1_of(mixed, EcWidth::Fixed)), EcParser::ComputesPublicHalf);
    CHECK(alone.what == DeviceKeyClass::HalvesDiffer);
    CHECK(alone.walk.accepted);
    CHECK(!alone.usable);
    CHECK(!alone.key);
    CHECK(alone.public_spki == spki_of(other));
    // The point behind the key knows the number.
    const auto known = read_ec_slot(written_over(slot_made_by_device(one, EcWidth::Fixed), sec1_of(mixed, EcWidth::Fixed)), EcParser::ComputesPublicHalf);
    CHECK(!known.usable);
    CHECK(offers(known, one));
    // And a witness knows nothing of a number that is gone.
    auto blank = slot_made_by_device(one, EcWidth::Fixed);
    std::fill_n(blank.begin() + 7, 32, std::uint8_t{0xFF});
    const auto gone = read_ec_slot(blank, EcParser::ComputesPublicHalf, {public_point(one)});
    CHECK(gone.what == DeviceKeyClass::Erased);
    CHECK(!gone.key);
    CHECK(gone.public_spki == spki_of(one));
}

TEST_CASE("a public half that the firmware does not read is computed, from a damaged number another one", "[ec]") {
    Dice dice(16);
    const auto pair = rolled_ec_pair(dice);
    for (const std::size_t tag : {51u, 56u}) {
        auto slot = fresh_slot_with(sec1_of(pair, EcWidth::Fixed));
        slot[tag] ^= 0x02;
        const auto harmless = read_ec_slot(slot, EcParser::ComputesPublicHalf);
        CHECK(harmless.usable);
        CHECK(harmless.public_spki == spki_of(pair));
        slot[20] ^= 0x10;
        const auto one = read_ec_slot(slot, EcParser::ComputesPublicHalf);
        CHECK(one.walk.accepted);
        CHECK(!one.usable);
        CHECK(offers(one, pair));
        slot[30] ^= 0x11;
        slot[25] ^= 0x21;
        const auto many = read_ec_slot(slot, EcParser::ComputesPublicHalf);
        CHECK(!many.usable);
        CHECK(!many.key);
        CHECK(many.public_spki == spki_of(pair));
    }
}

TEST_CASE("a cut EC key comes back while eight bytes of its point, or a witness, are left", "[ec]") {
    Dice dice(16);
    const auto pair = rolled_ec_pair(dice);
    const Bytes whole = fresh_slot_with(sec1_of(pair, EcWidth::Fixed));
    for (std::size_t left = 8; left < 120; ++left) {
        Bytes slot = whole;
        std::fill(slot.begin() + static_cast<std::ptrdiff_t>(left), slot.end(), std::uint8_t{0xFF});
        const auto reading = read_ec_slot(slot, EcParser::WantsPublicHalf);
        INFO(left);
        CHECK(reading.what == DeviceKeyClass::Truncated);
        // Erased exactly from the public half's tag on, or from its point's: the firmware then computes the point.
        CHECK(reading.usable == (left == 51 || left == 56));
        if (reading.key) CHECK(offers(reading, pair));
        if (left >= 57 + 9) CHECK(reading.key);
        if (left < 57) CHECK(!reading.key);
        const auto witnessed = read_ec_slot(slot, EcParser::WantsPublicHalf, {public_point(pair)});
        if (left >= 39) CHECK(offers(witnessed, pair));
        if (left < 38) CHECK(!witnessed.key);
    }
}

TEST_CASE("what is no EC private key of this curve is named", "[ec]") {
    Dice dice(17);
    const auto pair = rolled_ec_pair(dice);
    const auto class_of = [](const Bytes& file) { return read_ec_slot(fresh_slot_with(file), EcParser::ComputesPublicHalf).what; };
    CHECK(class_of(spki_of(pair)) == DeviceKeyClass::WrongType);
    CHECK(class_of(Bytes(192, 0)) == DeviceKeyClass::Zeroed);
    CHECK(class_of({}) == DeviceKeyClass::Erased);
    const auto published = published_ec_server_key();
    CHECK(class_of({published.begin(), published.end()}) == DeviceKeyClass::ServerKeyInSlot);
    CHECK(class_of(device_slot_of(first_key())) == DeviceKeyClass::WrongType);
    Bytes other_curve = {0x30, 0x74, 2, 1, 1, 4, 32};
    other_curve.insert(other_curve.end(), pair.number.begin(), pair.number.end());
    const Bytes secp256k1 = {0xA0, 0x07, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A, 0xA1, 0x44, 0x03, 0x42, 0x00, 0x04};
    other_curve.insert(other_curve.end(), secp256k1.begin(), secp256k1.end());
    other_curve.insert(other_curve.end(), pair.point.begin(), pair.point.end());
    CHECK(class_of(other_curve) == DeviceKeyClass::WrongType);
    Bytes noise(192);
    for (auto& byte : noise) byte = static_cast<std::uint8_t>(dice.next() >> 24);
    CHECK(class_of(noise) == DeviceKeyClass::WrongType);
}

TEST_CASE("an EC key in a wrapping, or at another place, is recognized and comes back", "[ec]") {
    Dice dice(18);
    const auto pair = rolled_ec_pair(dice);
    const EcKey key{scalar_of(pair), public_point(pair)};
    const Bytes der = sec1_of(pair, EcWidth::Fixed);
    std::string text;
    for (const auto byte : der) text += std::string(1, "0123456789abcdef"[byte >> 4]) + "0123456789abcdef"[byte & 15];
    Bytes displaced = {0, 0, 0};
    displaced.insert(displaced.end(), der.begin(), der.end());
    for (const Bytes& file : {encode_ec_pkcs8(key), Bytes(text.begin(), text.end()), displaced}) {
        Bytes slot = file;
        slot.resize(std::max<std::size_t>(slot.size(), 192), 0xFF);
        const auto reading = read_ec_slot(slot, EcParser::ComputesPublicHalf);
        CHECK(reading.what == DeviceKeyClass::WrongEncoding);
        CHECK(!reading.usable);
        CHECK(!reading.walk.accepted);
        CHECK(offers(reading, pair));
    }
}

TEST_CASE("a public half in a form that the firmware does not read speaks for its own number, whatever other keys the device had", "[ec]") {
    Dice dice(17);
    const auto pair = rolled_ec_pair(dice), other = rolled_ec_pair(dice);
    const auto whole = sec1_of(pair, EcWidth::Fixed);
    const std::size_t holder = 51, tag = 56;
    Bytes compressed(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(tag));
    compressed.push_back(static_cast<std::uint8_t>(2 + (pair.point[63] & 1)));
    compressed.insert(compressed.end(), pair.point.begin(), pair.point.begin() + 32);
    compressed[1] = static_cast<std::uint8_t>(compressed.size() - 2);
    compressed[holder + 1] = 0x24, compressed[holder + 3] = 0x22;
    auto unread = whole;
    unread[holder] = 0xFF;
    for (const auto& written : {compressed, unread})
        for (const auto& witnesses : {std::vector<EcPoint>{}, {public_point(other)}, {public_point(other), public_point(pair)}}) {
            INFO(written.size() << " octets, " << witnesses.size() << " witnesses");
            const auto reading = read_ec_slot(fresh_slot_with(written), EcParser::ComputesPublicHalf, witnesses);
            CHECK(reading.usable);
            CHECK(offers(reading, pair));
            CHECK(reading.public_spki == spki_of(pair));
            CHECK(reading.what != DeviceKeyClass::HalvesDiffer);
            // From a number with a wrong bit another half is computed: nothing beside it says so any more, unless a witness does.
            auto damaged = written;
            damaged[20] ^= 0x10;
            const auto wrong = read_ec_slot(fresh_slot_with(damaged), EcParser::ComputesPublicHalf, {public_point(pair)});
            CHECK(offers(wrong, pair));
            CHECK_FALSE(wrong.usable);
        }
}
