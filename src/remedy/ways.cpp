#include "remedy/ways.h"

#include <fmt/format.h>

namespace photopsy {

Remedy keep_dump(std::string explain) { return {.title = "Keep this dump", .explain = std::move(explain), .turn = Remedy::Turn::KeepDump}; }

bool may_go_online(const Observations& seen) {
    const auto result = seen.boot.result;
    const bool starts = result == BootResult::Runs || result == BootResult::SafeMode || result == BootResult::FactoryReset;
    const auto& wifi = seen.facts.wifi;
    const bool networks = wifi.state == WifiFacts::State::NotInFile || wifi.configured != 0;
    return starts && !seen.handshake.fails() && networks;
}

std::string warning_of_table_write(const Facts& facts) { return facts.dct.copies.empty() ? "" : "The write renews the whole table and erases its older copy."; }

bool start_costs_old_key(const Observations& seen) {
    const auto& predictions = seen.handshake.predictions;
    return !predictions.empty() && predictions.front().regenerates_key && !seen.keys.recoveries.empty();
}

void add_possible_key(std::vector<Remedy>& list, const Observations& seen) {
    if (seen.keys.possible.empty()) return;
    const auto& key = seen.keys.possible.front();
    auto remedy = as_other_way(write_old_key_back(seen, key));
    remedy.title = "Or write the key that lies in this dump, if you know that it is this device's";
    remedy.explain = fmt::format(
        "A key lies in {} ({}). It is whole, and nothing says that it is this device's: applications have keys of their own, and the cloud refuses any but the "
        "one "
        "on record.",
        key.source, key.method);
    list.push_back(std::move(remedy));
}

Remedy nothing_to_repair(std::string explain) { return {.title = "Nothing needs repair", .explain = std::move(explain), .turn = Remedy::Turn::Nothing}; }

Remedy start_normally(std::string_view explain) {
    return {.title = "Start the device normally",
            .explain = "Tap RESET. " + std::string(explain),
            .steps = {{.kind = StepKind::Restart}},
            .warning = "Do not cut the power before it has finished.",
            .cost = Remedy::Cost::WritesFirmware,
            .turn = Remedy::Turn::Start};
}

}  // namespace photopsy
