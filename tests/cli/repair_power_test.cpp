// The power fails anywhere in a repair: no device is worse off than before, and going on ends where the uncut run ended.
#include "catch.h"
#include "mend/repair_table.h"
#include "support/repair_trial.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::uint32_t base = PhotonDevice::base;

/// The flash at the begin of each step, so that a cut needs not begin at the first one.
class Snapshots : public RepairOwner {
public:
    explicit Snapshots(PhotonDevice& device) : device_(device) {}
    void begins(std::size_t) override { flashes.push_back(device_.flash); }
    bool resets_into_dfu() override {
        device_.power_cycle();
        return true;
    }
    bool starts_system() override {
        device_.ordinary_start();
        return resets_into_dfu();
    }
    bool goes_on() override { return true; }
    std::vector<NorFlash> flashes;

private:
    PhotonDevice& device_;
};

/// The run without a cut, and what is compared with it.
struct Uncut {
    const RepairCase& one;
    std::vector<NorFlash> at_step;
    NorFlash after;
    long operations = 0, requests = 0;
};

Uncut run_uncut(const RepairCase& one) {
    auto device = device_with(one.analysis);
    EmulatedPort port(device);
    Snapshots owner(device);
    MemoryJournal journal;
    const auto end =
        carry_out(one.repair, backup_for(one.repair, *one.analysis.layout), *one.analysis.layout, port, reading_rules(*one.analysis.layout), journal, owner);
    REQUIRE(end.how == RepairEnd::How::Done);
    return {one, std::move(owner.flashes), device.flash, device.flash.operations, device.requests()};
}

ByteView bytes_of(const NorFlash& flash, Range at) { return ByteView(flash.bytes).subspan(at.begin - base, at.size()); }

/// The part with the two copies of the table.
Image image_of(const NorFlash& flash) {
    constexpr Range tables{0x08004000, 0x0800C000};
    const auto bytes = bytes_of(flash, tables);
    return Image({bytes.begin(), bytes.end()}, tables.begin);
}

/// The table that the code in charge at the end sees: what is in force, and the older one.
struct Tables {
    Bytes in_force, older;
    bool operator==(const Tables&) const = default;
};
Tables tables_of(const RepairCase& one, const NorFlash& flash) {
    const auto image = image_of(flash);
    const auto& layout = *one.analysis.layout;
    for (std::size_t i = one.repair.plan.steps.size(); i-- > 0;) {
        if (one.repair.plan.steps[i].operation != RepairOperation::WriteTable) continue;
        const int current = table_base(image, layout, one.repair.codes[i]);
        const bool keeps_older = one.repair.codes[i] >= TableWriter::G4;  // the others erase it, sooner or later
        const auto older = current == 0 || !keeps_older ? Bytes{} : application_data(image, layout, 3 - current);
        return {application_data(image, layout, current), older};
    }
    const auto one_copy = bytes_of(flash, layout.dct.copies[0]), other = bytes_of(flash, layout.dct.copies[1]);
    return {{one_copy.begin(), one_copy.end()}, {other.begin(), other.end()}};
}

bool is_touched(const Repair& repair, Range sector) {
    return std::any_of(repair.plan.steps.begin(), repair.plan.steps.end(), [&](const RepairStep& step) {
        return step.operation != RepairOperation::WriteTable && !step.where.empty() && step.where.overlaps(sector);
    });
}

bool is_table(const Layout& layout, Range sector) {
    return std::any_of(layout.dct.copies.begin(), layout.dct.copies.end(), [&](Range copy) { return copy.overlaps(sector); });
}

/// Nothing but the plan's own sectors and the table differs from before.
bool only_the_plans_sectors_differ(const RepairCase& one, const NorFlash& flash) {
    return std::ranges::all_of(one.analysis.layout->sectors, [&](const Sector& sector) {
        if (is_touched(one.repair, sector.at) || is_table(*one.analysis.layout, sector.at)) return true;
        return std::ranges::equal(bytes_of(flash, sector.at), one.repair.original.bytes(sector.at));
    });
}

