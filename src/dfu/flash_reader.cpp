#include "dfu/flash_reader.h"

#include <algorithm>

namespace photopsy::dfu {
namespace {

constexpr unsigned most_attempts = 7;         // at one block, before giving up
constexpr unsigned reopen_after = 3;          // failures in a row
constexpr unsigned most_wandering = 24;       // steps between any state and dfuIDLE
constexpr std::uint32_t longest_wait = 1000;  // a device may ask for hours
constexpr std::uint16_t first_block = 2;

}  // namespace

Trouble trouble_of(TransferResult result) {
    switch (result) {
        case TransferResult::Stalled:
            return Trouble::Refused;
        case TransferResult::TimedOut:
            return Trouble::NoAnswer;
        case TransferResult::Gone:
            return Trouble::Gone;
        case TransferResult::Broken:
        case TransferResult::Done:
            break;
    }
    return Trouble::LineBroken;
}

FlashReader::FlashReader(BlockRule rule) : rule_(rule) {
    rule_.block_size = std::clamp<std::uint16_t>(rule.block_size, 64, 4096);  // 4096 is the most that every host and every bootloader takes
    rule_.counts = rule.counts && rule_.block_size == rule.block_size;
}

void FlashReader::start(Range range) {
    range_ = range;
    position_ = range.begin;
    attempts_ = wandering_ = 0;
    go(range.empty() ? Phase::Finished : Phase::Select);
}

void FlashReader::park() {
    if (phase_ != Phase::Failed) go(Phase::Park);
}

void FlashReader::go(Phase phase, std::uint32_t wait_ms) {
    phase_ = phase;
    wait_ms_ = std::min(wait_ms, longest_wait);
}

std::uint16_t FlashReader::wanted() const { return static_cast<std::uint16_t>(std::min<std::uint32_t>(rule_.block_size, range_.end - position_)); }

Step FlashReader::step() const {
    const auto transfer = [&](Request request) { return Step{Step::Kind::Transfer, request, wait_ms_, Trouble::None, position_}; };
    switch (phase_) {
        case Phase::Select:
            return transfer(Request::select(rule_.alternate));
        // GETSTATE first: GETSTATUS would carry out whatever another program left pending in dfuDNLOAD-SYNC or dfuMANIFEST-SYNC.
        case Phase::FindState:
            return transfer(Request::state());
        case Phase::Clear:
            return transfer(Request::clear_status());
        case Phase::AbortToIdle:
        case Phase::LeavePointer:
        case Phase::Park:
            return transfer(Request::abort());
        case Phase::CheckIdle:
        case Phase::ConfirmIdle:
        case Phase::PointerStatus:
            return transfer(Request::status());
        case Phase::SetPointer:
            return transfer(Request::set_address(position_));
        case Phase::Read: {
            const auto number = static_cast<std::uint16_t>(first_block + (position_ - pointer_) / rule_.block_size);
            return transfer(Request::upload(number, wanted()));
        }
        case Phase::Lost:
            return {Step::Kind::Reconnect, Request::state(), wait_ms_, Trouble::None, position_};
        case Phase::Failed:
            return {Step::Kind::Failed, Request::state(), 0, trouble_, position_};
        case Phase::Finished:
            break;
    }
    return {};
}

bool FlashReader::told(const Answer& answer) {
    if (phase_ == Phase::Park) {
        go(Phase::Finished);
        return false;
    }
    if (answer.result != TransferResult::Done) {
        // A device that does not know GETSTATE: ABORT is the one request that is harmless in every state, and GETSTATUS after it is too.
        blind_ = phase_ == Phase::FindState && answer.result == TransferResult::Stalled;
        if (blind_)
            wander(Phase::AbortToIdle);
        else
            failed(trouble_of(answer.result));
        return false;
    }
    switch (phase_) {
        case Phase::Select:
            go(Phase::FindState);
            break;
        case Phase::FindState:
            on_state(answer);
            break;
        case Phase::Clear:
            wander(Phase::FindState);
            break;
        case Phase::AbortToIdle:
            wander(blind_ ? Phase::CheckIdle : Phase::FindState);
            break;
        case Phase::CheckIdle:
        case Phase::ConfirmIdle:
            on_idle_check(answer);
            break;
        case Phase::SetPointer:
            go(Phase::PointerStatus);
            break;
        case Phase::PointerStatus:
            on_pointer_status(answer);
            break;
        case Phase::LeavePointer:
            go(Phase::ConfirmIdle);
            break;
        case Phase::Read:
            return on_block(answer);
        default:
            break;
    }
    return false;
}

void FlashReader::wander(Phase phase, std::uint32_t wait_ms) {
    if (++wandering_ > most_wandering)
        failed(Trouble::OddState);
    else
        go(phase, wait_ms);
}

void FlashReader::on_state(const Answer& answer) {
    blind_ = false;
    if (answer.bytes.size() != 1) return failed(Trouble::LineBroken);
    switch (static_cast<State>(answer.bytes[0])) {
        case State::Idle:
            return wander(Phase::CheckIdle);
        case State::Error:
            return wander(Phase::Clear);
        case State::DownloadSync:
        case State::DownloadIdle:
        case State::ManifestSync:
        case State::UploadIdle:
            return wander(Phase::AbortToIdle);
        case State::DownloadBusy:
        case State::Manifest:
        case State::ManifestWaitReset:
            // Transient: the device is at work, or about to reset. After a while it is a state like any odd one.
            if (wandering_ < most_wandering / 2) return wander(Phase::FindState, 100);
            break;
    }
    wander(Phase::Clear);  // CLRSTATUS makes dfuERROR of any odd state, and dfuIDLE of dfuERROR
}

void FlashReader::on_idle_check(const Answer& answer) {
    const auto status = parse_status(answer.bytes);
    if (!status) return failed(Trouble::LineBroken);
    if (status->state != State::Idle || status->status != 0) return wander(status->state == State::Idle ? Phase::AbortToIdle : Phase::FindState);
    go(phase_ == Phase::ConfirmIdle ? Phase::Read : Phase::SetPointer);
}

void FlashReader::on_pointer_status(const Answer& answer) {
    const auto status = parse_status(answer.bytes);
    if (!status) return failed(Trouble::LineBroken);
    if (status->status != 0 || ++wandering_ > most_wandering) return failed(Trouble::OddState);
    if (status->state == State::DownloadBusy || status->state == State::DownloadSync) return go(Phase::PointerStatus, status->poll_ms);
    if (status->state != State::DownloadIdle) return failed(Trouble::OddState);
    pointer_ = position_;
    go(Phase::LeavePointer);
}

bool FlashReader::on_block(const Answer& answer) {
    if (answer.bytes.size() != wanted()) {
        failed(Trouble::ShortBlocks);
        return false;
    }
    arrived_ = answer.bytes;
    arrived_at_ = position_;
    position_ += static_cast<Address>(answer.bytes.size());
    attempts_ = wandering_ = 0;
    go(position_ >= range_.end ? Phase::Finished : rule_.counts ? Phase::Read : Phase::FindState);
    return true;
}

void FlashReader::failed(Trouble trouble) {
    ++attempts_;
    ++retries_;
    wandering_ = 0;
    trouble_ = trouble;
    if (attempts_ >= most_attempts)
        go(Phase::Failed);
    else if (trouble == Trouble::Gone || attempts_ % reopen_after == 0)
        go(Phase::Lost);
    else  // what was selected before may be the table, whose bytes would be read in place of the flash's
        go(phase_ == Phase::Select && attempts_ < reopen_after ? Phase::Select : Phase::FindState, 10 * attempts_);
}

void FlashReader::reconnected(Trouble trouble) {
    ++reconnects_;
    if (trouble == Trouble::None) return go(Phase::Select);
    trouble_ = trouble;
    go(Phase::Failed);
}

}  // namespace photopsy::dfu
