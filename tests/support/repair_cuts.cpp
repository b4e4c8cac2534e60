#include "support/repair_cuts.h"

#include <algorithm>
#include <random>

namespace photopsy::test {

namespace {

using Kind = FlashOperation::Kind;
using CutBehind = PhotonDevice::CutBehind;

/// Tells which step is at work.
class Watching : public WillingOwner {
public:
    using WillingOwner::WillingOwner;
    void begins(std::size_t step) override { now = step; }
    std::size_t now = 0;
};

using Seen = std::function<void(const NorFlash&, const FlashOperation&, bool in_second)>;

void watch(PhotonDevice& device, const Seen& seen) {
    device.flash.before_operation = [seen](const NorFlash& flash, const FlashOperation& operation) { seen(flash, operation, false); };
    if (device.second) device.second->flash.before_operation = [seen](const NorFlash& flash, const FlashOperation& operation) { seen(flash, operation, true); };
}

void unwatch(PhotonDevice& device) {
    device.flash.before_operation = nullptr;
    if (device.second) device.second->flash.before_operation = nullptr;
}

RepairEnd carry_out_watched(const Uncut& uncut, PhotonDevice& device, MemoryJournal& journal, Watching& owner) {
    EmulatedPort port(device);
    const auto& layout = *uncut.one.analysis.layout;
    return carry_out(uncut.one.repair, backup_for(uncut.one.repair, layout), layout, port, reading_rules(layout), journal, owner);
}

NorFlash& flash_of(PhotonDevice& device, bool second) { return second ? device.second->flash : device.flash; }

/// True where the operation, done in part or whole, leaves each cell as it is.
bool changes_nothing(const NorFlash& flash, const FlashOperation& operation) {
    if (operation.kind != Kind::Program) return false;
    for (std::size_t i = 0; i < operation.data.size(); ++i)
        if ((flash.bytes[operation.offset + i] & ~operation.data[i]) != 0) return false;
    return true;
}

void cut_in(NorFlash& flash, const FlashOperation& operation, const PowerCut& cut) {
    flash.cut_at = flash.operations;
    flash.cut_share = cut.share;
    flash.chance = cut.chance;
    try {
        if (operation.kind == Kind::Erase) flash.erase(operation.offset, operation.size);
        if (operation.kind == Kind::OptionBytes) flash.rewrite_option_bytes();
        if (operation.kind == Kind::Program) (void)flash.program(operation.offset, operation.data);
    } catch (const PowerLost&) {
        return;
    }
}

}  // namespace

Uncut run_uncut(const RepairCase& one) {
    Uncut uncut{one, device_with(one.analysis), {}, 0};
    auto& device = uncut.after;
    Watching owner(device);
    MemoryJournal journal;
    watch(device, [&](const NorFlash& flash, const FlashOperation& operation, bool in_second) {
        uncut.operations.push_back({in_second, operation.kind != Kind::Program, flash.operations, device.requests() - 1, owner.now});
    });
    const auto end = carry_out_watched(uncut, device, journal, owner);
    unwatch(device);
    if (end.how != RepairEnd::How::Done) uncut.operations.clear();
    uncut.requests = device.requests();
    return uncut;
}

// --- which moments ---

namespace {

bool begins_or_ends_a_block(const Uncut& uncut, std::size_t i) {
    const auto& list = uncut.operations;
    return i == 0 || i + 1 == list.size() || list[i - 1].request != list[i].request || list[i + 1].request != list[i].request;
}

/// Some 200 of the words of each module, by their places in the list.
std::set<std::size_t> words_by_chance(const Uncut& uncut) {
    constexpr std::size_t of_each = 200;
    std::map<std::string, std::vector<std::size_t>> of_module;
    const auto& steps = uncut.one.repair.plan.steps;
    for (std::size_t i = 0; i < uncut.operations.size(); ++i)
        if (const auto& operation = uncut.operations[i]; !operation.erases && steps[operation.step].operation == RepairOperation::Program)
            of_module[steps[operation.step].region].push_back(i);
    std::set<std::size_t> chosen;
    std::mt19937 random(7);
    for (const auto& [name, words] : of_module) std::sample(words.begin(), words.end(), std::inserter(chosen, chosen.end()), of_each, random);
    return chosen;
}

void add_operation(std::vector<PowerCut>& cuts, std::size_t i, std::initializer_list<unsigned> shares) {
    for (const unsigned share : shares)
        cuts.push_back({.operation = static_cast<long>(i), .share = share, .chance = static_cast<std::uint32_t>(cuts.size() + 1)});
}

}  // namespace

std::vector<PowerCut> every_cut(const Uncut& uncut) {
    std::vector<PowerCut> cuts;
    const auto words = words_by_chance(uncut);
    std::set<long> that_change;
    for (std::size_t i = 0; i < uncut.operations.size(); ++i) {
        const auto& operation = uncut.operations[i];
        const bool in_table = uncut.one.repair.plan.steps[operation.step].operation == RepairOperation::WriteTable;
        that_change.insert(operation.request);
        if (operation.erases)
            add_operation(cuts, i, {0, 50, 100});
        else if (in_table || words.count(i) != 0 || begins_or_ends_a_block(uncut, i))
            add_operation(cuts, i, {50});
    }
    for (long request = 0; request < uncut.requests; ++request)
        for (const auto behind : {CutBehind::Nothing, CutBehind::DataStage, CutBehind::Everything})
            if (behind != CutBehind::DataStage || that_change.count(request) != 0) cuts.push_back({.request = request, .behind = behind});
    constexpr std::size_t with_start = 100;
    const std::size_t all = cuts.size();
    for (std::size_t i = 0; i < std::min(all, with_start); ++i) {
        cuts.push_back(cuts[all * i / std::min(all, with_start)]);
        cuts.back().starts_between = uncut.one.analysis.layout->dct.store != StoreKind::SerialFlash;
    }
    return cuts;
}

std::vector<PowerCut> some_cuts(const Uncut& uncut, long wanted) {
    std::vector<PowerCut> cuts;
    std::mt19937 random(7);
    const auto draw = [&](std::size_t below) { return random() % std::max<std::size_t>(1, below); };
    const auto& list = uncut.operations;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const bool begins = i == 0 || list[i - 1].step != list[i].step, ends = i + 1 == list.size() || list[i + 1].step != list[i].step;
        if (begins) add_operation(cuts, i, {0, 50, 100});
        if (ends) add_operation(cuts, i, {0});
        if (!begins && list[i - 1].request != list[i].request) add_operation(cuts, i, {100});
    }
    const long requests = std::max(1L, wanted / 4);
    for (long i = 0; i < requests; ++i) cuts.push_back({.request = uncut.requests * i / requests, .behind = static_cast<CutBehind>(draw(3))});
    for (std::size_t i = 0; i < cuts.size(); i += 7) cuts[i].starts_between = true;
    while (static_cast<long>(cuts.size()) < wanted && !list.empty()) add_operation(cuts, draw(list.size()), {static_cast<unsigned>(draw(101))});
    return cuts;
}