bool some_table_is_valid(const RepairCase& one, const NorFlash& flash) {
    const auto code = table_code(one.analysis.facts);
    if (!code || *code < TableWriter::G4) return true;
    if (!one.analysis.facts.dct.selected) return true;  // there was none before
    return table_base(image_of(flash), *one.analysis.layout, *code) != 0;
}

bool wear_is_bounded(const Uncut& uncut, const NorFlash& flash) {
    return std::ranges::all_of(flash.erases, [&](const auto& entry) {
        const auto planned = uncut.after.erases.find(entry.first);
        return entry.second <= (planned == uncut.after.erases.end() ? 0 : planned->second) + 1;
    });
}

bool sectors_end_alike(const Uncut& uncut, const NorFlash& flash) {
    const auto& layout = *uncut.one.analysis.layout;
    return std::ranges::all_of(layout.sectors, [&](const Sector& sector) {
        return is_table(layout, sector.at) || std::ranges::equal(bytes_of(flash, sector.at), bytes_of(uncut.after, sector.at));
    });
}

bool ends_alike(const Uncut& uncut, const NorFlash& flash) {
    return sectors_end_alike(uncut, flash) && tables_of(uncut.one, flash) == tables_of(uncut.one, uncut.after);
}

struct PowerCut {
    long operation = -1, request = -1;
    unsigned share = 50;
    PhotonDevice::CutBehind behind = PhotonDevice::CutBehind::Nothing;
    std::uint32_t chance = 1;
    bool starts_between = false;  ///< nobody holds SETUP when the power returns
};

/// The firmware wrote to the table meanwhile: that is told, and the backup brings the settings back.
std::string try_undo(const RepairCase& one, PhotonDevice& device) {
    const auto& layout = *one.analysis.layout;
    const auto undo = plan_undo(one.repair.plan, one.analysis, analysis_of(device.flash.bytes, layout));
    MemoryJournal journal;
    if (carry_out_on(device, undo, layout, journal).how != RepairEnd::How::Done) return "the loss cannot be undone";
    const auto after = analysis_of(device.flash.bytes, layout);
    const auto data = [&](const Analysis& analysis) { return application_data(analysis.capture.image, layout, analysis.facts.dct.selected.value_or(0)); };
    const auto before = data(one.analysis), now = data(after);
    for (const auto& step : one.repair.plan.steps)
        if (step.operation == RepairOperation::WriteTable &&
            !std::equal(before.begin() + step.where.begin, before.begin() + step.where.end, now.begin() + step.where.begin))
            return "the backup does not bring the settings back";
    return "";
}

/// What the start put into other places is put back; of the table the copy in force counts, for a start may have written it.
std::string after_a_start(const Uncut& uncut, PhotonDevice& device) {
    const auto& one = uncut.one;
    const auto& layout = *one.analysis.layout;
    const auto restoration = plan_restoration(one.repair, analysis_of(device.flash.bytes, layout));
    MemoryJournal journal;
    if (!restoration.plan.steps.empty() && carry_out_on(device, restoration, layout, journal).how != RepairEnd::How::Done) return "it could not be restored";
    if (tables_of(one, device.flash).in_force != tables_of(one, uncut.after).in_force) return "after a start the table ends otherwise";
    return sectors_end_alike(uncut, device.flash) ? "" : "after a start it ends otherwise";
}

