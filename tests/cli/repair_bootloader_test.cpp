// A bootloader by the system's own hand: where it is planned, where it is refused and why, and what a cut leaves at every moment.
#include "catch.h"
#include "support/repair_trial.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;
using How = RepairEnd::How;

namespace {

constexpr std::uint32_t boot_sector = 0x4000;

Bytes bootloader_in(const PhotonDevice& device) { return {device.flash.bytes.begin(), device.flash.bytes.begin() + boot_sector}; }

/// The reason of a plan without steps.
std::string refusal(const RepairCase& one) {
    REQUIRE(one.repair.plan.steps.empty());
    REQUIRE(one.repair.plan.cannot.size() == 1);
    return one.repair.plan.cannot.front().why;
}

struct Whole {
    long before_start = 0, operations = 0, requests = 0;
    Bytes older, newer;
    std::string outcome;
};

/// Notes when the start begins.
class NotingOwner : public WillingOwner {
public:
    NotingOwner(PhotonDevice& device, Whole& whole) : WillingOwner(device), device_(device), whole_(whole) {}
    bool starts_system() override {
        whole_.before_start = device_.flash.operations;
        return WillingOwner::starts_system();
    }

private:
    PhotonDevice& device_;
    Whole& whole_;
};

Whole carried_out_whole(const RepairCase& one) {
    Whole whole;
    auto device = device_with(one.analysis);
    whole.older = bootloader_in(device);
    EmulatedPort port(device);
    NotingOwner owner(device, whole);
    MemoryJournal journal;
    REQUIRE(carry_out(one.repair, backup_for(one.repair, *one.analysis.layout), *one.analysis.layout, port, reading_rules(*one.analysis.layout), journal, owner)
                .how == How::Done);
    whole.newer = bootloader_in(device);
    whole.operations = device.flash.operations;
    whole.requests = device.requests();
    whole.outcome = name_of(analysis_of(device, *one.analysis.layout).diagnosis.outcome);
    return whole;
}

struct Cut {
    long operation = -1, request = -1;
    bool starts_between = false;
};

/// "" where the device is as it should be; else what is not. A bootloader that is neither is told, not resumed: it needs a debugger.
std::string try_cut(const RepairCase& one, const Whole& whole, const Cut& cut, long& for_debugger) {
    auto device = device_with(one.analysis);
    device.flash.cut_at = cut.operation;
    device.power_fails_at_request = cut.request;
    MemoryJournal journal;
    (void)carry_out_on(device, one.repair, *one.analysis.layout, journal);
    if (cut.starts_between) device.ordinary_start();
    const auto now = bootloader_in(device);
    if (now != whole.older && now != whole.newer) {
        ++for_debugger;
        return cut.operation >= whole.before_start ? "" : "the bootloader is gone before the system was started";
    }
    device.power_cycle();
    journal.reopen();
    if (carry_out_on(device, one.repair, *one.analysis.layout, journal).how != How::Done) return "it could not be resumed";
    if (bootloader_in(device) != whole.newer) return "the bootloader is not the new one";
    const auto after = analysis_of(device, *one.analysis.layout);
    if (name_of(after.diagnosis.outcome) != whole.outcome) return "it ends otherwise than the uncut run";
    return after.facts.ota.update_flag && after.facts.ota.update_flag->value == 0xA5 ? "the flag is still set" : "";
}

}  // namespace

TEST_CASE("a bootloader that is too old is put in by the installed system, on the owner's word, in a plan of its own", "[repair]") {
    for (const auto& [device, release, older] : {std::tuple{"photon", "2.3.1", "1.2.1"}, {"photon", "1.5.2", "0.7.0"}, {"electron", "2.3.1", "1.2.1"}}) {
        const auto one = bootloader_case(device, release, older);
        const auto& plan = one.repair.plan;
        INFO(one.name);
        for (const auto& left : plan.cannot) UNSCOPED_INFO(left.cause << ": " << left.why);
        REQUIRE(plan.steps.size() >= 3);
        CHECK(plan.steps.back().operation == RepairOperation::StartSystem);
        CHECK(plan.steps[plan.steps.size() - 2].operation == RepairOperation::WriteTable);
        CHECK(plan.steps[plan.steps.size() - 2].where.size() == 1);
        CHECK(plan.cures == std::vector<std::string>{"module-dependency-unsatisfied"});
        CHECK(plan.consents.at(0).word == "bootloader");
        CHECK(plan.steps.back().if_power_fails.way_back.find("SWD") != std::string::npos);
        for (std::size_t i = 0; i + 1 < plan.steps.size(); ++i) CHECK(plan.steps[i].if_power_fails.way_back.find("SWD") == std::string::npos);
        CHECK(carried_out_whole(one).outcome == plan.expect.outcome);
        RepairWish unsaid = one.wish;
        unsaid.consents.clear();
        const auto without = plan_repair(one.analysis, unsaid).plan;
        CHECK(without.steps.empty());
        REQUIRE(without.consents.size() == 1);
        CHECK(without.cannot.at(0).why.find("--consent bootloader") != std::string::npos);
        RepairWish usual = one.wish;
        usual.purpose = RepairPurpose::Cure;
        for (const auto& step : plan_repair(one.analysis, usual).plan.steps) CHECK(step.region != "ota");
    }
}

