// How far a copy got: by the bootloader from the OTA area, by the system over its own bootloader, over USB.
#include "catch.h"
#include "support/ota_fixture.h"

using namespace photopsy;
using namespace photopsy::test;
using Resumes = OtaFacts::Resumes;

namespace {

const auto new_part1 = update_part1(), new_part2 = update_part2(), new_user = update_user();

struct Generation {
    std::uint16_t bootloader, system;
    std::string letter;
    bool slot_cleared_first;
};
const Generation generations[] = {{4, 7, "c1", false},      {6, 8, "c1", false},       {7, 102, "c2", false},
                                  {11, 109, "c2", false},   {101, 207, "c3", true},    {502, 1512, "c3", true},
                                  {1001, 2005, "c3", true}, {1003, 2008, "c4", false}, {1006, 2302, "c4", false}};

}  // namespace

TEST_CASE("An interrupted copy: letter, boundary and resume verdict by bootloader generation", "[ota]") {
    for (const auto& generation : generations)
        for (const auto* module : {&new_part1, &new_part2, &new_user})
            for (const std::uint32_t cut : {4u, 0x200u, 0x1000u, 0x5678u, 0x1FFFCu, 0x20000u, 0x20004u, 0x2A000u}) {
                if (cut >= module->size()) continue;
                OtaDevice device(generation.system, generation.bootloader);
                device.receive(*module);
                device.mark(1, generation.slot_cleared_first ? 0xFFFF : 0xABCD, *module);
                device.copy(*module, cut, generation.bootloader <= 6);
                INFO("bootloader " << generation.bootloader << ", cut at " << cut << ", destination " << start_of(*module));
                const auto ota = device.ota();
                REQUIRE(ota.kind == OtaCase::CopyInterrupted);
                CHECK(ota.case_letter == generation.letter);
                REQUIRE(ota.progress);
                CHECK(ota.progress->copied == cut);
                CHECK(ota.progress->boundary == start_of(*module) + cut);
                CHECK(ota.half_written_slot == ota.progress->slot);
                const auto expected = generation.slot_cleared_first                        ? Resumes::No
                                      : generation.bootloader <= 11 || module == &new_user ? Resumes::Yes
                                                                                           : Resumes::AfterRepair;
                CHECK(ota.resumes == expected);
            }
}

TEST_CASE("Where the bootloader clears the record before it copies, an erased place beside a waiting record is no copy", "[ota]") {
    for (const auto& [bootloader, kind] : {std::pair{std::uint16_t{502}, OtaCase::PendingUnreachable},
                                           {std::uint16_t{1002}, OtaCase::PendingUnreachable},
                                           {std::uint16_t{1003}, OtaCase::CopyInterrupted}}) {
        INFO(bootloader);
        OtaDevice device(2302, bootloader);
        device.receive(new_part2);
        device.mark(1, 0xABCD, new_part2);
        device.copy(new_part2, 0);
        const auto ota = device.ota();
        CHECK(ota.kind == kind);
        CHECK(ota.half_written_slot.empty() == (kind != OtaCase::CopyInterrupted));
    }
}

TEST_CASE("A copy stopped before its first word, and damage that only looks like a copy", "[ota]") {
    OtaDevice device;
    device.receive(new_part2);
    SECTION("first sector erased, slot cleared") {
        device.mark(1, 0xFFFF, new_part2);
        device.copy(new_part2, 0);
        CHECK(device.ota().kind == OtaCase::CopyInterrupted);
        CHECK(device.ota().progress->copied == 0);
    }
    SECTION("found in the superseded copy of the table alone") {
        device.mark(1, 0xABCD, new_part2, 2);
        device.copy(new_part2, 0x9000);
        const auto ota = device.ota();
        CHECK(ota.kind == OtaCase::CopyInterrupted);
        CHECK(ota.descriptor_only_in_history);
    }
    SECTION("no record left, but for the last words all there, the neighbour of the old release") {
        device.copy(new_part2, static_cast<std::uint32_t>(new_part2.size()) - 4);
        const auto ota = device.ota();
        CHECK(ota.kind == OtaCase::CopyInterrupted);
        CHECK(ota.case_letter == "c3");
        CHECK(ota.progress->copied == new_part2.size() - 4);
        CHECK(!ota.descriptor_slot);
    }
    SECTION("the same beside a neighbour of the same release: the end of an installed module is gone") {
        device.install(make_module(part1_spec(2302)));
        device.copy(new_part2, static_cast<std::uint32_t>(new_part2.size()) - 4);
        CHECK(device.ota().kind == OtaCase::None);
    }
    SECTION("no record left and nothing but an erased sector") {
        device.install(new_part2);
        device.erase(range_of(0x08080000, 0x20000));
        CHECK(device.ota().kind == OtaCase::None);
    }
    SECTION("slot cleared, nothing copied") {
        device.mark(1, 0xFFFF, new_part2);
        CHECK(device.ota().kind == OtaCase::ClearedNotCopied);
        CHECK(device.ota().case_letter == "c5");
    }
    SECTION("a bit flipped in the finished copy") {
        device.mark(1, 0xFFFF, new_part2);
        device.install(new_part2);
        device.flip(0x08070000);
        CHECK(device.ota().kind == OtaCase::None);
    }
    SECTION("a block erased in the finished copy") {
        device.mark(1, 0xFFFF, new_part2);
        device.install(new_part2);
        device.erase(range_of(0x08070000, 4096));
        CHECK(device.ota().kind == OtaCase::None);
    }
    SECTION("the second sector of an older module erased") {
        device.mark(1, 0xFFFF, new_part2);
        device.erase(range_of(0x08080000, 0x20000));
        CHECK(device.ota().kind == OtaCase::None);
    }
    SECTION("the end of an application erased that was never updated over the air") {
        device.receive(new_user);
        device.install(new_user);
        device.erase({0x080A4000, 0x080C0000});
        CHECK(device.ota().kind == OtaCase::None);
    }
}