/// "" where all is well; else what is not.
std::string try_cut(const Uncut& uncut, const PowerCut& cut) {
    const auto& one = uncut.one;
    auto device = device_with(one.analysis);
    if (cut.operation >= 0) {  // begin at the step in which it happens
        auto step = uncut.at_step.rbegin();
        while (step + 1 != uncut.at_step.rend() && step->operations > cut.operation) ++step;
        device.flash = *step;
    }
    device.flash.cut_at = cut.operation;
    device.flash.cut_share = cut.share;
    device.flash.chance = cut.chance;
    device.power_fails_at_request = cut.request;
    device.cut_behind = cut.behind;
    MemoryJournal journal;
    const auto first = carry_out_on(device, one.repair, *one.analysis.layout, journal);
    if (first.how == RepairEnd::How::Done && device.has_power()) return "the cut did not happen";
    if (!only_the_plans_sectors_differ(one, device.flash)) return "a sector outside the plan changed";
    if (!some_table_is_valid(one, device.flash)) return "no table is valid";
    if (cut.starts_between) device.ordinary_start();
    device.power_cycle();
    journal.reopen();
    const auto end = carry_out_on(device, one.repair, *one.analysis.layout, journal);
    if (cut.starts_between && end.how == RepairEnd::How::Elsewhere) return try_undo(one, device);
    if (end.how != RepairEnd::How::Done) return "it could not be resumed: end " + std::to_string(static_cast<int>(end.how));
    if (cut.starts_between) return after_a_start(uncut, device);
    if (!only_the_plans_sectors_differ(one, device.flash)) return "a sector outside the plan changed in the end";
    if (!wear_is_bounded(uncut, device.flash)) return "more was erased than the plan and the cut ask for";
    return ends_alike(uncut, device.flash) ? "" : "it ends otherwise than the uncut run";
}

/// Operations and requests spread over the whole run, the first and last of each step among them.
std::vector<PowerCut> cuts_of(const Uncut& uncut, long wanted) {
    std::vector<PowerCut> cuts;
    std::uint32_t chance = 7;
    const auto draw = [&](long below) {
        chance = chance * 1664525 + 1013904223;
        return static_cast<long>(chance >> 8) % std::max(1L, below);
    };
    const auto add = [&](long operation, unsigned share) { cuts.push_back({.operation = operation, .share = share, .chance = chance}); };
    for (std::size_t i = 0; i < uncut.at_step.size(); ++i) {
        const long begin = uncut.at_step[i].operations, end = i + 1 < uncut.at_step.size() ? uncut.at_step[i + 1].operations : uncut.operations;
        if (end == begin) continue;
        for (const unsigned share : {0u, 50u, 100u}) add(begin, share);
        add(end - 1, 0);
        for (long edge = begin; edge < end; edge += 1024) add(edge, 100);  // a block has so many words
    }
    const long requests = std::max(1L, wanted / 4);
    for (long i = 0; i < requests; ++i) cuts.push_back({.request = uncut.requests * i / requests, .behind = static_cast<PhotonDevice::CutBehind>(draw(3))});
    for (std::size_t i = 0; i < cuts.size(); i += 7) cuts[i].starts_between = true;
    while (static_cast<long>(cuts.size()) < wanted) add(draw(uncut.operations), static_cast<unsigned>(draw(101)));
    return cuts;
}

}  // namespace

TEST_CASE("wherever the power fails in a repair, no device is worse than before and resuming ends like the uncut run", "[repair]") {
    auto cases = repair_cases(24);
    std::erase_if(cases, [](const RepairCase& one) { return one.repair.plan.steps.empty(); });
    REQUIRE(cases.size() >= 10);
    const long wanted = (full_tests() ? 100000 : 5000) / static_cast<long>(cases.size()) + 1;
    long cuts = 0;
    std::map<std::string, long> faults;
    for (const auto& one : cases) {
        const auto uncut = run_uncut(one);
        for (const auto& cut : cuts_of(uncut, wanted)) {
            ++cuts;
            const auto fault = try_cut(uncut, cut);
            if (fault.empty() || ++faults[fault] > 3) continue;
            INFO(one.name << ": operation " << cut.operation << " of " << uncut.operations << ", request " << cut.request << " of " << uncut.requests
                          << ", share " << cut.share << ", behind " << static_cast<int>(cut.behind));
            FAIL_CHECK(fault);
        }
    }
    CHECK(faults.empty());
    CHECK(cuts >= (full_tests() ? 100000 : 5000));
    if (std::getenv("PHOTOPSY_TELL_REPAIRS")) std::printf("%ld cuts in %zu repairs, %zu kinds of fault\n", cuts, cases.size(), faults.size());
}
