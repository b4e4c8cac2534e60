#include "cli/repair_run.h"

namespace photopsy {

namespace {

std::set<std::size_t> steps_left_open(const Repair& repair, const RepairJournal& journal) {
    std::set<std::size_t> open;
    for (std::size_t step = 0; step < repair.plan.steps.size(); ++step)
        if (journal.left_open(step)) open.insert(step);
    return open;
}

dfu::Answer transfer(const RepairAsk& ask, dfu::WritePort& port) {
    if (const auto* write = std::get_if<dfu::WriteRequest>(&ask.request)) return port.write(*write, ask.timeout_ms);
    return port.transfer(*std::get_if<dfu::Request>(&ask.request), ask.timeout_ms);
}

bool note_begin(std::size_t step, RepairJournal& journal, RepairOwner& owner) {
    owner.begins(step);
    return journal.begin(step);
}

}  // namespace

RepairEnd carry_out(const Repair& repair, const ProvedBackup& backup, const Layout& layout, dfu::WritePort& port, const ReadingRules& rules,
                    RepairJournal& journal, RepairOwner& owner) {
    RepairRun run(repair, backup, layout, rules, steps_left_open(repair, journal));
    for (;;) {
        const RepairAsk ask = run.ask();
        if (ask.wait_ms != 0) port.wait(ask.wait_ms);
        switch (ask.kind) {
            case RepairAsk::Kind::Transfer:
                run.told(transfer(ask, port));
                break;
            case RepairAsk::Kind::Reconnect:
                run.reconnected(port.reconnect());
                break;
            case RepairAsk::Kind::Proceed:
                run.answered(owner.goes_on());
                break;
            case RepairAsk::Kind::NoteBegin:
                run.answered(note_begin(ask.step, journal, owner));
                break;
            case RepairAsk::Kind::NoteDone:
                run.answered(journal.done(ask.step));
                break;
            case RepairAsk::Kind::ResetIntoDfu:
                run.answered(owner.resets_into_dfu());
                break;
            case RepairAsk::Kind::StartSystem:
                run.answered(owner.starts_system());
                break;
            case RepairAsk::Kind::Ended:
                return run.end();
        }
    }
}

}  // namespace photopsy
