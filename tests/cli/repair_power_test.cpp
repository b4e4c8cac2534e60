// The power fails anywhere in a repair: no device is worse off than before, and going on ends where the uncut run ended.
#include "catch.h"
#include "support/repair_cuts.h"
#include "support/repair_damages.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

using namespace photopsy;
using namespace photopsy::test;

namespace {

bool tells_figures() { return std::getenv("PHOTOPSY_TELL_REPAIRS") != nullptr; }

/// Of each kind of cut how many there were, and how many flashes they left that are not the same for going on.
struct Figures {
    long of_operations = 0, of_requests = 0, gone_on = 0, with_start = 0;
    std::map<std::string, long> faults;
    long cuts() const { return of_operations + of_requests; }
};

class Cutting {
public:
    Cutting(const Uncut& uncut, Figures& figures) : uncut_(uncut), figures_(figures) {}

    void all(const std::vector<PowerCut>& cuts) {
        std::vector<PowerCut> of_operations;
        for (const auto& cut : cuts) cut.operation >= 0 ? of_operations.push_back(cut) : of_request(cut);
        figures_.of_operations += static_cast<long>(of_operations.size());
        walk(uncut_, of_operations, [&](const PowerCut& cut, std::optional<Remains> left) {
            if (left) seen(cut, std::move(*left));
        });
    }

private:
    void of_request(const PowerCut& cut) {
        ++figures_.of_requests;
        seen(cut, cut_short(uncut_, cut));
    }

    /// Two cuts that leave the same end alike: the second is not gone on with again.
    void seen(const PowerCut& cut, Remains left) {
        if (!known_.insert(state_of(left) + (left.ended_well ? "!" : "") + (cut.starts_between ? " started" : "")).second) return;
        ++figures_.gone_on;
        figures_.with_start += cut.starts_between;
        const auto fault = go_on(uncut_, left, cut.starts_between);
        if (fault.empty() || ++figures_.faults[fault] > 3) return;
        INFO(uncut_.one.name << ": operation " << cut.operation << " of " << uncut_.operations.size() << ", request " << cut.request << " of "
                             << uncut_.requests << ", share " << cut.share << ", behind " << static_cast<int>(cut.behind) << ", started "
                             << cut.starts_between);
        FAIL_CHECK(fault);
    }

    const Uncut& uncut_;
    Figures& figures_;
    std::set<std::string> known_;
};

/// Every sample and labelled dump with a repair; in the long run also Cores, and one device of each kind and generation with each kind of write.
std::vector<RepairCase> cases_to_cut() {
    auto cases = repair_cases(24);
    if (full_tests()) {
        for (const auto* name : {"core-key-bit-error", "core-server-key-erased", "core-firmware-bit-error", "core-first-byte-erased"})
            cases.push_back(core_case(name));
        for (const auto& column : repair_columns())
            for (const auto& damage : repair_damages()) {
                const std::string cause = damage.cause;
                if (cause != "private-key-bit-flip" && cause != "server-key-erased" && cause != "module-crc-bad" && cause != "module-truncated") continue;
                if (auto analysis = damaged(damage, column))
                    cases.push_back(repair_case(std::string(column.device) + " " + column.release + " " + cause, std::move(*analysis)));
            }
    }
    std::erase_if(cases, [](const RepairCase& one) { return one.repair.plan.steps.empty(); });
    return cases;
}

}  // namespace

TEST_CASE("wherever the power fails in a repair, no device is worse than before and resuming ends like the uncut run", "[repair]") {
    const auto cases = cases_to_cut();
    REQUIRE(cases.size() >= 10);
    Figures figures;
    for (const auto& one : cases) {
        const auto uncut = run_uncut(one);
        INFO(one.name);
        REQUIRE_FALSE(uncut.operations.empty());
        const auto before = figures;
        Cutting(uncut, figures).all(full_tests() ? every_cut(uncut) : some_cuts(uncut, 5000 / static_cast<long>(cases.size()) + 1));
        if (tells_figures())
            std::printf("%6ld cuts in operations, %5ld at requests, %6ld gone on with, %5ld started: %s\n", figures.of_operations - before.of_operations,
                        figures.of_requests - before.of_requests, figures.gone_on - before.gone_on, figures.with_start - before.with_start, one.name.c_str());
    }
    CHECK(figures.faults.empty());
    CHECK(figures.cuts() >= (full_tests() ? 100000 : 5000));
    if (tells_figures())
        std::printf("%ld cuts in %zu repairs (%ld in operations, %ld at requests), %ld flashes gone on with, %ld behind a start, %zu kinds of fault\n",
                    figures.cuts(), cases.size(), figures.of_operations, figures.of_requests, figures.gone_on, figures.with_start, figures.faults.size());
}

TEST_CASE("what is said to be left by a cut is what the program leaves when the power fails", "[repair]") {
    for (const auto* name : {"erased-key", "part2-bit-error"}) {
        const auto one = repair_case(name, sample_called(name).file);
        const auto uncut = run_uncut(one);
        auto cuts = some_cuts(uncut, full_tests() ? 600 : 60);
        std::erase_if(cuts, [](const PowerCut& cut) { return cut.operation < 0; });
        REQUIRE(cuts.size() > 20);
        std::string before;
        walk(uncut, cuts, [&](const PowerCut& cut, std::optional<Remains> left) {
            INFO(name << ": operation " << cut.operation << " of " << uncut.operations.size());
            auto real = cut_short(uncut, cut);
            CHECK_FALSE(real.ended_well);
            if (left) before = state_of(*left);
            CHECK(state_of(real) == before);
        });
    }
}
