#include "cli/repair_run.h"

#include "cli/repair_state.h"

#include <algorithm>

namespace photopsy {

namespace {

using How = RepairEnd::How;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t reading_timeout = 3000, compared_block = 4096;
constexpr int most_attempts = 3, most_reads = 3;

class Run {
public:
    Run(const Repair& repair, const Layout& layout, dfu::WritePort& port, dfu::BlockRule rule, RepairJournal& journal, RepairOwner& owner)
        : repair_(repair),
          layout_(layout),
          port_(port),
          rule_(rule),
          journal_(journal),
          owner_(owner),
          writer_(write_rules(layout, repair.plan.device.bootloader_version)) {}

    RepairEnd carry_out() {
        if (check_device())
            for (end_.step = 0; end_.step < repair_.plan.steps.size(); ++end_.step)
                if (!do_step()) break;
        if (end_.how == How::Done && !repair_.plan.steps.empty()) end_.step = repair_.plan.steps.size() - 1;
        (void)port_.transfer(dfu::Request::abort(), reading_timeout);
        return end_;
    }

private:
    const RepairStep& step() const { return repair_.plan.steps[end_.step]; }
    ByteView content() const { return repair_.contents[end_.step]; }

    bool ends(How how, Address at = 0, dfu::Trouble trouble = dfu::Trouble::None) {
        end_.how = how;
        end_.at = at;
        end_.trouble = trouble;
        return false;
    }

    /// False where it could not be read; the end is set.
    bool read(Range range, Bytes& bytes) {
        auto got = dfu::read_range(port_, rule_, range, reading_timeout);
        was_away_ = was_away_ || got.came_back;
        if (got.trouble != dfu::Trouble::None) return ends(How::DeviceFailed, got.at, got.trouble);
        bytes = std::move(got.bytes);
        return true;
    }

    /// Everything that the plan touches, the bootloader, and the table where it is written.
    bool check_device() {
        was_away_ = false;
        Bytes bytes;
        if (const auto* bootloader = layout_.slot("bootloader")) {
            if (!read(bootloader->at, bytes)) return false;
            if (!std::ranges::equal(bytes, repair_.original.bytes(bootloader->at))) return ends(How::Elsewhere, bootloader->at.begin);
        }
        for (const Range sector : sectors_of(repair_, layout_)) {
            if (!read(sector, bytes)) return false;
            if (!lies_on_the_way(repair_, sector, bytes)) return ends(How::Elsewhere, sector.begin);
        }
        return check_table();
    }

    /// Both copies, until two reads agree: on a read that lies a second write would follow.
    bool read_table(Image& flash) {
        Range both = layout_.dct.copies.front();
        for (const Range copy : layout_.dct.copies) both = {std::min(both.begin, copy.begin), std::max(both.end, copy.end)};
        flash = Image(both);
        for (const Range copy : layout_.dct.copies) {
            Bytes before, bytes;
            for (int i = 0; i < most_reads && (i < 2 || bytes != before); ++i) {
                before = bytes;
                if (!read(copy, bytes)) return false;
            }
            flash.put(copy.begin, bytes);
        }
        return true;
    }

    bool check_table() {
        if (!writes_table(repair_)) return true;
        Image flash{Range{}};
        if (!read_table(flash)) return false;
        for (std::size_t i = 0; i < repair_.plan.steps.size(); ++i)
            if (repair_.plan.steps[i].operation == RepairOperation::WriteTable && table_state(repair_, layout_, flash, i) != TableState::Elsewhere) return true;
        return ends(How::Elsewhere, layout_.dct.copies.front().begin);
    }

    bool do_step() {
        if (!owner_.goes_on()) return ends(How::Stopped, step().where.begin);
        switch (step().operation) {
            case RepairOperation::Erase:
                return do_erase();
            case RepairOperation::Program:
                return do_program();
            case RepairOperation::WriteTable:
                return do_table();
            case RepairOperation::ResetIntoDfu:
                return do_reset();
        }
        return true;
    }

    bool announce() {
        owner_.begins(end_.step);
        if (!journal_.begin(end_.step)) return ends(How::JournalFailed, step().where.begin);
        ++end_.written;
        return true;
    }
    bool finished() { return journal_.done(end_.step) || ends(How::JournalFailed, step().where.begin); }

    /// Carries the writer's work out. What came of it, only the flash tells; where the device was away, it may be another one now.
    bool drive() {
        last_ = dfu::drive(writer_, port_);
        if (last_.trouble == dfu::Trouble::None) return true;
        if (last_.trouble == dfu::Trouble::Gone) {
            const auto back = port_.reconnect();
            if (back != dfu::Trouble::None) return ends(How::DeviceFailed, last_.at, back);
            return check_device();
        }
        return true;
    }

    /// Reads until two reads agree, or the first is as wanted.
    bool read_back(Range range, ByteView wanted, bool& equal) {
        Bytes before, bytes;
        for (int i = 0; i < most_reads; ++i) {
            if (!read(range, bytes)) return false;
            equal = std::ranges::equal(bytes, wanted);
            if (equal || (i > 0 && bytes == before)) break;
            before = bytes;
        }
        return !was_away_ || check_device();
    }

    bool fails_for_good() {
        const bool told = last_.trouble != dfu::Trouble::None && last_.trouble != dfu::Trouble::Refused;
        return told ? ends(How::DeviceFailed, last_.at, last_.trouble) : ends(How::ReadBackDiffers, step().where.begin);
    }

