#include "catch.h"
#include "rules/rule.h"
#include "support/ota_fixture.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

void put_word(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

void seal(std::vector<std::uint8_t>& bytes) {
    const auto end = bytes.size() - 4;
    const auto crc = crc32(ByteView(bytes).first(end));
    for (std::size_t i = 0; i < 4; ++i) bytes[end + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
}

/// Part 1 with `count` stubs for hal[1] of part 2, part 2 with `functions` functions in that table.
OtaDevice device_with(unsigned count, unsigned functions) {
    OtaDevice device;
    auto part1 = make_module(part1_spec(1512)), part2 = make_module(part2_spec(1512));
    // Whatever stands in the vector words of a synthetic module must be 0 or a handler.
    for (std::size_t at = 8; at < 0x184; at += 4) put_word(part1, at, 0), put_word(part2, at, 0);
    put_word(part2, 0x19C, 0x08061000);
    put_word(part2, 0x1A0, 1);
    for (unsigned i = 0; i < functions; ++i) put_word(part2, 0x1000 + 4 * i, 0x08062001 + 0x100 * i);
    put_word(part2, 0x1000 + 4 * functions, 0);
    for (unsigned i = 0; i < count; ++i) {
        const std::vector<std::uint8_t> stub{0x08, 0xB5, 0x02, 0x4B, 0x1B, 0x68, 0x5B, 0x68, 0x01, 0x93, 0x08, 0xBD};
        std::copy(stub.begin(), stub.end(), part1.begin() + 0x1000 + 16 * i);
        put_word(part1, 0x1000 + 16 * i + 12, 0x0806019C);
    }
    seal(part1);
    seal(part2);
    device.install(part1);
    device.install(part2);
    return device;
}

Findings findings_of(const OtaDevice& device) {
    auto facts = device.facts();
    facts.code = read_suspect_code(device.image, facts.modules);
    const KeyFacts keys;
    const HandshakeOutcome handshake;
    const auto boot = predict_boot(facts);
    Findings all;
    for (const auto& rule : code_rules()) {
        const auto found = run_rule(rule, {facts, keys, handshake, boot});
        all.all().insert(all.all().end(), found.all().begin(), found.all().end());
    }
    return all;
}

}  // namespace

TEST_CASE("A healthy set is not even read", "[code][rules]") {
    auto device = device_with(25, 2);
    CHECK(read_suspect_code(device.image, device.facts().modules).empty());
    CHECK(findings_of(device).all().empty());
}

TEST_CASE("A small damage is called small, a damaged vector table is named", "[code][rules]") {
    auto device = device_with(25, 2);
    device.flip(0x08025000);
    CHECK(findings_of(device).has("calls-still-resolve"));
    CHECK(!findings_of(device).has("vectors-damaged"));
    device.flip(0x08025000);
    device.flip(0x08020020, 3);
    const auto found = findings_of(device);
    CHECK(!found.has("calls-still-resolve"));
    REQUIRE(found.has("vectors-damaged"));
    CHECK(found.all().front().where.at == range_of(0x08020020, 4));
}

TEST_CASE("A reset handler that leads to no code is named", "[code][rules]") {
    auto device = device_with(25, 2);
    const auto reset = little_endian<std::uint32_t>(device.image.bytes(range_of(0x08060004, 4))) - 1;
    device.image.put(reset, std::vector<std::uint8_t>{0x01, 0x30, 0x01, 0x30, 0x70, 0x47});  // adds, adds, bx lr
    CHECK(!findings_of(device).has("reset-code-damaged"));
    device.erase(range_of(reset + 2, 8));
    const auto found = findings_of(device);
    REQUIRE(found.has("reset-code-damaged"));
    const auto at = std::find_if(found.all().begin(), found.all().end(), [](const Finding& finding) { return finding.rule->id == "reset-code-damaged"; });
    CHECK(at->where.at == range_of(reset + 2, 2));
    CHECK(at->severity == Severity::Note);
}

TEST_CASE("Whole modules that do not fit prove it by their calls", "[code][rules]") {
    auto fitting = device_with(25, 2), lacking = device_with(25, 1);
    for (auto* device : {&fitting, &lacking}) {
        auto part1 = device->image.bytes({0x08020000, 0x08020000 + 0x30004});
        std::vector<std::uint8_t> newer(part1.begin(), part1.end());
        newer[0x184 + 10] = 0x00;  // another version
        seal(newer);
        device->install(newer);
    }
    CHECK(!findings_of(fitting).has("calls-lead-nowhere"));
    REQUIRE(findings_of(lacking).has("calls-lead-nowhere"));
    CHECK(findings_of(lacking).all().front().explain.find("hal[1]") != std::string::npos);
}
