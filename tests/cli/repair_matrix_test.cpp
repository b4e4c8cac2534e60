// Causes by generations of bootloader: each cell planned and carried out. The table of docs/repair.md is what comes out of it.
#include "catch.h"
#include "diagnosis/cause.h"
#include "support/repair_damages.h"
#include "support/repair_trial.h"
#include "support/smallest_damage.h"
#include "support/story.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <functional>

using namespace photopsy;
using namespace photopsy::test;

namespace {

bool has_cause(const Analysis& analysis, std::string_view id) {
    return std::ranges::any_of(analysis.diagnosis.causes, [&](const NamedCause& named) { return named.cause->id == id; });
}

bool tells(const std::vector<RepairPlan::Left>& list, std::string_view id) {
    return std::ranges::any_of(list, [&](const RepairPlan::Left& left) { return left.cause == id; });
}

/// "2 sectors erased, 8192 bytes programmed, RESET, one table write".
std::string writes_of(const RepairPlan& plan) {
    std::size_t erased = 0, bytes = 0, resets = 0, tables = 0, starts = 0;
    for (const auto& step : plan.steps) {
        erased += step.operation == RepairOperation::Erase;
        bytes += step.operation == RepairOperation::Program ? step.where.size() : 0;
        resets += step.operation == RepairOperation::ResetIntoDfu;
        tables += step.operation == RepairOperation::WriteTable;
        starts += step.operation == RepairOperation::StartSystem;
    }
    std::string text;
    const auto add = [&](std::size_t count, const std::string& what) {
        if (count != 0) text += (text.empty() ? "" : ", ") + what;
    };
    add(erased, fmt::format("{} sector{} erased", erased, erased == 1 ? "" : "s"));
    add(bytes, fmt::format("{} bytes", bytes));
    add(resets, "RESET");
    add(tables, "one table write");
    add(starts, "one start");
    return text;
}

/// True where the installed system can put the right bootloader in.
bool give_bootloader(RepairCase& one, const char* cause) {
    auto other = bootloader_case(one.analysis);
    if (std::ranges::find(other.repair.plan.cures, cause) == other.repair.plan.cures.end()) return false;
    one = std::move(other);
    return true;
}

void carry_out_and_look(const RepairCase& one, const char* cause) {
    const auto& layout = *one.analysis.layout;
    auto device = device_with(one.analysis);
    MemoryJournal journal;
    CHECK(carry_out_on(device, one.repair, layout, journal).how == RepairEnd::How::Done);
    const auto after = analysis_of(device, layout);
    CHECK_FALSE(has_cause(after, cause));
    CHECK(name_of(after.diagnosis.outcome) == one.repair.plan.expect.outcome);
}

std::string cell(const RepairDamage& damage, const RepairColumn& column) {
    INFO(damage.cause << ", " << column.device << " " << column.release);
    auto analysis = damaged(damage, column);
    if (!analysis || !has_cause(*analysis, damage.cause)) return "-";
    auto one = repair_case("matrix", std::move(*analysis));
    const bool new_key = give_key(one, damage.cause);
    const auto& plan = one.repair.plan;
    const bool cures = std::ranges::find(plan.cures, damage.cause) != plan.cures.end();
    if (!cures && give_bootloader(one, damage.cause)) {
        carry_out_and_look(one, damage.cause);
        return "with `--bootloader`: " + writes_of(one.repair.plan);
    }
    if (!cures) return tells(plan.leaves, damage.cause) ? "nothing is written" : tells(plan.cannot, damage.cause) ? "not over DFU" : "?";
    carry_out_and_look(one, damage.cause);
    return (new_key ? "with a new key: " : "") + writes_of(plan);
}

std::vector<std::string> split(const std::string& text, const std::string& at) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (auto end = text.find(at); end != std::string::npos; from = end + at.size(), end = text.find(at, from)) parts.push_back(text.substr(from, end - from));
    return parts;
}

std::string heading() {
    std::string head = "| cause |", line = "|---|";
    for (const auto& column : repair_columns()) {
        const auto analysis = damaged({"", "", ""}, column);
        const auto version = analysis ? analysis->facts.system.bootloader_version.value_or(0) : 0;
        const std::string device = column.device;
        const auto named = device == "photon" ? "" : device == "core" ? "Core " : "Electron ";
        head += fmt::format(" {}{}{} |", named, column.release, version ? fmt::format(" (bootloader {})", version) : "");
        line += "---|";
    }
    return head + "\n" + line + "\n";
}

std::string row(const RepairDamage& damage) {
    std::string text = fmt::format("| `{}` |", damage.cause);
    for (const auto& column : repair_columns()) text += fmt::format(" {} |", cell(damage, column));
    return text + "\n";
}

// --- the causes that no write of these devices cures ---

