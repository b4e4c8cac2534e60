#include "catch.h"
#include "support/ota_fixture.h"

using namespace photopsy;
using namespace photopsy::test;
using Resumes = OtaFacts::Resumes;

namespace {

const auto new_part2 = update_part2(), new_user = update_user();

}  // namespace

TEST_CASE("A device that was never updated over the air shows no case", "[ota]") {
    const auto ota = OtaDevice().ota();
    CHECK(ota.kind == OtaCase::None);
    CHECK(ota.area_erased);
    REQUIRE(ota.slots.size() == 5);
    CHECK(ota.slots[1].state == OtaSlot::State::Unused);
    CHECK(ota.half_written_slot.empty());
}

TEST_CASE("Leftovers of finished updates and of USB flashes are no case", "[ota]") {
    OtaDevice device;
    SECTION("the last applied module") {
        device.install(new_part2);
        device.receive(new_part2);
        device.mark(1, 0xFFFF, new_part2);
        CHECK(device.ota().slots[1].state == OtaSlot::State::ClearedHistory);
    }
    SECTION("another module than the installed one, slot zeroed by an old bootloader") {
        device.receive(new_part2);
        device.set_slot(1, std::vector<std::uint8_t>(20, 0));
        CHECK(device.ota().slots[1].state == OtaSlot::State::ClearedZero);
    }
    SECTION("a slot cleared word by word") {
        device.receive(new_part2);
        device.mark(1, 0xABCD, new_part2);
        device.set_slot(1, {0, 0, 0, 0});
        CHECK(device.ota().slots[1].state == OtaSlot::State::ClearedZero);
    }
    SECTION("a factory image written over the second half of an old image") {
        device.receive(new_part2);
        device.erase(device.layout.slot("factory")->at);
        device.image.put(device.layout.slot("factory")->at.begin, new_user);
    }
    SECTION("the tail of an old image behind an erased first sector") {
        device.receive(new_part2);
        device.erase(range_of(0x080C0000, 0x20000));
        CHECK(device.ota().area_erased);
    }
    SECTION("a stray bit in the erased area") { device.flip(0x080C4321, 3); }
    SECTION("firmware without a header") {
        std::vector<std::uint8_t> code(0x9000, 0x5A);
        device.image.put(0x080C0000, code);
    }
    CHECK(device.ota().kind == OtaCase::None);
}

