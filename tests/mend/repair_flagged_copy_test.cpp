// Where the bootloader's flags ask for a copy over the firmware, no plan writes firmware: what is said instead depends on whether that copy does harm.
#include "catch.h"
#include "mend/repair.h"
#include "support/one_piece.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Copy {
    std::size_t flag;
    std::uint16_t value;
    std::size_t source;
    const char* title;
};
constexpr Copy copies[] = {{update_flag_place, 0x0005, ota_place, "OTA area"},
                           {reset_flag_place, 0xAAAA, factory_place, "factory image"},
                           {update_flag_place, 0x5555, backup_place, "backup of the firmware"}};

std::string all_reasons(const Repair& repair) {
    std::string all;
    for (const auto& left : repair.plan.cannot) all += left.why + "\n";
    return all;
}

}  // namespace

TEST_CASE("a plan never sends the owner to a start that copies an image over the firmware which is not whole", "[repair][core]") {
    const auto whole = OnePiece::firmware_of("0.7.0");
    auto half = whole;
    half.resize(half.size() / 2);
    for (const auto& copy : copies) {
        INFO(copy.title);
        auto device = OnePiece::of("0.7.0");
        device.flag(copy.flag, copy.value).store(copy.source, half);
        const auto repair = plan_repair(device.analyzed(), {});
        CHECK(repair.plan.steps.empty());
        const auto why = all_reasons(repair);
        INFO(why);
        CHECK(why.find("start the device once") == std::string::npos);
        CHECK(why.find("do not start the device normally") != std::string::npos);
        CHECK(why.find(std::string("Write a whole image over the ") + copy.title) != std::string::npos);
    }
}

TEST_CASE("where the image that waits is whole, a plan for the firmware comes after that start", "[repair][core]") {
    const auto whole = OnePiece::firmware_of("0.7.0");
    auto device = OnePiece::of("0.7.0");
    device.flag(update_flag_place, 0x0005).store(ota_place, whole).put_firmware({});
    const auto why = all_reasons(plan_repair(device.analyzed(), {}));
    INFO(why);
    CHECK(why.find("do not start the device") == std::string::npos);
}
