// A bootloader that is no released file: what it does with a write nobody knows, so a plan is to be read until its word is said (law 11).
#include "base/hex.h"
#include "catch.h"
#include "mend/repair_json.h"
#include "repair/given.h"
#include "support/repair_trial.h"
#include "support/spoken.h"
#include "support/story.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::size_t end_field = 0x188;

RepairCase bit_error() { return repair_case("part2-bit-error", sample_called("part2-bit-error").file); }

void put_big(Bytes& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

/// Four bytes at `at` so that the CRC-32 of the first `length` bytes is `wanted`: it is linear in each of their bits.
void turn_crc(Bytes& bytes, std::size_t length, std::size_t at, std::uint32_t wanted) {
    const auto crc = [&](std::uint32_t value) {
        put_big(bytes, at, value);
        return crc32(ByteView(bytes).first(length));
    };
    const auto none = crc(0);
    std::uint32_t rest = none ^ wanted, value = 0;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> steps;  // what a choice of bits changes, each with a highest bit of its own
    for (unsigned bit = 0; bit < 32; ++bit) {
        std::uint32_t change = crc(1u << bit) ^ none, bits = 1u << bit;
        for (const auto& [known, of] : steps)
            if ((change ^ known) < change) change ^= known, bits ^= of;
        if (change == 0) continue;
        steps.emplace_back(change, bits);
        std::sort(steps.rbegin(), steps.rend());
    }
    for (const auto& [change, bits] : steps)
        if ((rest ^ change) < rest) rest ^= change, value ^= bits;
    CHECK(crc(value) == wanted);
}

/// The sample's own bootloader made to bear length, hash and CRC of bootloader 502 as it was released: by these a released file is known.
Bytes with_released_bootloader(const Bytes& flash) {
    constexpr std::size_t length = 0x3BE4;
    constexpr std::uint32_t stored_crc = 0x6DC203E3;
    Bytes bytes = flash;
    const auto end = static_cast<std::uint32_t>(0x08000000 + length);
    for (std::size_t i = 0; i < 4; ++i) bytes[end_field + i] = static_cast<std::uint8_t>(end >> (8 * i));
    const auto hash = *from_hex("64207fdb3232fbf987c8730219c6eed360e9d4588f76c7280d1bc5fca7025871");
    std::copy(hash.begin(), hash.end(), bytes.begin() + length - 34);
    bytes[length - 2] = 36;
    bytes[length - 1] = 0;
    turn_crc(bytes, length, length - 64, stored_crc);
    put_big(bytes, length, stored_crc);
    return bytes;
}

std::size_t words_for_bootloader(const RepairPlan& plan) {
    return static_cast<std::size_t>(
        std::ranges::count_if(plan.consents, [](const auto& consent) { return consent.word.starts_with(repair_consent::unknown_bootloader); }));
}

}  // namespace

TEST_CASE("under a bootloader that is no released file a plan is printed and not carried out, until its own word is said", "[repair]") {
    const auto one = bit_error();
    const auto& bootloader = *one.analysis.facts.module("bootloader");
    REQUIRE(bootloader.known_as.empty());
    const auto word = "unknown-bootloader=" + hex(sha256(one.analysis.capture.image.bytes({bootloader.at.begin, bootloader.at.end + 4})));
    const std::vector<std::vector<std::string>> words = {{}, {"unknown-bootloader=" + std::string(64, 'a')}, {"bootloader"}};
    for (const auto& said : words) {
        const auto repair = plan_repair(one.analysis, {.consents = said});
        CHECK_FALSE(repair.plan.steps.empty());
        CHECK(is_advice_only(repair.plan));
        CHECK(repair.plan.consents.back().word == word);
        CHECK(is_repair_consent(word));
        auto device = device_with(one.analysis);
        MemoryJournal journal;
        const auto end = carry_out_on(device, repair, *one.analysis.layout, journal);
        CHECK(end.how == RepairEnd::How::AdviceOnly);
        CHECK(end.written == 0);
        CHECK(device.trespasses().empty());
        CHECK(std::ranges::equal(device.flash.bytes, one.analysis.capture.image.everything()));
    }
    const auto agreed = plan_repair(one.analysis, {.consents = {word}});
    CHECK_FALSE(is_advice_only(agreed.plan));
    auto device = device_with(one.analysis);
    MemoryJournal journal;
    CHECK(carry_out_on(device, agreed, *one.analysis.layout, journal).how == RepairEnd::How::Done);
}

TEST_CASE("advice is told as advice, and is refused before a device is looked for", "[repair]") {
    const ScratchDirectory folder;
    const auto dump = folder.put("dump.bin", sample_called("part2-bit-error").file), plan = dump + ".json";
    const auto advice = run({"repair", dump, "-o", plan});
    CHECK(advice.status == 0);
    CHECK(advice.out.find("To agree, say --consent") != std::string::npos);
    CHECK(advice.out.find(bit_error().repair.plan.consents.back().word) != std::string::npos);  // in one piece
    CHECK(advice.out.find("advice only") != std::string::npos);
    CHECK(advice.out.find("To carry it out") == std::string::npos);
    const auto refused = run({"repair", "apply", plan, "--yes"});
    CHECK(refused.status == 2);
    CHECK(refused.err.find("advice only") != std::string::npos);
    CHECK(refused.err.find("nothing was written") != std::string::npos);
    const auto word = bit_error().repair.plan.consents.back().word;
    const auto agreed = run({"repair", dump, "--consent", word});
    CHECK(agreed.status == 0);
    CHECK(agreed.out.find("You said --consent") != std::string::npos);
    CHECK(agreed.out.find("advice only") == std::string::npos);
    CHECK(agreed.out.find("To carry it out") != std::string::npos);
    CHECK(run({"repair", dump, "--consent", "unknown-bootloader=1"}).status == 2);
}

TEST_CASE("a released bootloader is known by its bytes and needs no word; another of the same version does", "[repair]") {
    auto flash = with_released_bootloader(sample_called("part2-bit-error").file);
    const auto released = repair_case("released", flash);
    REQUIRE(released.analysis.facts.module("bootloader")->known_as.find("502") != std::string::npos);
    CHECK_FALSE(released.repair.plan.steps.empty());
    CHECK(words_for_bootloader(released.repair.plan) == 0);
    flash[0x2000] ^= 1;  // another build: whole by its own CRC
    constexpr std::size_t length = 0x3BE4;
    put_big(flash, length, crc32(ByteView(flash).first(length)));
    const auto rebuilt = repair_case("rebuilt", flash);
    CHECK(rebuilt.analysis.facts.system.bootloader_version == released.analysis.facts.system.bootloader_version);
    CHECK(words_for_bootloader(rebuilt.repair.plan) == 1);
    flash[0x2000] ^= 2;  // and one that is damaged
    CHECK(repair_case("damaged", flash).repair.plan.steps.empty());
}

TEST_CASE("the word is asked for where the bootloader is unknown and something would be written, and nowhere else", "[repair]") {
    std::size_t asked = 0;
    for (const auto& one : repair_cases(30, 8)) {
        INFO(one.name);
        const auto* bootloader = one.analysis.facts.module("bootloader");
        const bool unknown = bootloader && bootloader->known_as.empty() && !one.repair.plan.steps.empty();
        CHECK(words_for_bootloader(one.repair.plan) == (unknown ? 1u : 0u));
        asked += unknown ? 1u : 0u;
    }
    CHECK(asked > 0);
    const auto core = core_case("core-key-bit-error");
    CHECK_FALSE(core.repair.plan.steps.empty());
    CHECK(words_for_bootloader(core.repair.plan) == 0);
}
