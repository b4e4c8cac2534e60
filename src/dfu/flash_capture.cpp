#include "dfu/flash_capture.h"

#include "dfu/ballot.h"

#include <algorithm>

namespace photopsy::dfu {
namespace {

constexpr std::uint32_t vote_block = 4096;
constexpr std::size_t most_ballots = 5;         // further reads of a block that stays in doubt
constexpr std::size_t most_doubtful_share = 8;  // more than 1/8 of the blocks: the line as a whole cannot be trusted
constexpr std::uint32_t vector_head = 64;       // first bytes of the flash: no read can begin before them, so their place in a block cannot be moved freely

}  // namespace

FlashCapture::FlashCapture(CaptureWish wish) : wish_(std::move(wish)), reader_(wish_.rule) {
    wish_.reads = std::clamp(wish_.reads, 1, 9);
    if (wish_.held.size() > wish_.flash.size()) wish_.held.clear();
    begin_pass();
    part_finished();
}

Range FlashCapture::block_range(std::uint32_t block) const { return intersection(range_of(wish_.flash.begin + block * vote_block, vote_block), wish_.flash); }

void FlashCapture::begin_pass() {
    passes_.emplace_back(wish_.flash.size(), std::uint8_t{0xFF});
    const Address begin = wish_.flash.begin;
    const Address shifted = std::min(begin + shift_between_reads * static_cast<std::uint32_t>(pass_), wish_.flash.end);
    if (pass_ == 0) {
        std::copy(wish_.held.begin(), wish_.held.end(), passes_[0].begin());
        parts_ = {{begin + static_cast<Address>(wish_.held.size()), wish_.flash.end}};
    } else {
        parts_ = {{shifted, wish_.flash.end}, {begin, shifted}};
    }
    std::erase_if(parts_, [](Range part) { return part.empty(); });
}

void FlashCapture::keep(Address at, ByteView bytes) {
    arrived_bytes_ += bytes.size();
    if (stage_ == Stage::Pass) {
        std::copy(bytes.begin(), bytes.end(), passes_.back().begin() + (at - wish_.flash.begin));
        return;
    }
    const Range block = block_range(doubtful_.back());
    const Range wanted = intersection(block, range_of(at, static_cast<std::uint32_t>(bytes.size())));
    if (wanted.empty()) return;
    const ByteView part = bytes.subspan(wanted.begin - at, wanted.size());
    std::copy(part.begin(), part.end(), again_.back().begin() + (wanted.begin - block.begin));
}

bool FlashCapture::told(const Answer& answer) {
    const bool brought = reader_.told(answer);
    if (brought) keep(reader_.arrived_at(), reader_.arrived());
    if (reader_.step().kind == Step::Kind::Finished && stage_ != Stage::Parking) part_finished();
    return brought;
}

void FlashCapture::part_finished() {
    if (!parts_.empty()) {
        const Range part = parts_.back();
        parts_.pop_back();
        return reader_.start(part);
    }
    if (stage_ == Stage::Again) return count_votes();
    if (++pass_ < wish_.reads) {
        begin_pass();
        return part_finished();
    }
    passes_finished();
}

void FlashCapture::passes_finished() {
    result_ = passes_.front();
    const std::uint32_t blocks = (wish_.flash.size() + vote_block - 1) / vote_block;
    for (std::uint32_t block = blocks; block-- > 0;) {
        const Range at = block_range(block);
        const auto part = [&](const std::vector<std::uint8_t>& pass) { return ByteView(pass).subspan(at.begin - wish_.flash.begin, at.size()); };
        const auto same = [&](const auto& pass) { return std::ranges::equal(part(pass), part(passes_.front())); };
        if (!std::all_of(passes_.begin() + 1, passes_.end(), same)) doubtful_.push_back(block);
    }
    if (doubtful_.size() > std::max<std::size_t>(blocks / most_doubtful_share, 1)) {
        const bool resumed = !wish_.held.empty();
        return give_up(resumed ? Trouble::OtherDeviceOrFlash : Trouble::ReadsDisagree, block_range(doubtful_.back()).begin);
    }
    blocks_read_again_ = static_cast<unsigned>(doubtful_.size());
    next_doubtful();
}

void FlashCapture::next_doubtful() {
    if (doubtful_.empty()) {
        stage_ = Stage::Parking;
        return reader_.park();
    }
    stage_ = Stage::Again;
    again_.clear();
    read_again();
}

// The block once more, on a grid that no earlier read of it had: from `shift` bytes behind the block before it.
void FlashCapture::read_again() {
    const Range block = block_range(doubtful_.back());
    again_.emplace_back(block.size(), std::uint8_t{0xFF});
    const auto shift = static_cast<std::uint32_t>(shift_between_reads * (passes_.size() + again_.size() - 1));
    const Address turn = std::min(block.begin + shift, block.end);
    const Address begin = block.begin > wish_.flash.begin ? turn - vote_block : block.begin;
    parts_ = {{turn, block.end}, {begin, turn}};
    std::erase_if(parts_, [](Range part) { return part.empty(); });
    extra_bytes_ += block.end - begin;
    part_finished();
}

void FlashCapture::count_votes() {
    const Range block = block_range(doubtful_.back());
    const std::size_t offset = block.begin - wish_.flash.begin;
    std::vector<ByteView> reads(again_.begin(), again_.end());
    for (const auto& pass : passes_) reads.push_back(ByteView(pass).subspan(offset, block.size()));
    const Vote counted = vote(reads, block.begin);
    if (!counted.unsettled.empty() && again_.size() < most_ballots) return read_again();

    std::copy(counted.bytes.begin(), counted.bytes.end(), result_.begin() + static_cast<std::ptrdiff_t>(offset));
    for (Range part : counted.differed) append_range(differed_, part);
    const Range head = range_of(wish_.flash.begin, vector_head);
    for (Range part : counted.differed)
        if (part.overlaps(head)) append_range(unstable_, intersection(part, head));
    for (Range part : counted.unsettled) {
        part.begin = std::max(part.begin, head.end);
        if (part.begin < part.end) append_range(unstable_, part);
    }
    doubtful_.pop_back();
    next_doubtful();
}

void FlashCapture::give_up(Trouble trouble, Address at) {
    failed_ = trouble;
    failed_at_ = at;
}

std::uint32_t FlashCapture::held_bytes() const {
    if (passes_.size() > 1) return wish_.flash.size();
    return reader_.position() - wish_.flash.begin;
}

CaptureTally FlashCapture::tally() const { return {pass_, reader_.retries(), reader_.reconnects(), blocks_read_again_, differed_, unstable_}; }

}  // namespace photopsy::dfu
