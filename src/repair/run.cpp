#include "repair/run.h"

#include "repair/state.h"

#include <algorithm>

namespace photopsy {

namespace {

using How = RepairEnd::How;
using Kind = RepairAsk::Kind;

constexpr std::size_t compared_block = 4096;

}  // namespace

RepairRun::RepairRun(const Repair& repair, const ProvedBackup& backup, const Layout& layout, const ReadingRules& rules, std::set<std::size_t> left_open)
    : repair_(repair),
      layout_(layout),
      left_open_(std::move(left_open)),
      sectors_(sectors_of(repair, layout)),
      exchange_(rules, write_rules(layout, repair.plan.device.bootloader_version, rules.internal.block_size)),
      known_(repair.original) {
    if (is_advice_only(repair.plan))
        ends(How::AdviceOnly);
    else if (backup.sha256() != repair.backup_sha256)
        ends(How::NotBackedUp);
    else
        check_device([this] { begin_step(); });
}

void RepairRun::ends(How how, Address at, dfu::Trouble trouble) {
    end_.how = how;
    end_.at = at;
    end_.trouble = trouble;
    exchange_.leave();
}

// --- reading ---

void RepairRun::read(Range range, Then then) {
    if (layout_.in_external(range.begin) && !exchange_.reads_second()) return ends(How::DeviceFailed, range.begin, dfu::Trouble::NotReadable);
    exchange_.read(range, [this, then = std::move(then)](RangeRead got) {
        was_away_ = was_away_ || got.came_back;
        if (got.trouble != dfu::Trouble::None) return ends(How::DeviceFailed, got.at, got.trouble);
        read_ = std::move(got.bytes);
        then();
    });
}

void RepairRun::keep(Range range) {
    known_.put(range.begin, read_);
    is_known_.push_back(range);
}

void RepairRun::know(Range range, Then then) {
    const bool known = std::any_of(is_known_.begin(), is_known_.end(), [&](Range read_before) { return read_before.contains(range); });
    if (!known || was_away_) return read(range, std::move(then));
    const auto bytes = known_.bytes(range);
    read_.assign(bytes.begin(), bytes.end());
    then();
}

void RepairRun::read_until_two_agree(Range range, unsigned reads, Bytes before, Then then) {
    read(range, [this, range, reads, before = std::move(before), then = std::move(then)] {
        const bool agree = reads > 0 && read_ == before;
        if (agree || reads + 1 == most_reads) return then();
        read_until_two_agree(range, reads + 1, read_, then);
    });
}

/// Reads until two reads agree, or one is as wanted.
void RepairRun::read_back(Range range, ByteView wanted, unsigned reads, Bytes before, ThenTold told) {
    read(range, [this, range, wanted, reads, before = std::move(before), told = std::move(told)] {
        const bool equal = std::ranges::equal(read_, wanted);
        const bool enough = equal || reads + 1 == most_reads || (reads > 0 && read_ == before);
        keep(range);
        if (!enough) return read_back(range, wanted, reads + 1, read_, told);
        if (!was_away_) return told(equal);
        check_device([told, equal] { told(equal); });
    });
}

/// Carries the writer's work out. What came of it, only the flash tells; where the device was away, it may be another one now.
void RepairRun::drive(Then then) {
    exchange_.write([this, then = std::move(then)](dfu::WriteStep last) {
        last_ = last;
        if (last.trouble != dfu::Trouble::Gone) return then();
        exchange_.reconnect([this, then](dfu::Trouble back) {
            if (back != dfu::Trouble::None) return ends(How::DeviceFailed, last_.at, back);
            check_device(then);
        });
    });
}

// --- is this still the device, and where is it on its way? ---

/// Everything that the plan touches, the bootloader, and the table where it is written.
void RepairRun::check_device(Then then) {
    was_away_ = false;
    is_known_.clear();
    const Range bootloader = bootloader_place(layout_);
    bootloader.empty() ? check_sector(0, std::move(then)) : check_bootloader(bootloader, std::move(then));
}

/// Where the plan's own bootloader runs already, the plan is carried out: what the system has written since is its own business.
void RepairRun::check_bootloader(Range place, Then then) {
    read(place, [this, place, then = std::move(then)] {
        if (std::ranges::equal(read_, repair_.original.bytes(place))) return check_sector(0, then);
        const bool installed = installs_bootloader(repair_) && std::ranges::equal(read_, repair_.target.bytes(place));
        if (!installed) return ends(How::Elsewhere, place.begin);
        end_.step = repair_.plan.steps.size() - 1;
        ends(How::Done);
    });
}

void RepairRun::check_sector(std::size_t index, Then then) {
    if (index == sectors_.size()) return check_table(std::move(then));
    read(sectors_[index], [this, index, then = std::move(then)] {
        if (!lies_on_the_way(repair_, sectors_[index], read_)) return ends(How::Elsewhere, sectors_[index].begin);
        keep(sectors_[index]);
        check_sector(index + 1, then);
    });
}

// --- steps ---

void RepairRun::begin_step() {
    if (end_.step == repair_.plan.steps.size()) {
        if (end_.step > 0) --end_.step;
        return ends(How::Done);
    }
    exchange_.question(Kind::Proceed, end_.step, [this](bool yes) {
        if (!yes) return ends(How::Stopped, now().where.begin);
        switch (now().operation) {
            case RepairOperation::Erase:
                return do_erase();
            case RepairOperation::Program:
                return do_program();
            case RepairOperation::WriteTable:
                return do_table();
            case RepairOperation::ResetIntoDfu:
                return do_reset();
            case RepairOperation::StartSystem:
                return do_start();
        }
    });
}

void RepairRun::next_step() {
    ++end_.step;
    begin_step();
}

/// Nothing is sent that is not in the journal, and nothing to a device that was away and not looked at since.
void RepairRun::announce(Then then) {
    if (was_away_) return check_device([this, then = std::move(then)] { note_begin(then); });
    note_begin(std::move(then));
}

void RepairRun::note_begin(Then then) {
    exchange_.question(Kind::NoteBegin, end_.step, [this, then = std::move(then)](bool kept) {
        if (!kept) return ends(How::JournalFailed, now().where.begin);
        ++end_.written;
        attempts_ = 0;
        then();
    });
}

void RepairRun::finish_step() {
    exchange_.question(Kind::NoteDone, end_.step, [this](bool kept) { kept ? next_step() : ends(How::JournalFailed, now().where.begin); });
}

void RepairRun::fails_for_good() {
    const bool told = last_.trouble != dfu::Trouble::None && last_.trouble != dfu::Trouble::Refused;
    told ? ends(How::DeviceFailed, last_.at, last_.trouble) : ends(How::ReadBackDiffers, now().where.begin);
}

void RepairRun::do_erase() {
    know(now().where, [this] {
        const bool as_before = std::ranges::equal(read_, repair_.original.bytes(now().where));
        const auto wanted = repair_.target.bytes(now().where);
        const bool erased_only = takes_erased_cells_only(layout_);
        const bool goes_on = erased_only ? all_erased(read_) || std::ranges::equal(read_, wanted) : can_be_programmed(read_, wanted);
        const bool needless = !as_before && goes_on && left_open_.count(end_.step) == 0;
        needless ? next_step() : announce([this] { erase_once(); });
    });
}

void RepairRun::erase_once() {
    if (!exchange_.writer().erase(now().where)) return ends(How::Forbidden, now().where.begin);
    const auto look = [this](bool equal) { equal ? finish_step() : ++attempts_ < most_attempts ? erase_once() : fails_for_good(); };
    drive([this, look] { read_back(now().where, content(), 0, {}, look); });
}

void RepairRun::do_program() {
    know(now().where, [this] {
        if (std::ranges::equal(read_, content())) return next_step();
        there_ = read_;
        announce([this] { program_once(); });
    });
}

/// Blocks that are right already are not sent again.
void RepairRun::program_once() {
    const auto again = [this] {
        there_ = read_;
        program_once();
    };
    const unsigned most = takes_erased_cells_only(layout_) ? 1 : most_attempts;
    const auto look = [this, again, most](bool equal) { equal ? finish_step() : ++attempts_ < most ? read(now().where, again) : erase_again_or_fail(); };
    program_from(0, [this, look] { read_back(now().where, content(), 0, {}, look); });
}

/// A start since a cut may have write-protected the sector anew, and only an ERASE takes that off: once more from the erase on.
void RepairRun::erase_again_or_fail() {
    std::size_t step = end_.step;
    const auto& steps = repair_.plan.steps;
    while (step > 0 && !(steps[step].operation == RepairOperation::Erase && steps[step].where.contains(now().where))) --step;
    const bool told = last_.trouble != dfu::Trouble::None && last_.trouble != dfu::Trouble::Refused;
    if (told || steps[step].operation != RepairOperation::Erase || !steps[step].where.contains(now().where) || !erased_again_.insert(step).second)
        return fails_for_good();
    left_open_.insert(step);
    end_.step = step;
    begin_step();
}

RepairRun::Stretch RepairRun::next_difference(std::size_t at) const {
    const auto end_of = [&](std::size_t from) { return std::min(from + compared_block, content().size()); };
    const auto differs = [&](std::size_t from) {
        return !std::ranges::equal(ByteView(there_).subspan(from, end_of(from) - from), content().subspan(from, end_of(from) - from));
    };
    while (at < content().size() && !differs(at)) at = end_of(at);
    std::size_t end = at;
    while (end < content().size() && differs(end)) end = end_of(end);
    return {at, end};
}

void RepairRun::program_from(std::size_t at, Then then) {
    const auto stretch = next_difference(at);
    if (stretch.begin == stretch.end) return then();
    const auto bytes = content().subspan(stretch.begin, stretch.end - stretch.begin);
    if (!exchange_.writer().program(now().where.begin + static_cast<Address>(stretch.begin), bytes)) return ends(How::Forbidden, now().where.begin);
    drive([this, stretch, then = std::move(then)] { last_.trouble == dfu::Trouble::None ? program_from(stretch.end, then) : then(); });
}

}  // namespace photopsy
