#include "dfu/flash_writer.h"

#include "dfu/flash_reader.h"

#include <algorithm>

namespace photopsy::dfu {
namespace {

constexpr std::uint16_t first_data_block = 2;
constexpr unsigned most_questions = 200;       // GETSTATUS in a row until a device has settled
constexpr std::uint32_t short_timeout = 3000;  // of a transfer that changes nothing
constexpr std::uint32_t long_timeout = 10000;  // the answer to an erase comes when it is done: 2 s for 128 KiB, more for worn flash
constexpr std::uint32_t longest_pause = 1000;
constexpr std::uint32_t word = 4;
constexpr std::uint16_t largest_block = 4096;  // more overruns the bootloader's buffer

}  // namespace

SetupPacket setup_packet(const WriteRequest& request, std::uint8_t interface) {
    if (request.what() == WriteRequest::What::SelectTable) return {0x01, 11, 1, interface, 0};
    return {0x21, 1, request.block(), interface, static_cast<std::uint16_t>(request.payload().size())};
}

FlashWriter::FlashWriter(WriteRules rules) : rules_(std::move(rules)) { rules_.block_size = std::min(rules_.block_size, largest_block); }

bool FlashWriter::erase(Range sector) {
    const auto& sectors = sectors_at(sector.begin);
    if (std::find(sectors.begin(), sectors.end(), sector) == sectors.end() || sector.empty()) return false;
    begin(Work::Erase, sector.begin, {});
    for (unsigned i = 0; i < 4; ++i) erase_command_[1 + i] = static_cast<std::uint8_t>(sector.begin >> (8 * i));
    erase_command_[0] = 0x41;
    return true;
}

bool FlashWriter::program(Address at, ByteView bytes) {
    if (bytes.empty() || at % word != 0 || bytes.size() % word != 0) return false;
    const auto holds = [&](Range sector) { return sector.contains(at) && bytes.size() <= sector.end - at; };
    const auto& sectors = sectors_at(at);
    if (std::none_of(sectors.begin(), sectors.end(), holds)) return false;
    begin(Work::Program, at, bytes);
    skip_erased();
    return true;
}

bool FlashWriter::write_table(std::uint32_t offset, ByteView bytes) {
    if (table_closed_ || bytes.empty() || bytes.size() > largest_block) return false;
    if (offset > rules_.table_size || bytes.size() > rules_.table_size - offset) return false;
    begin(Work::Table, offset, bytes);
    return true;
}

/// Addresses of the second flash count from 0 and lie below the internal one's.
const std::vector<Range>& FlashWriter::sectors_at(Address at) const {
    const auto& second = rules_.second.sectors;
    return !second.empty() && at < second.back().end ? second : rules_.sectors;
}

void FlashWriter::begin(Work work, Address at, ByteView bytes) {
    work_ = work;
    alternate_ = &sectors_at(at) == &rules_.sectors ? std::uint8_t{0} : rules_.second.alternate;
    at_ = at;
    bytes_ = bytes;
    position_ = 0;
    sent_ = pointer_is_set_ = false;
    trouble_ = Trouble::None;
    go(Phase::Select);
}

void FlashWriter::go(Phase phase, std::uint32_t wait_ms) {
    if (phase != phase_) patience_ = 0;
    phase_ = phase;
    wait_ms_ = std::min(wait_ms, longest_pause);
}

ByteView FlashWriter::block_at_position() const { return bytes_.subspan(position_, std::min<std::size_t>(rules_.block_size, bytes_.size() - position_)); }

void FlashWriter::skip_erased() {
    while (position_ < bytes_.size() && all_erased(block_at_position())) position_ += block_at_position().size();
    if (position_ >= bytes_.size() && !sent_) go(Phase::Finished);
}

/// Blocks in a row bear numbers in a row where the bootloader counts them by the size that was used (usbd_dfu_core.c@v0.7.0:816).
std::uint16_t FlashWriter::block_number() const {
    return static_cast<std::uint16_t>(first_data_block + (at_ + static_cast<Address>(position_) - pointer_) / largest_block);
}

WriteRequest FlashWriter::to_send() const {
    if (work_ == Work::Erase) return {WriteRequest::What::Erase, 0, erase_command_};
    return {WriteRequest::What::Data, block_number(), block_at_position()};
}

WriteStep FlashWriter::step() const {
    const auto transfer = [&](std::variant<Request, WriteRequest> request, std::uint32_t timeout) {
        return WriteStep{WriteStep::Kind::Transfer, std::move(request), wait_ms_, timeout, Trouble::None, at_, sent_};
    };
    switch (phase_) {
        case Phase::Select:
            if (work_ == Work::Table) return transfer(WriteRequest(WriteRequest::What::SelectTable, 0, {}), short_timeout);
            return transfer(Request::select(alternate_), short_timeout);
        case Phase::Abort:
        case Phase::Leave:
            return transfer(Request::abort(), short_timeout);
        case Phase::CheckIdle:
        case Phase::PointerStatus:
        case Phase::Settle:
            return transfer(Request::status(), short_timeout);
        case Phase::SetPointer:
            return transfer(Request::set_address(at_ + static_cast<Address>(position_)), short_timeout);
        case Phase::Send:
            return transfer(to_send(), short_timeout);
        case Phase::Carry:
            return transfer(Request::status(), long_timeout);
        case Phase::Failed:
            return {WriteStep::Kind::Failed, Request::state(), 0, 0, trouble_, at_ + static_cast<Address>(position_), sent_};
        case Phase::Finished:
            break;
    }
    return {};
}

void FlashWriter::failed(Trouble trouble) {
    trouble_ = trouble;
    phase_ = Phase::Failed;
}

void FlashWriter::changes_part(bool programs) {
    const Address here = at_ + static_cast<Address>(position_);
    if (work_ == Work::Table || rules_.table == WriteRules::Table::OwnCode || !rules_.system_parts.contains(here)) return;
    table_closed_ = !(programs && rules_.table == WriteRules::Table::UntilProgrammed);
}

void FlashWriter::told(const Answer& answer) {
    if (phase_ == Phase::Send) {  // whatever came of it, it may have arrived
        sent_ = true;
        changes_part(work_ == Work::Program);
    }
    if (answer.result != TransferResult::Done) return failed(trouble_of(answer.result));
    switch (phase_) {
        case Phase::Select:
            return go(Phase::Abort);
        case Phase::Abort:
            return go(Phase::CheckIdle);
        case Phase::SetPointer:
            pointer_ = at_ + static_cast<Address>(position_);
            return go(Phase::PointerStatus);
        case Phase::Send:
            return go(Phase::Carry);
        case Phase::CheckIdle:
        case Phase::PointerStatus:
        case Phase::Carry:
        case Phase::Settle:
            return on_status(answer);
        case Phase::Leave:
            return go(Phase::Finished);
        case Phase::Finished:
        case Phase::Failed:
            return;
    }
}

void FlashWriter::on_status(const Answer& answer) {
    const auto status = parse_status(answer.bytes);
    if (!status) return failed(Trouble::LineBroken);
    if (status->status != 0 || ++patience_ > most_questions) return failed(Trouble::OddState);
    if (phase_ == Phase::CheckIdle) {
        if (status->state != State::Idle) return failed(Trouble::OddState);
        return go(work_ == Work::Erase ? Phase::Send : Phase::SetPointer);
    }
    if (status->state == State::DownloadBusy || status->state == State::DownloadSync)
        return go(phase_ == Phase::PointerStatus ? Phase::PointerStatus : Phase::Settle, status->poll_ms);
    if (status->state != State::DownloadIdle) return failed(Trouble::OddState);
    if (phase_ == Phase::PointerStatus) {
        pointer_is_set_ = true;
        return go(Phase::Send);
    }
    on_settled();
}

void FlashWriter::on_settled() {
    if (work_ == Work::Erase) return go(Phase::Leave);
    position_ += block_at_position().size();
    if (work_ == Work::Program) skip_erased();
    if (position_ >= bytes_.size()) return go(Phase::Leave);
    const bool counts = rules_.block_size == largest_block && pointer_is_set_;
    go(counts ? Phase::Send : Phase::SetPointer);
}

}  // namespace photopsy::dfu