/// A call (BL) to a place nearby every 64 bytes, as compiled code has them.
static std::vector<std::uint8_t> with_calls(std::vector<std::uint8_t> code) {
    for (std::size_t at = 0; at + 64 <= code.size(); at += 64) {
        const auto distance = static_cast<std::uint8_t>(0x10 + at / 64);
        const std::uint8_t call[] = {0x00, 0xF0, distance, 0xF8};
        std::copy(std::begin(call), std::end(call), code.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return code;
}

TEST_CASE("What an owner keeps in the OTA area is no update", "[ota]") {
    std::uint32_t random = 1;
    const auto next = [&random] { return static_cast<std::uint8_t>((random = random * 1664525u + 1013904223u) >> 24); };
    std::vector<std::uint8_t> noise(0x6000), table(0x4000, 0xFF), pixels(0x8000), text;
    for (auto& byte : noise) byte = next();
    for (std::size_t i = 0; i < 0x400; ++i) table[0x1E00 + i] = next();
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = i % 2 ? 0xF0 : static_cast<std::uint8_t>(i / 96);
    while (text.size() < 0x5000) text.insert(text.end(), {'2', '3', '.', '5', ';', '1', '0', '1', '3', '\n'});
    for (const auto& content : {noise, table, pixels, text}) {
        for (const Address at : {0x080C0200u, 0x080C2000u, 0x080C4000u}) {
            OtaDevice device;
            device.image.put(at, content);
            CHECK(device.ota().kind == OtaCase::None);
        }
    }
    OtaDevice device;
    device.image.put(0x080C0200, with_calls(noise));
    CHECK(device.ota().kind == OtaCase::Receiving);
    // A reception begins at the area's beginning: a whole module elsewhere was put there.
    auto module = new_user;
    const auto content = module.size() - 4;
    const auto code = with_calls(std::vector<std::uint8_t>(module.begin() + 0x400, module.begin() + 0x1400));
    std::copy(code.begin(), code.end(), module.begin() + 0x400);
    const auto crc = crc32(ByteView(module).first(content));
    for (std::size_t i = 0; i < 4; ++i) module[content + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    for (const Address at : {0x080C0200u, 0x080D0000u}) {
        OtaDevice kept;
        kept.image.put(at, module);
        CHECK(kept.ota().kind == OtaCase::None);
        kept.flip(at + 0x1000);
        CHECK(kept.ota().kind == OtaCase::Receiving);
    }
}

TEST_CASE("Reception: a prefix, holes, a missing first chunk", "[ota]") {
    OtaDevice device;
    device.receive(new_part2);
    SECTION("prefix") {
        const std::uint32_t received = 305 * 512;
        device.erase({0x080C0000 + received, 0x08100000});
        const auto ota = device.ota();
        CHECK(ota.kind == OtaCase::Receiving);
        CHECK(ota.case_letter == "a");
        CHECK(ota.received == received);
        CHECK(ota.expected == new_part2.size());
        CHECK(ota.holes.empty());
        CHECK(ota.image_slot.empty());
    }
    SECTION("holes") {
        for (std::uint32_t chunk : {100u, 101u, 257u}) device.erase(range_of(0x080C0000 + chunk * 512, 512));
        const auto ota = device.ota();
        CHECK(ota.kind == OtaCase::Receiving);
        REQUIRE(ota.holes.size() == 2);
        CHECK(ota.holes[0] == range_of(0x080C0000 + 100 * 512, 1024));
        CHECK(ota.received == new_part2.size() - 3 * 512);
    }
    SECTION("first chunk missing") {
        device.image.put(0x080C2000, with_calls(std::vector<std::uint8_t>(0x400, 0x46)));
        device.erase(range_of(0x080C0000, 512));
        device.erase({0x080C8000, 0x08100000});
        const auto ota = device.ota();
        CHECK(ota.kind == OtaCase::Receiving);
        CHECK(ota.received == 0x8000 - 512);
    }
    SECTION("beginning of a long image, the factory image still behind it") {
        device.erase({0x080C8000, 0x08100000});
        device.image.put(0x080E0000, make_module(user_spec()));
        CHECK(device.ota().kind == OtaCase::Receiving);
        CHECK(device.ota().received == 0x8000);
    }
    SECTION("an application, the factory image behind it") {
        device.receive(new_user);
        device.erase({0x080C3000, 0x08100000});
        device.image.put(0x080E0000, make_module(user_spec()));
        CHECK(device.ota().kind == OtaCase::Receiving);
        CHECK(device.ota().received == 0x3000);
        CHECK(device.ota().expected == new_user.size());
    }
    SECTION("a bootloader") {
        const auto bootloader = make_module(bootloader_spec(1006));
        device.receive(bootloader);
        device.erase({0x080C1000, 0x08100000});
        CHECK(device.ota().kind == OtaCase::Receiving);
        CHECK(device.ota().expected == bootloader.size());
    }
    SECTION("last chunk missing") {
        device.erase({0x080C0000 + (static_cast<Address>(new_part2.size()) - 1) / 512 * 512, 0x08100000});
        CHECK(device.ota().kind == OtaCase::Receiving);
    }
    SECTION("whole but damaged") {
        device.flip(0x080C5000);
        CHECK(device.ota().kind == OtaCase::ReceivedRejected);
    }
}

TEST_CASE("Pending: what the bootloader will do with it", "[ota]") {
    OtaDevice device;
    device.receive(new_user);
    device.mark(2, 0xABCD, new_user);
    SECTION("whole") {
        const auto ota = device.ota();
        CHECK(ota.kind == OtaCase::Pending);
        CHECK(ota.pending_slot == 2);
        CHECK(ota.refusal == CopyRefusal::None);
        CHECK(ota.resumes == Resumes::Yes);
        CHECK(ota.image_slot == "user");
    }
    SECTION("damaged image") {
        device.flip(0x080C1234, 5);
        CHECK(device.ota().kind == OtaCase::Pending);
        CHECK(device.ota().refusal == CopyRefusal::Checksum);
        CHECK(device.ota().resumes == Resumes::No);
    }
    SECTION("image cut short though its slot says it was whole") {
        device.erase({0x080C3000, 0x08100000});
        CHECK(device.ota().kind == OtaCase::Pending);
        CHECK(device.ota().refusal == CopyRefusal::Checksum);
    }
    SECTION("the image's header names another length") {
        device.flip(0x080C0004 + 1, 7);
        CHECK(device.ota().kind == OtaCase::Pending);
        CHECK(device.ota().refusal == CopyRefusal::Length);
        CHECK(device.ota().resumes == Resumes::No);
    }
    SECTION("nothing there") {
        device.erase(device.layout.slot("ota")->at);
        CHECK(device.ota().kind == OtaCase::Pending);
        CHECK(device.ota().refusal == CopyRefusal::Checksum);
    }
    SECTION("another device's image") {
        auto spec = user_spec();
        spec.platform_id = 8;
        device.receive(make_module(spec));
        device.mark(2, 0xABCD, make_module(spec));
        CHECK(device.ota().refusal == CopyRefusal::Platform);
        CHECK(device.ota().image_for_other_platform);
    }
    SECTION("already in place") {
        device.install(new_user);
        CHECK(device.ota().kind == OtaCase::CopiedNotCleared);
        CHECK(device.ota().case_letter == "d");
    }
    SECTION("out of reach of a bootloader from 100 on while a system part is broken") {
        device.flip(0x08064000);
        CHECK(device.ota().kind == OtaCase::PendingUnreachable);
        CHECK(device.ota().resumes == Resumes::AfterRepair);
    }
    SECTION("a slot that waits for an older image, another one being received") {
        device.receive(new_part2);
        device.erase({0x080D0000, 0x08100000});
        const auto ota = device.ota();
        CHECK(ota.kind == OtaCase::Receiving);
        CHECK(ota.stale_slots == std::vector<int>{2});
    }
    SECTION("hostile numbers in the slot") {
        device.set_slot(2, {0xCD, 0xAB, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0E, 5, 0xFF, 0xFF});
        CHECK(device.ota().refusal == CopyRefusal::Range);
    }
}

TEST_CASE("A pending system part that needs a newer neighbour makes it worse", "[ota]") {
    OtaDevice device(1512, 1006);
    device.receive(new_part2);  // needs part 1 2302
    device.mark(1, 0xABCD, new_part2);
    CHECK(device.ota().kind == OtaCase::Pending);
    CHECK(device.ota().resumes == Resumes::MakesItWorse);
}

TEST_CASE("A file without the OTA area or without the table is not judged", "[ota]") {
    OtaDevice device;
    device.receive(new_part2);
    device.mark(1, 0xABCD, new_part2);
    Image cut(device.layout.flash);
    cut.put(0x08000000, device.image.bytes({0x08000000, 0x080F0000}));
    const auto modules = read_modules(cut, device.layout);
    const auto ota = read_ota(cut, device.layout, modules, Dct{}, 502);
    CHECK(ota.kind == OtaCase::None);
    CHECK(ota.slots.empty());
}