TEST_CASE("where the installed system would not put a bootloader in, the plan says why", "[repair]") {
    CHECK(refusal(bootloader_case("photon", "2.3.1", "2.3.1")).find("Nothing asks for another") == 0);
    CHECK(refusal(bootloader_case("photon", "1.0.1", "0.7.0")).find("does not know the flag") != std::string::npos);      // before 1.2.1-rc.3
    CHECK(refusal(bootloader_case("photon", "2.3.1", "0.6.3")).find("break the table's checksum") != std::string::npos);  // its own code writes the older form
    const auto one = bootloader_case("photon", "2.3.1", "1.2.1");
    const auto with = [&](auto change) {
        Bytes flash(one.analysis.capture.image.everything().begin(), one.analysis.capture.image.everything().end());
        change(flash);
        RepairCase other{.name = "changed", .analysis = analysis_of(flash, *one.analysis.layout), .wish = one.wish};
        other.repair = plan_repair(other.analysis, other.wish);
        return other;
    };
    const auto unsound = with([](Bytes& flash) { std::fill_n(flash.begin() + 0x60000, 0x20000, std::uint8_t{0xFF}); });
    CHECK(unsound.repair.plan.steps.empty());
    const auto damaged = with([](Bytes& flash) { flash[0x1000] ^= 4; });
    CHECK(refusal(damaged).find("not known what it would write") != std::string::npos);
    auto unreleased = one;
    for (auto& module : unreleased.wish.firmware) module.of_release = false;
    unreleased.repair = plan_repair(unreleased.analysis, unreleased.wish);
    CHECK(refusal(unreleased).find("no released file") != std::string::npos);
    auto unfound = one;
    unfound.wish.firmware.clear();
    unfound.repair = plan_repair(unfound.analysis, unfound.wish);
    CHECK(refusal(unfound).find("was not given") != std::string::npos);
    CHECK(unfound.repair.plan.missing.size() == 1);
}

TEST_CASE("an update that waits comes first: by a start where that does no harm, and before any start where it does", "[repair]") {
    const auto with_flagged = [](const std::string& release) {
        const auto sample = sample::make_sample(
            R"(title = "a"
device = "photon"
seed = 1
life = [ { act = "install-release", release = "2.3.1" }, { act = "install", module = "bootloader", release = "1.2.1" },
  { act = "factory-table", release = "2.3.1", version_string = "x" }, { act = "provision" },
  { act = "receive", module = "bootloader", release = ")" +
                release + R"(" }, { act = "write", field = "ota_update_flag", hex = "A5" } ])",
            "a");
        if (!sample) FAIL(sample.error().message);
        return refusal(bootloader_case(analysis_of(sample->flash, *builtin_layout("photon"))));
    };
    const auto newer = with_flagged("2.3.1"), older = with_flagged("1.2.1");
    CHECK(newer.find("start the device once") != std::string::npos);
    CHECK(older.find("start the device once") == std::string::npos);
    CHECK(older.find("do not start the device normally") != std::string::npos);
}

TEST_CASE("wherever the power fails on the way to a new bootloader, it is resumed; only in the system's own copy a debugger is needed, as the plan says",
          "[repair]") {
    const auto one = bootloader_case("photon", "2.3.1", "1.2.1");
    const auto whole = carried_out_whole(one);
    REQUIRE(whole.newer != whole.older);
    const long wanted = full_tests() ? 4000 : 50;
    long for_debugger = 0;
    for (long i = 0; i < wanted; ++i)
        for (const bool starts : {false, true}) {
            const Cut cuts[] = {{.operation = whole.operations * i / wanted, .starts_between = starts},
                                {.request = whole.requests * i / wanted, .starts_between = starts}};
            for (const auto& cut : cuts) {
                INFO("operation " << cut.operation << " of " << whole.operations << ", request " << cut.request << ", started " << starts);
                CHECK(try_cut(one, whole, cut, for_debugger) == "");
            }
        }
    CHECK(for_debugger > 0);
}

TEST_CASE("a start in which the system did not install the bootloader is told", "[repair]") {
    class Idle : public WillingOwner {
    public:
        using WillingOwner::WillingOwner;
        bool starts_system() override { return resets_into_dfu(); }
    };
    const auto one = bootloader_case("photon", "2.3.1", "1.2.1");
    auto device = device_with(one.analysis);
    EmulatedPort port(device);
    Idle owner(device);
    MemoryJournal journal;
    const auto end =
        carry_out(one.repair, backup_for(one.repair, *one.analysis.layout), *one.analysis.layout, port, reading_rules(*one.analysis.layout), journal, owner);
    CHECK(end.how == How::NotInstalled);
    MemoryJournal again;
    CHECK(carry_out_on(device, one.repair, *one.analysis.layout, again).how == How::Done);
}
