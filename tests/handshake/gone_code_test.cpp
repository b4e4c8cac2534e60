#include "handshake/gone_code.h"

#include "catch.h"

#include <string>

using namespace photopsy;

namespace {

constexpr Address part1_at = 0x08020000, table_at = 0x08021000, hole_at = 0x08026000;

/// A system part 1 that exports three functions, of which the second begins at `second`.
struct Device {
    Image image{std::vector<std::uint8_t>(0x10000, 0), part1_at};
    Facts facts;

    explicit Device(Address second) {
        Module part1{.slot = "system-part1", .slot_at = range_of(part1_at, 0x40000), .part = 1, .presence = Presence::Present};
        part1.integrity = Integrity::Bad;
        part1.damage.erased_runs = {range_of(hole_at, 0x1000)};
        facts.modules.push_back(part1);
        CodeFacts code{.slot = "system-part1"};
        code.tables.push_back({.number = 4, .at = table_at, .entries = 3});
        Address at = table_at;
        for (const Address function : {part1_at + 0x401, second | 1, part1_at + 0x801}) {
            const std::uint8_t word[] = {static_cast<std::uint8_t>(function), static_cast<std::uint8_t>(function >> 8),
                                         static_cast<std::uint8_t>(function >> 16), static_cast<std::uint8_t>(function >> 24)};
            image.put(at, word);
            at += 4;
        }
        facts.code.push_back(std::move(code));
    }

    HandshakeOutcome judged(Step ends) const {
        HandshakeOutcome outcome;
        outcome.predictions.resize(2);
        for (auto& prediction : outcome.predictions) prediction.step = ends;
        judge_code(image, facts, outcome);
        return outcome;
    }
};

}  // namespace

TEST_CASE("where functions that other parts call are gone, no handshake is promised", "[handshake]") {
    const auto gone = Device(hole_at + 0x100).judged(Step::Done);
    CHECK(gone.unknown.find("of the 3 functions of system part 1 that other parts call, 1 is gone") == 0);
    CHECK(gone.predictions.empty());
    CHECK(Device(hole_at + 0x100).judged(Step::RsaDecrypt).predictions.size() == 2);  // it fails as it is
    Device whole(hole_at + 0x100);
    whole.facts.modules.front().integrity = Integrity::Good;
    CHECK(whole.judged(Step::Done).unknown.empty());
}

TEST_CASE("what only the part itself calls stands in no table: any stretch that is gone leaves the handshake open", "[handshake]") {
    const auto gone = Device(hole_at + 0x1000).judged(Step::Done);
    CHECK(gone.unknown.find("4096 bytes of system part 1 are gone") == 0);
    CHECK(gone.predictions.empty());
    CHECK(Device(hole_at + 0x1000).judged(Step::Connect).predictions.size() == 2);
    Device foreign(hole_at + 0x1000);
    foreign.facts.modules.front().damage.foreign_blocks = foreign.facts.modules.front().damage.erased_runs;
    foreign.facts.modules.front().damage.erased_runs.clear();
    CHECK_FALSE(foreign.judged(Step::Done).unknown.empty());
    // The Wi-Fi chip's firmware is judged by itself; a few wrong bits are no stretch; of application and bootloader the connection needs nothing.
    Device radio(hole_at + 0x1000);
    radio.facts.radio.at = range_of(hole_at - 0x100, 0x2000);
    CHECK(radio.judged(Step::Done).unknown.empty());
    Device bits(hole_at + 0x1000);
    bits.facts.modules.front().damage.erased_runs.clear();
    CHECK(bits.judged(Step::Done).unknown.empty());
    Device application(hole_at + 0x1000);
    application.facts.modules.front().part = 0;
    application.facts.modules.front().slot = "user";
    CHECK(application.judged(Step::Done).unknown.empty());
    application.facts.modules.front().slot = "monolithic";  // firmware in one piece
    CHECK(application.judged(Step::Done).unknown.find("4096 bytes of the firmware are gone") == 0);
}

TEST_CASE("where more than a tenth of a part's calls lead to no function, no handshake is promised", "[handshake]") {
    Device device(part1_at + 0x600);
    device.facts.modules.front().damage.erased_runs.clear();
    auto& code = device.facts.code.front();
    const auto lose = [&](std::size_t number) {
        code.stubs.assign(50, {.provider = "system-part2", .target = 0x08040001});
        std::fill_n(code.stubs.begin(), number, ImportStub{.provider = "system-part2"});
    };
    for (const std::size_t unresolved : {0u, 1u, 5u}) {
        lose(unresolved);
        CHECK_FALSE(calls_lead_nowhere(device.facts));
        CHECK(device.judged(Step::Done).unknown.empty());
    }
    lose(6);
    CHECK(calls_lead_nowhere(device.facts));
    CHECK(device.judged(Step::Done).unknown.find("6 of the 50 calls of system part 1 into other modules lead to no function") == 0);
    // Of a module that is hit in its header alone the functions are there; one that is hit elsewhere too has lost them.
    Module hit{.slot = "system-part2", .part = 2, .presence = Presence::Present, .header_at = 0x0806018C};
    hit.integrity = Integrity::Bad;
    hit.damage.flipped_bit = Field<std::uint8_t>{3, range_of(0x08060190, 1)};
    device.facts.modules.push_back(hit);
    CHECK_FALSE(calls_lead_nowhere(device.facts));
    device.facts.modules.back().damage.flipped_bit->at = range_of(0x08061000, 1);
    CHECK(calls_lead_nowhere(device.facts));
    device.facts.modules.back().damage.flipped_bit.reset();
    device.facts.modules.back().damage.header_alone = true;
    CHECK_FALSE(calls_lead_nowhere(device.facts));
    // An application that is not whole is not called.
    device.facts.modules.back().damage.header_alone = false;
    device.facts.modules.back().part = 0;
    CHECK_FALSE(calls_lead_nowhere(device.facts));
    device.facts.modules.back().integrity = Integrity::Good;
    CHECK(calls_lead_nowhere(device.facts));
}
