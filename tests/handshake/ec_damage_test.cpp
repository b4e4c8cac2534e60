// EC slots of all writers, damaged at random: the verdict is that of the forks' rules and of OpenSSL, and what is offered is the key that was there.
// 400 slots; 6000 with PHOTOPSY_FULL=1.
#include "handshake/ec_slot.h"
#include "support/ec_pair.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Trial {
    EcPair pair;
    Bytes whole, slot;
    std::size_t octets = 32, size = 121;
    bool has_point = true;
};

Trial roll_trial(Dice& dice) {
    Trial trial{.pair = rolled_ec_pair(dice)};
    if (dice.below(16) == 0) {
        trial.pair.number[0] = 0;
        trial.pair = ec_pair_of(trial.pair.number);
    }
    const auto width = dice.below(2) ? EcWidth::Minimal : EcWidth::Fixed;
    trial.has_point = dice.below(8) != 0;
    const Bytes der = sec1_of(trial.pair, width, trial.has_point);
    trial.octets = der[6];
    trial.size = der.size();
    switch (trial.has_point ? dice.below(3) : 1) {
        case 0:
            trial.whole = slot_made_by_device(trial.pair, width);
            break;
        case 1:
            trial.whole = fresh_slot_with(der);
            break;
        default:
            trial.whole = written_over(slot_made_by_device(rolled_ec_pair(dice), EcWidth::Minimal), der);
    }
    trial.slot = trial.whole;
    return trial;
}

void damage(Trial& trial, Dice& dice) {
    auto& slot = trial.slot;
    const std::size_t at = dice.below(trial.size), length = 1 + dice.below(40);
    const auto fill = [&](std::uint8_t value) { std::fill_n(slot.begin() + static_cast<std::ptrdiff_t>(at), std::min(length, slot.size() - at), value); };
    switch (dice.below(6)) {
        case 0:
            break;
        case 1:
        case 2:
            for (std::size_t i = 0, n = 1 + dice.below(4); i < n; ++i) slot[dice.below(trial.size)] ^= static_cast<std::uint8_t>(1u << dice.below(8));
            break;
        case 3:
            fill(0xFF);
            break;
        case 4:
            fill(0);
            break;
        default:
            std::fill(slot.begin() + static_cast<std::ptrdiff_t>(at), slot.end(), dice.below(2) ? std::uint8_t{0xFF} : std::uint8_t{0});
    }
}

/// The rules of the forks by places, for keys of which it is known what stood where.
struct Expected {
    bool accepted = false, usable = false;
    bool may_tell = false;  ///< not usable for the cloud either, if something of the right point can still be made out
};
Expected expected_of(const Trial& trial, EcParser parser) {
    const auto& [pair, whole, slot, octets, size, has_point] = trial;
    const std::size_t number_end = 7 + octets, holder = number_end + 12, tag = holder + 5;
    const bool longer = slot[1] >= whole[1] && slot[1] < 0x80;
    bool reads_point = has_point && slot[holder] == 0xA1;
    for (std::size_t at = 0; at < size; ++at) {
        if (slot[at] == whole[at] || at == 1 || (at >= 7 && at < number_end)) continue;
        if (has_point && at == holder) continue;
        if (has_point && at > holder && !reads_point) continue;
        if (has_point && at == tag && slot[at] != 0) {
            reads_point = false;
            continue;
        }
        if (has_point && at > tag && !reads_point && slot[tag] != whole[tag]) continue;
        return {};
    }
    if (!longer) return {};
    // Behind a lone number: nothing (newer forks then compute the point), or, in a longer SEQUENCE, another element than a public half.
    if (!has_point && slot[1] == whole[1] && parser == EcParser::WantsPublicHalf) return {};
    Bytes number(slot.begin() + 7, slot.begin() + static_cast<std::ptrdiff_t>(number_end));
    if (octets == 33 && number[0] != 0) return {};
    if (octets == 33) number.erase(number.begin());
    number.insert(number.begin(), 32 - number.size(), 0);
    const auto own = ec_pair_of(number);
    if (own.point.empty()) return {};
    // The firmware computes the point: from a damaged number another one, which shows where the right point is still to be read in the key.
    const auto left = [&](std::size_t from, std::size_t to) {
        return std::equal(slot.begin() + static_cast<std::ptrdiff_t>(from), slot.begin() + static_cast<std::ptrdiff_t>(to),
                          whole.begin() + static_cast<std::ptrdiff_t>(from));
    };
    const bool told = has_point && left(tag + 1, size);
    const bool right = own.point == pair.point;
    return {true, slot[0] != 0xFF && (right || (!reads_point && !told)), !right && !reads_point && !told};
}

bool right_offer(const EcSlotReading& reading, const EcPair& pair) {
    return !reading.key || (reading.key->d == EcScalar{ByteView(pair.number)} && std::equal(pair.point.begin(), pair.point.end(), reading.key->point.begin()));
}

}  // namespace

TEST_CASE("EC slots of all writers damaged at random: no wrong verdict, no wrong key offered", "[ec][property]") {
    Dice dice(1313);
    const int trials = full_tests() ? 6000 : 400;
    int offered = 0;
    for (int i = 0; i < trials; ++i) {
        auto trial = roll_trial(dice);
        damage(trial, dice);
        const auto parser = dice.below(2) ? EcParser::WantsPublicHalf : EcParser::ComputesPublicHalf;
        const bool whole = std::equal(trial.slot.begin(), trial.slot.begin() + static_cast<std::ptrdiff_t>(trial.size), trial.whole.begin());
        const auto expected = expected_of(trial, parser);
        const auto reading = read_ec_slot(trial.slot, parser);
        INFO("trial " << i << ", " << trial.octets << " octets, parser " << static_cast<int>(parser) << ", " << reading.walk.refusal << ", " << reading.detail);
        CHECK(reading.walk.accepted == expected.accepted);
        if (expected.may_tell && !reading.usable)
            CHECK((reading.counts_as_empty || reading.public_spki == spki_of(trial.pair)));
        else
            CHECK(reading.usable == expected.usable);
        // A lone number in a whole frame: whatever it is, it is a key, and nothing says that it is another.
        const bool lone_number = !trial.has_point && expected_of(trial, EcParser::ComputesPublicHalf).accepted;
        if (!lone_number) CHECK(right_offer(reading, trial.pair));
        if (whole && expected.usable) CHECK(reading.what == DeviceKeyClass::Good);
        if (!whole && !lone_number) CHECK(reading.what != DeviceKeyClass::Good);
        if (!reading.damage.empty()) CHECK(reading.damage.front().begin < 192);
        if (reading.usable) CHECK(reading.public_spki == ec_spki(reading.walk.presented));
        offered += reading.key.has_value();
    }
    CHECK(offered > trials / 4);
}
