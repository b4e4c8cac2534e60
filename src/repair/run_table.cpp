// The table of a repair, and what the owner does in between: a RESET, a start of the system. A second write to the table would erase the one from before the
// repair; none is sent before both copies were read.
#include "facts/modules.h"
#include "mend/repair_danger.h"
#include "repair/run.h"
#include "repair/state.h"

#include <algorithm>

namespace photopsy {

namespace {

using How = RepairEnd::How;
using Kind = RepairAsk::Kind;

}  // namespace

/// Both copies, until two reads of each agree: on a read that lies a second write would follow.
void RepairRun::read_table(Then then) {
    Range both = layout_.dct.copies.front();
    for (const Range copy : layout_.dct.copies) both = {std::min(both.begin, copy.begin), std::max(both.end, copy.end)};
    table_ = Image(both);
    read_copy(0, std::move(then));
}

void RepairRun::read_copy(std::size_t index, Then then) {
    if (index == layout_.dct.copies.size()) return then();
    const Range copy = layout_.dct.copies[index];
    read_until_two_agree(copy, 0, {}, [this, index, copy, then = std::move(then)] {
        table_.put(copy.begin, read_);
        read_copy(index + 1, then);
    });
}

void RepairRun::check_table(Then then) {
    if (!writes_table(repair_)) return then();
    read_table([this, then = std::move(then)] { lies_on_a_table_step(0) ? then() : ends(How::Elsewhere, layout_.dct.copies.front().begin); });
}

/// The table that was read last is as before, as after, or within one of the table steps from `first` on.
bool RepairRun::lies_on_a_table_step(std::size_t first) const {
    for (std::size_t i = first; i < repair_.plan.steps.size(); ++i)
        if (repair_.plan.steps[i].operation == RepairOperation::WriteTable && table_state(repair_, layout_, table_, i) != TableState::Elsewhere) return true;
    return false;
}

void RepairRun::do_table() {
    read_table([this] {
        const auto state = table_state(repair_, layout_, table_, end_.step);
        if (state == TableState::AsAfter || lies_on_a_table_step(end_.step + 1)) return next_step();
        if (state == TableState::Elsewhere) return ends(How::Elsewhere, layout_.dct.copies.front().begin);
        announce([this] { write_table_once(); });
    });
}

/// A copy that would cost the device its bootloader is never written; the flag that has an image applied only behind an image that was read back.
void RepairRun::write_table_once() {
    const auto data = table_data_behind(repair_, layout_, end_.step);
    if (!forbidden_copies(layout_, data).empty()) return ends(How::Forbidden, now().where.begin);
    if (!sets_update_flag(layout_, data, now().where)) return send_table_block();
    const auto* area = layout_.slot("ota");
    const auto image = area ? read_module(repair_.target, layout_, *area) : Module{};
    if (!image.good()) return ends(How::Forbidden, now().where.begin);
    const Range whole{image.at.begin, image.at.end + 4};  // the CRC behind it
    read(whole, [this, whole] { std::ranges::equal(read_, repair_.target.bytes(whole)) ? send_table_block() : ends(How::Elsewhere, whole.begin); });
}

void RepairRun::send_table_block() {
    if (!exchange_.writer().write_table(now().where.begin, content())) return ends(How::Forbidden, now().where.begin);
    drive([this] { read_table([this] { look_at_table(); }); });
}

void RepairRun::look_at_table() {
    const auto state = table_state(repair_, layout_, table_, end_.step);
    if (state == TableState::AsAfter) return finish_step();
    if (state == TableState::Elsewhere) return ends(How::ReadBackDiffers, layout_.dct.copies.front().begin);
    ++attempts_ < most_attempts ? write_table_once() : fails_for_good();
}

/// Only where a table step behind it is still to be done.
void RepairRun::do_reset() {
    std::size_t last = repair_.plan.steps.size() - 1;
    while (last > end_.step && repair_.plan.steps[last].operation != RepairOperation::WriteTable) --last;
    if (last == end_.step) return next_step();
    read_table([this, last] {
        if (table_state(repair_, layout_, table_, last) == TableState::AsAfter) return next_step();
        if (!lies_on_a_table_step(end_.step + 1)) return ends(How::Elsewhere, layout_.dct.copies.front().begin);
        announce([this] { reset(); });
    });
}

void RepairRun::reset() {
    when_owner_did(Kind::ResetIntoDfu, [this] { check_device([this] { finish_step(); }); });
}

/// Goes on with the device as it comes back from what the owner is asked to do with it.
void RepairRun::when_owner_did(Kind what, Then then) {
    exchange_.question(what, end_.step, [this, then = std::move(then)](bool done) {
        if (!done) return ends(How::NotReset);
        exchange_.reconnect([this, then](dfu::Trouble back) {
            if (back != dfu::Trouble::None) return ends(How::DeviceFailed, 0, back);
            exchange_.writer().device_was_reset();
            then();
        });
    });
}

// --- a start of the system, which installs the bootloader ---

void RepairRun::do_start() {
    announce([this] { start(); });
}

void RepairRun::start() {
    when_owner_did(Kind::StartSystem, [this] {
        const auto look = [this](bool equal) { equal ? finish_step() : ends(How::NotInstalled, now().where.begin); };
        read_back(now().where, content(), 0, {}, look);
    });
}

}  // namespace photopsy
