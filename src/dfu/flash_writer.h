#pragma once
// DfuSe writing as a state machine, one piece of work at a time: erase a sector, program a stretch, write one block of the application table. Like
// FlashReader it never waits or sends by itself. It does not say that something was written: whoever drives it reads back and decides. Where a transfer
// fails that may have changed the device, it ends and says so; it never sends a second time.
// Source of the guards: usbd_dfu_mal.c@v2.3.1:156-245, usbd_flash_if.c@v2.3.1:110-175; docs/repair.md, "What is never sent".
#include "dfu/status.h"
#include "dfu/trouble.h"
#include "dfu/write_request.h"

#include <array>
#include <optional>
#include <variant>
#include <vector>

namespace photopsy::dfu {

/// What may be written on one kind of device with one bootloader.
struct WriteRules {
    std::vector<Range> sectors;  ///< that may be erased and programmed; sorted, each one erase unit
    struct {
        std::vector<Range> sectors;
        std::uint8_t alternate = 0;
    } second;                      ///< the flash beside the processor, where the device keeps its keys there: the same of it
    Range system_parts;            ///< a change in them moves the code that writes the table
    std::uint32_t table_size = 0;  ///< bytes of the application table; 0: none
    std::uint16_t block_size = 4096;
    enum class Table : std::uint8_t {
        OwnCode,         ///< bootloaders before 100
        UntilReset,      ///< 100 to 399: after a change of a system part only RESET makes the table safe again
        UntilProgrammed  ///< from 400 on: after an erase of a system part the next write into it does
    } table = Table::UntilReset;
};

struct WriteStep {
    enum class Kind : std::uint8_t {
        Transfer,  ///< do `request` after waiting `wait_ms`, then told()
        Finished,
        Failed  ///< `trouble` at `at`; read back before anything is sent again where `may_have_changed`
    };
    Kind kind = Kind::Finished;
    std::variant<Request, WriteRequest> request = Request::state();
    std::uint32_t wait_ms = 0;
    std::uint32_t timeout_ms = 0;
    Trouble trouble = Trouble::None;
    Address at = 0;
    bool may_have_changed = false;
};

class FlashWriter {
public:
    explicit FlashWriter(WriteRules rules);

    // Each begins a piece of work; false where the rules forbid it, and then nothing is ever sent.
    bool erase(Range sector);
    /// `bytes` to `at`, both multiples of 4, inside one sector. Blocks that are all FF are left out. The bytes must live until Finished.
    bool program(Address at, ByteView bytes);
    /// One block of at most 4096 bytes inside the table.
    bool write_table(std::uint32_t offset, ByteView bytes);
    /// RESET with SETUP held, or power: the bootloader has looked up its code anew.
    void device_was_reset() { table_closed_ = false; }
    bool table_is_closed() const { return table_closed_; }

    WriteStep step() const;
    void told(const Answer& answer);

private:
    enum class Phase : std::uint8_t { Select, Abort, CheckIdle, SetPointer, PointerStatus, Send, Carry, Settle, Leave, Finished, Failed };
    enum class Work : std::uint8_t { Erase, Program, Table };
    void begin(Work work, Address at, ByteView bytes);
    const std::vector<Range>& sectors_at(Address) const;
    void go(Phase phase, std::uint32_t wait_ms = 0);
    void failed(Trouble trouble);
    void on_status(const Answer& answer);
    void on_settled();
    void skip_erased();
    WriteRequest to_send() const;
    ByteView block_at_position() const;
    std::uint16_t block_number() const;
    void changes_part(bool programs);

    WriteRules rules_;
    Work work_ = Work::Erase;
    Phase phase_ = Phase::Finished;
    std::uint32_t wait_ms_ = 0;
    unsigned patience_ = 0;
    Address at_ = 0, pointer_ = 0;
    std::uint8_t alternate_ = 0;
    bool pointer_is_set_ = false;
    ByteView bytes_{};
    std::size_t position_ = 0;
    std::array<std::uint8_t, 5> erase_command_{};
    bool sent_ = false, table_closed_ = false;
    Trouble trouble_ = Trouble::None;
};

}  // namespace photopsy::dfu
