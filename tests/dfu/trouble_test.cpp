#include "dfu/trouble.h"

#include "catch.h"

#include <set>

using namespace photopsy;
using namespace photopsy::dfu;

static constexpr auto last_trouble = static_cast<int>(Trouble::OtherDeviceOrFlash);

TEST_CASE("every trouble has one sentence and one remedy on every system, and no two troubles say the same", "[dfu]") {
    for (const HostSystem system : {HostSystem::Linux, HostSystem::Windows, HostSystem::MacOs}) {
        std::set<std::string> sentences, names;
        for (int number = 1; number <= last_trouble; ++number) {
            const auto trouble = static_cast<Trouble>(number);
            const Advice advice =
                advise(trouble, system,
                       {.device = "Particle Photon (2b04:d006)", .dfu_id = "2b04:d006", .at = 0x08012000, .at_is_known = true, .more = "libusb's words"});
            INFO(trouble_name(trouble));
            CHECK(advice.sentence.size() > 20);
            CHECK(advice.remedy.size() > 20);
            CHECK(advice.sentence.back() == '.');
            CHECK(sentences.insert(advice.sentence).second);
            CHECK(names.insert(trouble_name(trouble)).second);
        }
    }
    CHECK(trouble_name(Trouble::None).empty());
    CHECK(trouble_name(Trouble::OtherDeviceOrFlash) == "other-device-or-flash");
}

TEST_CASE("the remedy is one of this operating system", "[dfu]") {
    const TroubleDetails old{.device = "Particle Photon (2b04:d006)", .winusb_by_itself = false}, modern{.device = "Particle Photon (2b04:d006)"};
    CHECK(advise(Trouble::NotPermitted, HostSystem::Linux, modern).remedy.find("udev") != std::string::npos);
    CHECK(advise(Trouble::NotPermitted, HostSystem::Windows, modern).remedy.find("udev") == std::string::npos);
    CHECK(advise(Trouble::NotPermitted, HostSystem::Windows, modern).sentence.find("another program") != std::string::npos);
    CHECK(advise(Trouble::NoDriver, HostSystem::Windows, old).remedy.find("Run Zadig") == 0);
    CHECK(advise(Trouble::NoDriver, HostSystem::Windows, modern).remedy.find("uninstall") != std::string::npos);
    CHECK(advise(Trouble::NoDevice, HostSystem::MacOs, {}).remedy.find("Device Manager") == std::string::npos);
    CHECK(advise(Trouble::Refused, HostSystem::Linux, {.at = 0x08012000, .at_is_known = true}).sentence.find("0x08012000") != std::string::npos);
    CHECK(udev_rule().find("2b04") != std::string::npos);
    CHECK(udev_rule().find('\n') == std::string::npos);
}