    bool do_erase() {
        const Range sector = step().where;
        Bytes there;
        if (!read(sector, there)) return false;
        const bool as_before = std::ranges::equal(there, repair_.original.bytes(sector));
        if (!as_before && can_be_programmed(there, repair_.target.bytes(sector)) && !journal_.left_open(end_.step)) return true;
        if (!announce()) return false;
        bool equal = false;
        for (int i = 0; i < most_attempts && !equal; ++i) {
            if (!writer_.erase(sector)) return ends(How::Forbidden, sector.begin);
            if (!drive() || !read_back(sector, content(), equal)) return false;
        }
        return equal ? finished() : fails_for_good();
    }

    bool do_program() {
        const Range where = step().where;
        Bytes there;
        if (!read(where, there)) return false;
        if (std::ranges::equal(there, content())) return true;
        if (!announce()) return false;
        bool equal = false;
        for (int i = 0; i < most_attempts && !equal; ++i) {
            if (!program_differences(there) || !read_back(where, content(), equal)) return false;
            if (!equal && !read(where, there)) return false;
        }
        return equal ? finished() : fails_for_good();
    }

    /// Blocks that are right already are not sent again.
    bool program_differences(const Bytes& there) {
        for (std::size_t at = 0; at < content().size();) {
            const auto end_of = [&](std::size_t from) { return std::min(from + compared_block, content().size()); };
            const auto differs = [&](std::size_t from) {
                return !std::equal(there.begin() + static_cast<std::ptrdiff_t>(from), there.begin() + static_cast<std::ptrdiff_t>(end_of(from)),
                                   content().begin() + static_cast<std::ptrdiff_t>(from));
            };
            std::size_t end = at;
            while (end < content().size() && differs(end)) end = end_of(end);
            if (end > at) {
                if (!writer_.program(step().where.begin + static_cast<Address>(at), content().subspan(at, end - at)))
                    return ends(How::Forbidden, step().where.begin);
                if (!drive()) return false;
                if (last_.trouble != dfu::Trouble::None) return true;
            }
            at = end > at ? end : end_of(at);
        }
        return true;
    }

    bool table_now(TableState& state) {
        Image flash{Range{}};
        if (!read_table(flash)) return false;
        state = table_state(repair_, layout_, flash, end_.step);
        return true;
    }

    bool table_is_done(bool& done) {
        TableState state{};
        if (!table_now(state)) return false;
        done = state == TableState::AsAfter;
        for (std::size_t later = end_.step + 1; !done && later < repair_.plan.steps.size(); ++later) {
            Image flash{Range{}};
            if (repair_.plan.steps[later].operation != RepairOperation::WriteTable) continue;
            if (!read_table(flash)) return false;
            done = table_state(repair_, layout_, flash, later) != TableState::Elsewhere;
        }
        return done || state != TableState::Elsewhere || ends(How::Elsewhere, layout_.dct.copies.front().begin);
    }

    /// A second write would erase the table from before the repair: none is sent before both copies were read.
    bool do_table() {
        bool done = false;
        if (!table_is_done(done) || done) return done;
        if (!announce()) return false;
        TableState state{};
        for (int i = 0; i < most_attempts && !done; ++i) {
            if (!writer_.write_table(step().where.begin, content())) return ends(How::Forbidden, step().where.begin);
            if (!drive() || !table_now(state)) return false;
            done = state == TableState::AsAfter;
            if (state == TableState::Elsewhere) return ends(How::ReadBackDiffers, layout_.dct.copies.front().begin);
        }
        return done ? finished() : fails_for_good();
    }

    /// Only where a table step behind it is still to be done.
    bool do_reset() {
        const auto here = end_.step;
        bool done = true;
        for (end_.step = here + 1; end_.step < repair_.plan.steps.size(); ++end_.step)
            if (step().operation == RepairOperation::WriteTable && !table_is_done(done)) return false;
        end_.step = here;
        if (done) return true;
        if (!announce()) return false;
        if (!owner_.resets_into_dfu()) return ends(How::NotReset);
        if (const auto back = port_.reconnect(); back != dfu::Trouble::None) return ends(How::DeviceFailed, 0, back);
        writer_.device_was_reset();
        return check_device() && finished();
    }

    const Repair& repair_;
    const Layout& layout_;
    dfu::WritePort& port_;
    dfu::BlockRule rule_;
    RepairJournal& journal_;
    RepairOwner& owner_;
    dfu::FlashWriter writer_;
    dfu::WriteEnd last_;
    RepairEnd end_;
    bool was_away_ = false;
};

}  // namespace

dfu::WriteRules write_rules(const Layout& layout, std::uint16_t bootloader_version) {
    constexpr std::uint16_t first_by_system = 100, first_that_looks_up_anew = 400;
    dfu::WriteRules rules;
    for (const auto& sector : layout.sectors)
        if (sector.writable_by_dfu) rules.sectors.push_back(sector.at);
    for (const auto& slot : layout.slots)
        if (is_system_part(slot))
            rules.system_parts =
                rules.system_parts.empty() ? slot.at : Range{std::min(rules.system_parts.begin, slot.at.begin), std::max(rules.system_parts.end, slot.at.end)};
    for (const auto& field : layout.dct.fields) rules.table_size = std::max(rules.table_size, field.offset + field.size);
    using Table = dfu::WriteRules::Table;
    const bool own_code = layout.dct.store != StoreKind::WicedTable || bootloader_version < first_by_system;
    rules.table = own_code ? Table::OwnCode : bootloader_version < first_that_looks_up_anew ? Table::UntilReset : Table::UntilProgrammed;
    return rules;
}

RepairEnd carry_out(const Repair& repair, const Layout& layout, dfu::WritePort& port, dfu::BlockRule rule, RepairJournal& journal, RepairOwner& owner) {
    return Run(repair, layout, port, rule, journal, owner).carry_out();
}

}  // namespace photopsy
