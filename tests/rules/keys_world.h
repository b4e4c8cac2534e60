#pragma once
// The facts of a Photon with healthy keys, to be broken one by one, and the rules that look at them.
#include "diagnosis/diagnosis.h"
#include "rules/rule.h"

#include "catch.h"

namespace photopsy::test {

struct KeysWorld {
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot;

    KeysWorld() {
        facts.layout = builtin_layout("photon");
        facts.system.handshake = HandshakeGeneration::V2_3_1;
        keys.device = {.at = range_of(0x08005D9E, 612), .dct_copy = 1, .what = DeviceKeyClass::Good, .encoding = KeyEncoding::Device, .usable = true};
        keys.server = {.at = range_of(0x0800659E, 294), .what = ServerKeyClass::Published};
        keys.address = {.at = range_of(0x0800671E, 128), .kind = ServerAddress::Kind::Domain, .particle = true};
        keys.cache = {.at = range_of(0x0800625E, 162), .state = PublicKeyCache::State::Matches};
    }
    Findings run(std::string_view id) const {
        const auto* rule = find_rule(id);
        REQUIRE(rule);
        return run_rule(*rule, {facts, keys, handshake, boot});
    }
    bool fires(std::string_view id) const { return run(id).has(id); }
};

}  // namespace photopsy::test
