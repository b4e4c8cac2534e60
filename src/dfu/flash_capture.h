#pragma once
// A dump that can be trusted: the whole flash read several times, never twice in the same way, compared, and what differs read again until a value wins.
// A state machine like FlashReader, which it drives: no I/O, no clock.
#include "dfu/flash_reader.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace photopsy::dfu {

/// Whether a device that comes back is known to be the one that went away: its serial number is its id, or the same for all (bootloaders before 8).
enum class Returning : std::uint8_t { KnownById, Anybody };

struct CaptureWish {
    Range flash;  ///< all of it is read
    BlockRule rule;
    int reads = 2;  ///< 1 to 9
    std::vector<std::uint8_t>
        held;  ///< leading bytes of the first read from an earlier run; may be empty. They are read again and compared, whatever `reads` says
    Returning returning = Returning::KnownById;
};

struct CaptureTally {
    int reads = 0;         ///< complete reads of the whole flash; 1: nothing (but a held part) was compared
    unsigned retries = 0;  ///< transfers that failed and were made good
    unsigned reconnects = 0;
    unsigned blocks_read_again = 0;  ///< because the reads differed
    std::vector<Range> differed;     ///< where not all reads agreed
    std::vector<Range> unstable;     ///< where no value won: the bytes there are the likeliest, not certain
};

/// The 4 KiB grid of each read begins a little later than the one before: a bit that is bad in the device's or the host's transfer buffer stands at
/// the same place of every block, and would be the same in two equal reads.
inline constexpr std::uint32_t shift_between_reads = 4;

class FlashCapture {
public:
    explicit FlashCapture(CaptureWish wish);

    Step step() const { return failed_ != Trouble::None ? Step{Step::Kind::Failed, Request::state(), 0, failed_, failed_at_} : reader_.step(); }
    /// Tells the answer to step()'s transfer. True where flash bytes arrived.
    bool told(const Answer& answer);
    /// The answer to a Reconnect. Where anybody may have come back, all that was read before is read again and compared.
    void reconnected(Trouble trouble);

    /// The bytes; whole and decided only where step() says Finished.
    const std::vector<std::uint8_t>& bytes() const { return result_.empty() ? passes_.front().bytes : result_; }
    CaptureTally tally() const;

    std::uint64_t arrived_bytes() const { return arrived_bytes_; }  ///< of all reads, this run only
    std::uint64_t expected_bytes() const { return std::uint64_t{wish_.flash.size()} * static_cast<unsigned>(wish_.reads) - wish_.held.size() + extra_bytes_; }
    std::uint32_t held_bytes() const;                              ///< leading bytes of the first read that are there
    int pass() const { return std::min(pass_, wish_.reads - 1); }  ///< 0 is the first read
    bool reading_again() const { return stage_ == Stage::Again; }
    Address position() const { return reader_.position(); }

private:
    enum class Stage : std::uint8_t { Pass, Again, Parking };
    /// One read: of everything, or (to confirm who is at the other end) of some vote blocks.
    struct Pass {
        std::vector<std::uint8_t> bytes;  ///< of the whole flash
        std::vector<bool> blocks;         ///< which it read; empty: all
        bool covers(std::uint32_t block) const { return blocks.empty() || blocks[block]; }
    };
    void begin_pass();
    void mark_fresh(Range read);
    std::vector<Range> stale_parts() const;
    void confirm(std::vector<Range> stale);
    void compare_passes();
    bool is_from_elsewhere(const std::vector<Range>& differed, std::uint32_t block) const;
    void part_finished();
    void passes_finished();
    void next_doubtful();
    void read_again();
    void count_votes();
    void give_up(Trouble trouble, Address at);
    Range block_range(std::uint32_t block) const;
    void keep(Address at, ByteView bytes);

    CaptureWish wish_;
    FlashReader reader_;
    Stage stage_ = Stage::Pass;
    int pass_ = 0;
    std::vector<Range> parts_;  ///< still to read, last one next
    std::vector<Pass> passes_;
    std::vector<bool> fresh_;  ///< bytes read since it is last known who is there; empty: there was never a doubt
    unsigned confirmations_ = 0;
    std::vector<std::uint32_t> doubtful_;           ///< numbers of 4 KiB blocks that differ, last one next
    std::vector<std::vector<std::uint8_t>> again_;  ///< further reads of the doubtful block
    std::vector<std::uint8_t> result_;
    std::vector<Range> differed_, unstable_;
    unsigned blocks_read_again_ = 0;
    std::uint64_t arrived_bytes_ = 0, extra_bytes_ = 0;
    Trouble failed_ = Trouble::None;
    Address failed_at_ = 0;
};

}  // namespace photopsy::dfu
