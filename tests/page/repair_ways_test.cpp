// A repair in the page that needs a new key, and one with an ordinary start in its middle.
#include "page/repair_hands.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("a key that the page makes is in the backup before it is in the device, and is gone on with from there", "[page][repair]") {
    const std::string story = "core-blank-serial-flash";
    page_forget();
    auto device = device_of_story(story);
    read_and_judge(device);
    REQUIRE(page_repair_plan());
    CHECK(page_repair_public_half() == 0);
    REQUIRE(page_repair_make_key());
    CHECK(page_answer_size() == 0);
    REQUIRE(page_repair_plan());
    CHECK(answered().find("new-key") != std::string::npos);  // asked for, and not given
    CHECK(page_repair_public_half() == 0);
    REQUIRE(page_repair_consent("new-key"));
    Kept kept;
    plan_and_begin(device, kept);
    REQUIRE(page_repair_public_half());
    const auto half = answered();
    CHECK(half.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    for (kept.closes_at = 10; kept.journal.empty(); kept.closes_at = kept.transfers + 10) REQUIRE(repair_on(device, kept).empty());
    kept.closes_at = -1;
    open_again(device, kept);
    CHECK(repair_on(device, kept).starts_with("done\t"));
    REQUIRE(page_repair_public_half());
    CHECK(answered() == half);
    read_and_judge(device);
    REQUIRE(page_repair_compare());
    CHECK(answered() == "");
    REQUIRE(page_report("json"));
    CHECK(answered().find("\"outcome\": \"healthy\"") != std::string::npos);
}

TEST_CASE("an application that a start between two runs has replaced is put back from the backup", "[page][repair]") {
    const std::string made =
        "life = [ { act = \"install-release\", release = \"0.6.3\" }, { act = \"install\", module = \"user\", release = \"0.6.3\", at = \"factory\" }, "
        "{ act = \"factory-table\", release = \"0.6.3\", version_string = \"x\" }, { act = \"provision\" }, "
        "{ act = \"install\", module = \"user\", release = \"0.6.3\", version = 9 } ]\n";
    const std::string head = "title = \"a\"\ndevice = \"photon\"\nseed = 1\n";
    const auto healthy = sample::make_sample(head + made, "healthy");
    const auto damaged =
        sample::make_sample(head + made + "damage = [ { act = \"fill\", at = \"system-part1+0x8000\", length = 4096, value = 0 } ]", "damaged");
    REQUIRE((healthy && damaged));
    page_forget();
    auto device = device_with(analysis_of_sample(*damaged));
    read_and_judge(device);
    CHECK(page_repair_plan_restoration() == 0);
    REQUIRE(page_repair_take_file(healthy->file.data(), static_cast<std::uint32_t>(healthy->file.size()), "other.bin"));
    Kept kept;
    plan_and_begin(device, kept);
    device.flash.cut_at = device.flash.operations + 3;  // part 1 has lost its header
    kept.closes_at = 2000;
    (void)repair_on(device, kept);
    REQUIRE_FALSE(device.has_power());
    device.ordinary_start();
    device.power_cycle();
    kept.closes_at = -1;
    page_forget();
    REQUIRE(page_repair_open_backup(kept.backup.data(), static_cast<std::uint32_t>(kept.backup.size())));
    CHECK(page_repair_make_again() == 0);  // the firmware is missing
    REQUIRE(page_repair_take_file(healthy->file.data(), static_cast<std::uint32_t>(healthy->file.size()), "other.bin"));
    REQUIRE(page_repair_make_again());
    REQUIRE(begin_repair(device, kept.journal));
    CHECK(repair_on(device, kept).starts_with("done\t"));
    read_and_judge(device);
    REQUIRE(page_repair_compare());
    CHECK(answered().find("user application is no longer the one in the backup") != std::string::npos);
    REQUIRE(page_repair_plan_restoration());
    REQUIRE_FALSE(read_repair_plan(answered())->steps.empty());
    const auto configuration = device.configuration_descriptor();
    REQUIRE(page_identify(device.vendor, device.product, 0x0250, device.serial().c_str()));
    REQUIRE(page_repair_begin_restoration(configuration.data(), static_cast<std::uint32_t>(configuration.size()), maps_of(device).c_str()));
    CHECK(repair_on(device, kept).starts_with("done\t"));
    CHECK(device.flash.bytes == healthy->file);
    read_and_judge(device);
    REQUIRE(page_repair_plan_restoration());
    CHECK(answered().find("\"steps\": []") != std::string::npos);
    CHECK(page_repair_begin_restoration(configuration.data(), static_cast<std::uint32_t>(configuration.size()), maps_of(device).c_str()) == 0);
    REQUIRE(page_repair_compare());
    CHECK(answered() == "");
}
