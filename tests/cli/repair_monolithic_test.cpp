// A Photon with firmware in one piece in place of both system parts: repaired like any module, over the borders of its sectors.
#include "base/hex.h"
#include "catch.h"
#include "support/repair_trial.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;
using How = RepairEnd::How;

namespace {

Bytes monolithic_photon(const std::string& damage) {
    const auto sample = sample::make_sample(fmt::format(R"(title = "a"
device = "photon"
seed = 3
life = [ {{ act = "install", module = "bootloader", release = "1.5.2" }}, {{ act = "install", module = "monolithic", release = "1.5.2", length = 0x3F000 }},
  {{ act = "factory-table", release = "1.5.2", version_string = "x" }}, {{ act = "provision" }} ]
damage = [ {} ])",
                                                        damage),
                                            "monolithic");
    if (!sample) FAIL(sample.error().message);
    return sample->flash;
}

/// With the whole firmware as a file, and the owner's word for it: no release has it.
RepairCase with_file(const Bytes& flash) {
    const auto& layout = *builtin_layout("photon");
    RepairCase one{.name = "monolithic", .analysis = analysis_of(flash, layout)};
    one.wish.firmware = firmware_in_file(monolithic_photon(""), layout, "firmware.bin");
    for (const auto& module : one.wish.firmware)
        if (module.header.function.value == FunctionMonolithic) one.wish.consents.push_back(std::string(repair_consent::unknown_module) + hex(module.sha256));
    one.wish = with_bootloader_agreed(one.analysis, std::move(one.wish));
    one.repair = plan_repair(one.analysis, one.wish);
    return one;
}

std::size_t erases_in(const RepairPlan& plan) {
    return static_cast<std::size_t>(std::ranges::count_if(plan.steps, [](const RepairStep& step) { return step.operation == RepairOperation::Erase; }));
}

}  // namespace

TEST_CASE("firmware in one piece is set right in its place, and wherever the power fails, resumed", "[repair]") {
    struct Damage {
        const char* act;
        std::size_t erases;
    };
    for (const auto& [act, erases] : {Damage{R"({ act = "flip", at = 0x08050000, bit = 1 })", 1},
                                      {R"({ act = "fill", at = 0x0803F000, length = 0x2000, value = 0 })", 2},
                                      {R"({ act = "fill", at = 0x08041000, length = 0x1000, value = 255 })", 1}}) {
        INFO(act);
        const auto one = with_file(monolithic_photon(act));
        const auto& plan = one.repair.plan;
        for (const auto& left : plan.cannot) UNSCOPED_INFO(left.cause << ": " << left.why);
        REQUIRE_FALSE(plan.steps.empty());
        CHECK(erases_in(plan) <= erases);
        for (const auto& step : plan.steps) CHECK((step.where.begin >= 0x08020000 && step.where.end <= 0x08080000));
        auto whole = device_with(one.analysis);
        MemoryJournal journal;
        REQUIRE(carry_out_on(whole, one.repair, *one.analysis.layout, journal).how == How::Done);
        CHECK(std::ranges::equal(ByteView(whole.flash.bytes).subspan(0x20000, 0x60000), ByteView(monolithic_photon("")).subspan(0x20000, 0x60000)));
        CHECK(name_of(analysis_of(whole, *one.analysis.layout).diagnosis.outcome) == plan.expect.outcome);
        const long cuts = full_tests() ? 400 : 24;
        for (long i = 0; i < cuts; ++i) {
            auto device = device_with(one.analysis);
            device.flash.cut_at = whole.flash.operations * i / cuts;
            MemoryJournal cut;
            CHECK(carry_out_on(device, one.repair, *one.analysis.layout, cut).how != How::Done);
            device.power_cycle();
            cut.reopen();
            INFO("cut " << i << " of " << cuts);
            CHECK(carry_out_on(device, one.repair, *one.analysis.layout, cut).how == How::Done);
            CHECK(device.flash.bytes == whole.flash.bytes);
        }
    }
}