TEST_CASE("An interrupted replacement of the bootloader", "[ota]") {
    OtaDevice device;
    auto spec = bootloader_spec(1006);
    spec.seed = 99;
    const auto bootloader = make_module(spec);
    device.receive(bootloader);
    for (const std::uint32_t cut : {0u, 4u, 0x200u, 0x2000u}) {
        device.copy(bootloader, cut);
        const auto ota = device.ota();
        REQUIRE(ota.kind == OtaCase::BootloaderCopyInterrupted);
        CHECK(ota.case_letter == "f");
        CHECK(ota.progress->copied == cut);
        CHECK(ota.resumes == Resumes::No);
    }
    device.install(bootloader);
    CHECK(device.ota().kind == OtaCase::None);
}

TEST_CASE("A bootloader that the system part itself carries", "[ota]") {
    OtaDevice device(109, 7);
    const auto bootloader = make_module(bootloader_spec(11));
    auto part2 = make_module(part2_spec(109));
    std::copy(bootloader.begin(), bootloader.end(), part2.begin() + 0x10000);
    const auto end = part2.size() - 4;
    const auto crc = crc32(ByteView(part2).first(end));
    for (std::size_t i = 0; i < 4; ++i) part2[end + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    device.install(part2);
    CHECK(device.ota().kind == OtaCase::None);
    device.copy(bootloader, 0x1500);
    CHECK(device.ota().kind == OtaCase::BootloaderCopyInterrupted);
    CHECK(device.ota().progress->copied == 0x1500);
}

TEST_CASE("A module written over USB and stopped", "[ota]") {
    OtaDevice device;
    for (const std::uint32_t cut : {0x1000u, 0x1AC00u, 0x1F000u, 0x20000u}) {
        device.install(make_module(part1_spec(1512)));
        device.copy(new_part1, cut);
        if (cut == 0x20000) device.image.put(0x08040000, ByteView(make_module(part1_spec(1512))).subspan(0x20000));
        INFO(cut);
        const auto ota = device.ota();
        REQUIRE(ota.kind == OtaCase::DfuWriteInterrupted);
        CHECK(ota.progress->boundary == 0x08020000 + cut);
        CHECK(ota.half_written_slot == "system-part1");
    }
    device.install(new_part1);
    device.erase(range_of(0x08040000, 0x20000));
    CHECK(device.ota().kind == OtaCase::None);
}

TEST_CASE("A worn cell in the erased rest hides no interrupted copy", "[ota]") {
    for (const auto& generation : generations)
        for (const auto* module : {&new_part1, &new_part2, &new_user})
            for (const std::uint32_t cut : {0x200u, 0x5678u, 0x2A000u}) {
                if (cut >= module->size()) continue;
                OtaDevice device(generation.system, generation.bootloader);
                device.receive(*module);
                device.mark(1, generation.slot_cleared_first ? 0xFFFF : 0xABCD, *module);
                device.copy(*module, cut, generation.bootloader <= 6);
                const std::uint32_t behind = cut == 0x200u ? 2 : cut == 0x5678u ? 45 : 0x1234;  // in the next word, close to it, far behind it
                device.flip(start_of(*module) + cut + behind, 5);
                INFO("bootloader " << generation.bootloader << ", cut at " << cut << ", destination " << start_of(*module));
                const auto ota = device.ota();
                REQUIRE(ota.kind == OtaCase::CopyInterrupted);
                CHECK(ota.progress->copied == cut);
            }
}

TEST_CASE("A worn cell in an erased OTA area is no update", "[ota]") {
    OtaDevice device;
    device.flip(0x080C5000, 3);
    CHECK(device.ota().kind == OtaCase::None);
    CHECK(device.ota().area_erased);
}