// --- what is left ---

Remains cut_short(const Uncut& uncut, const PowerCut& cut) {
    Remains left{device_with(uncut.one.analysis), {}, false};
    if (cut.operation >= 0) {
        const auto& operation = uncut.operations[static_cast<std::size_t>(cut.operation)];
        auto& flash = flash_of(left.device, operation.in_second);
        flash.cut_at = operation.number;
        flash.cut_share = cut.share;
        flash.chance = cut.chance;
    }
    left.device.power_fails_at_request = cut.request;
    left.device.cut_behind = cut.behind;
    left.ended_well = carry_out_on(left.device, uncut.one.repair, *uncut.one.analysis.layout, left.journal).how == RepairEnd::How::Done;
    if (cut.request + 1 == uncut.requests) left.ended_well = left.device.has_power();  // the last one asks for nothing that matters
    return left;
}

void walk(const Uncut& uncut, std::vector<PowerCut> cuts, const std::function<void(const PowerCut&, std::optional<Remains>)>& see) {
    std::stable_sort(cuts.begin(), cuts.end(), [](const PowerCut& a, const PowerCut& b) { return a.operation < b.operation; });
    auto device = device_with(uncut.one.analysis);
    auto blank = device;
    for (const bool second : {false, true})
        if (!second || blank.second) flash_of(blank, second).bytes.clear();
    Watching owner(device);
    MemoryJournal journal;
    auto next = cuts.begin();
    long now = 0;
    bool still_seen = false;  // nothing has changed since a cut that changed nothing
    std::size_t open_then = 0;
    watch(device, [&](const NorFlash& flash, const FlashOperation& operation, bool in_second) {
        const bool still = changes_nothing(flash, operation);
        if (journal.open.size() != open_then) still_seen = false;
        open_then = journal.open.size();
        for (; next != cuts.end() && next->operation == now; ++next) {
            if (still && !next->starts_between && std::exchange(still_seen, true)) {
                see(*next, std::nullopt);
                continue;
            }
            Remains left{blank, journal, false};
            for (const bool second : {false, true})
                if (!second || blank.second) flash_of(left.device, second) = second == in_second ? flash : flash_of(device, second);
            unwatch(left.device);
            cut_in(flash_of(left.device, in_second), operation, *next);
            see(*next, std::move(left));
        }
        if (!still) still_seen = false;
        ++now;
    });
    (void)carry_out_watched(uncut, device, journal, owner);
}

std::string state_of(const Remains& left) {
    std::string state;
    const auto add = [&](const NorFlash& flash) {
        const std::string_view bytes(reinterpret_cast<const char*>(flash.bytes.data()), flash.bytes.size());
        state += std::to_string(std::hash<std::string_view>{}(bytes));
        for (const auto& [sector, count] : flash.erases) state += " e" + std::to_string(sector) + "x" + std::to_string(count);
        for (const auto sector : flash.write_protected) state += " p" + std::to_string(sector);
    };
    add(left.device.flash);
    if (left.device.second) add(left.device.second->flash);
    for (const auto step : left.journal.open) state += " o" + std::to_string(step);
    return state;
}

}  // namespace photopsy::test