std::string as_cell(const RepairPlan::Left& left) {
    auto text = left.why + (left.instead.empty() ? "" : " " + left.instead);
    for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.replace(at, 1, "\\|");
    return text;
}

/// What the plan says of the smallest damage, or the story, that has this cause.
std::optional<std::string> reason_of(const std::string& cause, const Analysis& analysis) {
    if (!has_cause(analysis, cause)) return {};
    const auto plan = repair_case("cause", analysis).repair.plan;
    for (const auto* list : {&plan.cannot, &plan.leaves})
        for (const auto& left : *list)
            if (left.cause == cause) return as_cell(left);
    return std::ranges::find(plan.cures, cause) != plan.cures.end() ? writes_of(plan) : std::optional<std::string>("?");
}

Analysis analysis_of_file(const Bytes& file) {
    const auto& layout = layout_for(file);
    return analyze(recognize(file, "dump.bin", "", layout), layout);
}

/// Of a cause that a dump alone does not show (it takes a server's answer, the registered key, the chip's own id): its ways, by their titles.
std::string ways_of(const std::string& cause) {
    const auto healthy = analysis_of_file(sample_called("healthy-2.3.1").file);
    const Findings none;
    std::string text = "A dump alone does not show it.";
    for (const auto& remedy : remedies_of({healthy.observations(), none, cause}))
        if (remedy.turn != Remedy::Turn::KeepDump) text += " " + remedy.title + ".";
    return text;
}

std::string other_row(const std::string& cause) {
    std::optional<std::string> reason;
    for (const auto& one : smallest_damages()) {
        if (reason || one.cause != cause) continue;
        if (const auto sample = sample::make_sample(recipe_of(one), "smallest")) reason = reason_of(cause, analysis_of_file(sample->file));
    }
    for (const auto& story : stories())
        if (!reason && story.sample.external.empty()) reason = reason_of(cause, analysis_of_file(story.sample.file));
    return fmt::format("| `{}` | {} |", cause, reason ? *reason : ways_of(cause));
}

std::vector<std::string> other_causes() {
    std::vector<std::string> list;
    for (const auto* cause : all_causes())
        if (std::ranges::none_of(repair_damages(), [&](const RepairDamage& damage) { return damage.cause == cause->id; })) list.emplace_back(cause->id);
    return list;
}

/// What stands between two marks of docs/repair.md; `made` replaces it where golden files are renewed.
std::vector<std::string> lines_between(const std::string& begin, const std::string& end, const std::function<std::string()>& made) {
    const auto bytes = read_file(source_path("docs/repair.md"));
    std::string page(bytes.begin(), bytes.end());
    const auto from = page.find(begin), to = page.find(end);
    REQUIRE(from != std::string::npos);
    REQUIRE(to != std::string::npos);
    if (const char* update = std::getenv("PHOTOPSY_UPDATE_GOLDEN"); update && *update == '1') {
        page.replace(from + begin.size(), to - from - begin.size(), made());
        std::ofstream(source_path("docs/repair.md"), std::ios::binary) << page;
        return {};
    }
    return split(page.substr(from + begin.size(), to - from - begin.size()), "\n");
}

}  // namespace

TEST_CASE("the table of causes and bootloaders in docs/repair.md is what plans and the emulated device do", "[repair][golden]") {
    const auto lines = lines_between("<!-- table made by the tests -->\n", "<!-- end of the table -->", [] {
        std::string now = heading();
        for (const auto& damage : repair_damages()) now += row(damage);
        return now;
    });
    if (lines.empty()) return;
    REQUIRE(lines.size() == repair_damages().size() + 2);
    std::size_t number = 0;
    for (std::size_t i = 0; i < repair_damages().size(); ++i) {
        const auto cells = split(lines[i + 2], " |");
        REQUIRE(cells.size() == repair_columns().size() + 1);
        CHECK(cells[0] == fmt::format("| `{}`", repair_damages()[i].cause));
        for (std::size_t j = 0; j < repair_columns().size(); ++j)
            if (full_tests() || ++number % 23 == 0) CHECK(cells[j + 1] == " " + cell(repair_damages()[i], repair_columns()[j]));
    }
}

TEST_CASE("of every other cause docs/repair.md says what the plan says", "[repair][golden]") {
    const auto lines = lines_between("<!-- other causes, made by the tests -->\n", "<!-- end of the other causes -->", [] {
        std::string now = "| cause | what the plan says |\n|---|---|\n";
        for (const auto& cause : other_causes()) now += other_row(cause) + "\n";
        return now;
    });
    if (lines.empty()) return;
    const auto causes = other_causes();
    REQUIRE(lines.size() == causes.size() + 2);
    for (std::size_t i = 0; i < causes.size(); ++i)
        if (full_tests() || i % 4 == 0) CHECK(lines[i + 2] == other_row(causes[i]));
}
