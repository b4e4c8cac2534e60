// Causes by generations of bootloader: each cell planned and carried out. The table of docs/repair.md is what comes out of it.
#include "catch.h"
#include "support/keys.h"
#include "support/repair_trial.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Damage {
    const char* cause;
    const char* recipe;
};

constexpr Damage damages[] = {
    {"private-key-erased", R"({ act = "fill", at = "dct.device_private_key", length = 612, value = 255 })"},
    {"private-key-bit-flip", R"({ act = "flip", at = "dct.device_private_key+0x128", bit = 3 })"},
    {"server-key-erased", R"({ act = "fill", at = "dct.server_public_key", length = 294, value = 255 })"},
    {"server-key-corrupted", R"({ act = "flip", at = "dct.server_public_key+0x80", bit = 2 })"},
    {"module-crc-bad", R"({ act = "flip", at = "system-part2+0x8000", bit = 1 })"},
    {"module-block-zeroed", R"({ act = "fill", at = "system-part2+0x8000", length = 4096, value = 0 })"},
    {"module-block-erased", R"({ act = "fill", at = "system-part1+0x9000", length = 4096, value = 255 })"},
    {"module-missing", R"({ act = "fill", at = "system-part2", length = 0x40000, value = 255 })"},
};
constexpr const char* releases[] = {"0.4.7", "0.6.3", "1.2.1", "1.5.2", "2.3.1"};

RepairCase damaged(const char* release, const char* recipe) {
    const auto sample = sample::make_sample(fmt::format(R"(title = "a"
device = "photon"
seed = 1
life = [ {{ act = "install-release", release = "{0}" }}, {{ act = "factory-table", release = "{0}", version_string = "x" }}, {{ act = "provision" }} ]
damage = [ {1} ])",
                                                        release, recipe),
                                            "matrix");
    if (!sample) FAIL(sample.error().message);
    return repair_case("matrix", sample->file);
}

bool has_cause(const Analysis& analysis, std::string_view id) {
    return std::ranges::any_of(analysis.diagnosis.causes, [&](const NamedCause& named) { return named.cause->id == id; });
}

/// "program 4 bytes", "erase, program 2 stretches, reset, one table write".
std::string writes_of(const RepairPlan& plan) {
    std::size_t erased = 0, programmed = 0, bytes = 0, resets = 0, tables = 0;
    for (const auto& step : plan.steps) {
        erased += step.operation == RepairOperation::Erase;
        programmed += step.operation == RepairOperation::Program;
        bytes += step.operation == RepairOperation::Program ? step.where.size() : 0;
        resets += step.operation == RepairOperation::ResetIntoDfu;
        tables += step.operation == RepairOperation::WriteTable;
    }
    std::string text;
    const auto add = [&](std::size_t count, const std::string& what) {
        if (count != 0) text += (text.empty() ? "" : ", ") + what;
    };
    add(erased, fmt::format("{} sector{} erased", erased, erased == 1 ? "" : "s"));
    add(programmed, fmt::format("{} bytes programmed", bytes));
    add(resets, "RESET");
    add(tables, "one table write");
    return text;
}

std::string cell(const Damage& damage, const char* release, std::string& family) {
    auto one = damaged(release, damage.recipe);
    family = fmt::format("{} (bootloader {})", release, one.analysis.facts.system.bootloader_version.value_or(0));
    if (!has_cause(one.analysis, damage.cause)) return "-";
    const bool needs_key = one.repair.plan.steps.empty();
    if (needs_key) {
        CHECK(one.repair.plan.cannot.at(0).why.find("--consent new-key") != std::string::npos);
        const auto slot = device_slot_of(first_key());
        one.wish.new_key = {slot.begin(), slot.begin() + 611};
        one.wish.consents.emplace_back(repair_consent::new_key);
        one.repair = plan_repair(one.analysis, one.wish);
    }
    const auto& plan = one.repair.plan;
    auto device = device_with(one.analysis);
    MemoryJournal journal;
    CHECK(carry_out_on(device, one.repair, *one.analysis.layout, journal).how == RepairEnd::How::Done);
    const auto after = analysis_of(device.flash.bytes, *one.analysis.layout);
    CHECK_FALSE(has_cause(after, damage.cause));
    CHECK(name_of(after.diagnosis.outcome) == plan.expect.outcome);
    return (needs_key ? "with a new key: " : "") + writes_of(plan);
}

std::string table() {
    std::string head = "| cause |", line = "|---|", rows;
    for (const auto& damage : damages) {
        rows += fmt::format("| `{}` |", damage.cause);
        for (const auto* release : releases) {
            INFO(damage.cause << " " << release);
            std::string family;
            rows += fmt::format(" {} |", cell(damage, release, family));
            if (&damage == damages) head += fmt::format(" {} |", family), line += "---|";
        }
        rows += "\n";
    }
    return head + "\n" + line + "\n" + rows;
}

}  // namespace

TEST_CASE("the table of causes and bootloaders in docs/repair.md is what plans and the emulated device do", "[repair][golden]") {
    const std::string begin = "<!-- table made by the tests -->\n", end = "<!-- end of the table -->";
    const auto bytes = read_file(source_path("docs/repair.md"));
    std::string page(bytes.begin(), bytes.end());
    const auto from = page.find(begin), to = page.find(end);
    REQUIRE(from != std::string::npos);
    REQUIRE(to != std::string::npos);
    const auto now = table();
    if (const char* update = std::getenv("PHOTOPSY_UPDATE_GOLDEN"); update && *update == '1') {
        page.replace(from + begin.size(), to - from - begin.size(), now);
        std::ofstream(source_path("docs/repair.md"), std::ios::binary) << page;
        return;
    }
    CHECK(page.substr(from + begin.size(), to - from - begin.size()) == now);
}
