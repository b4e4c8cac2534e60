#pragma once
// A repair carried out on a device: each step only where the flash says that it is still to be done, each read back before the next. The flash decides,
// not the journal; beginning anew and resuming are the same thing. A machine: ask() says what is to be done next, whoever carries it out tells what came of it.
#include "mend/repair.h"
#include "repair/backup.h"
#include "repair/exchange.h"

#include <optional>
#include <set>

namespace photopsy {

struct RepairEnd {
    enum class How : std::uint8_t {
        Done,
        Stopped,          ///< by the owner, between two steps
        Elsewhere,        ///< what is read is neither what the plan began with nor what it makes: another device, or somebody else wrote
        JournalFailed,    ///< the journal could not be written; nothing more was sent
        Forbidden,        ///< the writer's own rules refuse a step
        DeviceFailed,     ///< `trouble` at `at`
        ReadBackDiffers,  ///< written, and it is not what was written
        NotReset,         ///< the owner did not reset the device
        NotInstalled,     ///< the device was started, and its bootloader is still the old one
        NotBackedUp,      ///< the backup is not of the flash that the plan was made for; nothing was sent
        AdviceOnly        ///< the plan is not one to be carried out; nothing was sent
    } how = How::Done;
    dfu::Trouble trouble = dfu::Trouble::None;
    Address at = 0;
    std::size_t step = 0;     ///< where it ended
    std::size_t written = 0;  ///< steps that were sent to the device in this run
};

/// What may be written on this device with this bootloader.
dfu::WriteRules write_rules(const Layout&, std::uint16_t bootloader_version, std::uint16_t block_size = 4096);
/// `second`: where the device offers its second flash.
ReadingRules reading_rules(const Layout&, dfu::BlockRule internal, std::optional<dfu::BlockRule> second);

class RepairRun {
public:
    /// `left_open`: steps that an earlier run began and did not live to see the end of: an erase that was cut short can read as a good one. The backup is
    /// looked at here only; what else is given as a reference must live as long as the run.
    RepairRun(const Repair&, const ProvedBackup&, const Layout&, const ReadingRules&, std::set<std::size_t> left_open);
    RepairRun(const RepairRun&) = delete;
    RepairRun& operator=(const RepairRun&) = delete;

    RepairAsk ask() const { return exchange_.ask(); }
    void told(const dfu::Answer& answer) { exchange_.told(answer); }
    void reconnected(dfu::Trouble trouble) { exchange_.reconnected(trouble); }
    void answered(bool yes) { exchange_.answered(yes); }
    /// Means something where ask() says Ended.
    const RepairEnd& end() const { return end_; }
    /// The step that is at work.
    std::size_t step() const { return end_.step; }

private:
    using Bytes = std::vector<std::uint8_t>;
    using Then = std::function<void()>;
    using ThenTold = std::function<void(bool)>;
    struct Stretch {
        std::size_t begin, end;
    };

    static constexpr unsigned most_attempts = 3, most_reads = 3;

    const RepairStep& now() const { return repair_.plan.steps[end_.step]; }
    ByteView content() const { return repair_.contents[end_.step]; }
    void ends(RepairEnd::How, Address at = 0, dfu::Trouble = dfu::Trouble::None);

    void read(Range, Then);
    /// As read(), but what this run has read or written and read back since the device was last there is not asked for again.
    void know(Range, Then);
    void keep(Range);
    void read_until_two_agree(Range, unsigned reads, Bytes before, Then);
    void read_back(Range, ByteView wanted, unsigned reads, Bytes before, ThenTold equal);
    void read_table(Then);
    void read_copy(std::size_t index, Then);
    void drive(Then);

    void check_device(Then);
    void check_bootloader(Range, Then);
    void check_sector(std::size_t index, Then);
    void check_table(Then);

    void begin_step();
    void next_step();
    void announce(Then);
    void note_begin(Then);
    void finish_step();
    void fails_for_good();

    void do_erase();
    void erase_once();
    void do_program();
    void program_once();
    void program_from(std::size_t at, Then);
    void erase_again_or_fail();
    Stretch next_difference(std::size_t at) const;
    void do_table();
    void write_table_once();
    void look_at_table();
    bool lies_on_a_table_step(std::size_t first) const;
    void do_reset();
    void reset();
    void when_owner_did(RepairAsk::Kind what, Then then);
    void send_table_block();
    void do_start();
    void start();

    const Repair& repair_;
    const Layout& layout_;
    std::set<std::size_t> left_open_, erased_again_;
    std::vector<Range> sectors_;
    Exchange exchange_;
    Bytes read_, there_;
    Image known_;  ///< what the device holds, as far as it was read
    std::vector<Range> is_known_;
    Image table_{Range{}};  ///< the two copies as they were read last
    dfu::WriteStep last_;
    unsigned attempts_ = 0;
    bool was_away_ = false;
    RepairEnd end_;
};

}  // namespace photopsy
