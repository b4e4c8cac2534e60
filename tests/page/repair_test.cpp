// The page repairs as the program does: same plan, same flash, through power cuts and a closed page.
#include "page/repair_hands.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr const char* stories_without_files[] = {"part2-bit-error", "mixed-key", "electron-number-bit-error", "core-key-bit-error"};

}  // namespace

TEST_CASE("the page plans and repairs as the program does, and says that it did", "[page][repair]") {
    for (const std::string story : stories_without_files) {
        INFO(story);
        page_forget();
        auto device = device_of_story(story);
        read_and_judge(device);
        REQUIRE(page_repair_plan());
        const auto plan = read_repair_plan(answered());
        REQUIRE(plan);
        REQUIRE_FALSE(plan->steps.empty());
        REQUIRE(page_repair_steps());
        CHECK(std::ranges::count(answered(), '\n') == static_cast<long>(plan->steps.size()));
        Kept kept;
        plan_and_begin(device, kept);
        CHECK(repair_on(device, kept).starts_with("done\t"));
        CHECK(held_by(device) == repaired_by_program(story));
        CHECK(kept.journal.find(device.device_id) == std::string::npos);
        read_and_judge(device);
        REQUIRE(page_repair_compare());
        CHECK(answered() == "");
    }
}

TEST_CASE("a page that is closed at any transfer, with the power or without, is gone on with from backup and journal", "[page][repair]") {
    for (const std::string story : stories_without_files) {
        const auto wanted = repaired_by_program(story);
        for (long at = 0; at < 400; at += 37) {
            INFO(story << " " << at);
            page_forget();
            auto device = device_of_story(story);
            read_and_judge(device);
            Kept kept;
            plan_and_begin(device, kept);
            kept.closes_at = at;
            if (at % 2 == 0) device.power_fails_at_request = device.requests() + at;
            const auto end = repair_on(device, kept);
            if (end.starts_with("done\t")) continue;
            if (at % 2 == 0) device.power_cycle();
            kept.closes_at = device.power_fails_at_request = -1;
            if (kept.journal.empty()) continue;  // nothing was sent
            open_again(device, kept);
            CHECK(repair_on(device, kept).starts_with("done\t"));
            CHECK(held_by(device) == wanted);
        }
    }
}

TEST_CASE("a repair in the page is begun on the device that was read, and on no other, and never without a journal", "[page][repair]") {
    page_forget();
    CHECK(page_repair_plan() == 0);
    CHECK(page_repair_step() == nullptr);
    CHECK(page_repair_end() == 0);
    CHECK(page_repair_journal() == 0);
    auto device = device_of_story("part2-bit-error");
    const auto& file = sample_called("part2-bit-error").file;
    REQUIRE(page_take_file(file.data(), static_cast<std::uint32_t>(file.size()), "dump.bin"));
    REQUIRE(page_judge());
    REQUIRE(page_repair_plan());
    CHECK(page_repair_backup() == 0);
    CHECK(begin_repair(device, "") == 0);  // a file is not the device

    read_and_judge(device);
    REQUIRE(page_repair_plan());
    const auto advice = read_repair_plan(answered());
    REQUIRE((advice && is_advice_only(*advice)));
    CHECK(begin_repair(device, "") == 0);
    CHECK(answered().find("needs your word") != std::string::npos);
    agree(*advice);
    auto other = device;
    other.device_id = "111111111111222222222222";
    CHECK(begin_repair(other, "") == 0);
    CHECK(answered().find("serial number") != std::string::npos);
    device.flash_map = "@Internal Flash   /0x08000000/03*016Ka,01*016Ka,01*064Ka,07*128Ka";
    CHECK(begin_repair(device, "") == 0);
    CHECK(begin_repair(other, "{\"journal\":1}\n") == 0);
    device = device_of_story("part2-bit-error");
    const auto before = device.flash.bytes;
    Kept kept{.full = true};
    REQUIRE(begin_repair(device, ""));
    CHECK(repair_on(device, kept).starts_with("journal\t"));
    CHECK(device.flash.bytes == before);
    CHECK(page_repair_consent("everything") == 0);
    CHECK(page_repair_consent("new-key\nother-server") == 1);
}

TEST_CASE("backups and files that are none are refused with a sentence; firmware is taken by what it holds", "[page][repair]") {
    page_forget();
    const std::vector<std::uint8_t> none{'P', 'K', 3, 4, 0};
    CHECK(page_repair_open_backup(none.data(), 5) == 0);
    CHECK(page_repair_make_again() == 0);
    CHECK(page_repair_take_file(none.data(), 5, "x.zip") == 0);
    auto device = device_of_story("part2-bit-error");
    read_and_judge(device);
    CHECK(page_repair_take_file(none.data(), 5, "x.zip") == 0);
    const auto& healthy = sample_called("healthy-1.5.2").file;
    REQUIRE(page_repair_take_file(healthy.data(), static_cast<std::uint32_t>(healthy.size()), "other.bin"));
    CHECK(answered().find("part") != std::string::npos);
    CHECK(page_repair_take_file(healthy.data(), static_cast<std::uint32_t>(healthy.size()), "again.bin") == 0);
    REQUIRE(page_make_key(0));
    const std::vector<std::uint8_t> key(page_answer(), page_answer() + page_answer_size());
    REQUIRE(page_repair_take_file(key.data(), static_cast<std::uint32_t>(key.size()), "key.der"));
    CHECK(answered().starts_with("a private key"));
    REQUIRE(page_repair_plan());
    REQUIRE(page_repair_missing());
}
