#pragma once
// All that rules may look at of a flash whose keys do not matter: its facts, and what the device would do with them at the next power-up.
#include "boot/boot.h"
#include "diagnosis/diagnosis.h"
#include "rules/rule.h"

#include <string>
#include <utility>
#include <vector>

namespace photopsy::test {

struct SeenFacts {
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot;

    explicit SeenFacts(Facts of) : facts(std::move(of)), boot(predict_boot(facts)) {}
    Observations observations() const { return {facts, keys, handshake, boot}; }
};

inline std::vector<std::string> ids_of(const Diagnosis& diagnosis) {
    std::vector<std::string> ids;
    for (const auto& named : diagnosis.causes) ids.emplace_back(named.cause->id);
    return ids;
}

}  // namespace photopsy::test
