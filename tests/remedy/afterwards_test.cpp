// What is told for the time after the repair.
#include "remedy/ways.h"
#include "support/output_text.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("the light that ends a repair may have the owner's own colour", "[remedy]") {
    Facts facts;
    const KeyFacts keys;
    const HandshakeOutcome handshake;
    const BootOutcome boot;
    const Observations seen{facts, keys, handshake, boot};
    const Diagnosis diagnosis;
    Remedies all;
    CHECK_FALSE(see_whether_it_worked(all, seen, diagnosis));
    all.emplace_back().push_back({.title = "Register", .steps = {{.kind = StepKind::RegisterKey}}});
    const auto told = [&] { return see_whether_it_worked(all, seen, diagnosis).value().explain; };
    CHECK(has(told(), "breathe cyan. If"));
    facts.settings.led_theme = range_of(0x08006C2B, 64);
    CHECK(has(told(), "breathe cyan, or the colour that the owner's LED theme has in its place. If"));
    facts.untrustworthy_capture = true;
    CHECK_FALSE(see_whether_it_worked(all, seen, diagnosis));
}
