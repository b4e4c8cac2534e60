#include "dfu/flash_capture.h"

#include "dfu/ballot.h"

#include <algorithm>

namespace photopsy::dfu {
namespace {

constexpr std::uint32_t vote_block = 4096;
constexpr std::size_t most_ballots = 5;         // further reads of a block that stays in doubt
constexpr std::size_t most_doubtful_share = 8;  // more than 1/8 of the blocks: the line as a whole cannot be trusted
constexpr unsigned most_confirmations = 8;      // a device that comes and goes this often cannot be read
constexpr std::uint32_t vector_head = 64;       // first bytes of the flash: no read can begin before them, so their place in a block cannot be moved freely

}  // namespace

FlashCapture::FlashCapture(CaptureWish wish) : wish_(std::move(wish)), reader_(wish_.rule) {
    wish_.reads = std::clamp(wish_.reads, 1, 9);
    if (wish_.held.size() > wish_.flash.size()) wish_.held.clear();
    if (!wish_.held.empty()) fresh_.assign(wish_.flash.size(), false);
    begin_pass();
    part_finished();
}

Range FlashCapture::block_range(std::uint32_t block) const { return intersection(range_of(wish_.flash.begin + block * vote_block, vote_block), wish_.flash); }

void FlashCapture::begin_pass() {
    passes_.push_back({std::vector<std::uint8_t>(wish_.flash.size(), std::uint8_t{0xFF}), {}});
    const Address begin = wish_.flash.begin;
    const Address shifted = std::min(begin + shift_between_reads * static_cast<std::uint32_t>(pass_), wish_.flash.end);
    if (pass_ == 0) {
        std::copy(wish_.held.begin(), wish_.held.end(), passes_[0].bytes.begin());
        parts_ = {{begin + static_cast<Address>(wish_.held.size()), wish_.flash.end}};
    } else {
        parts_ = {{shifted, wish_.flash.end}, {begin, shifted}};
    }
    std::erase_if(parts_, [](Range part) { return part.empty(); });
}

void FlashCapture::mark_fresh(Range read) {
    const Range inside = intersection(read, wish_.flash);
    if (fresh_.empty() || inside.empty()) return;
    const auto first = fresh_.begin() + (inside.begin - wish_.flash.begin);
    std::fill(first, first + inside.size(), true);
}

/// The vote blocks, joined where they touch, that were not wholly read since it is known who is there.
std::vector<Range> FlashCapture::stale_parts() const {
    std::vector<Range> parts;
    for (std::size_t i = 0; i < fresh_.size(); ++i)
        if (!fresh_[i]) {
            const Range block = block_range(static_cast<std::uint32_t>(i / vote_block));
            append_range(parts, block);
            i = block.end - wish_.flash.begin - 1;
        }
    return parts;
}

void FlashCapture::reconnected(Trouble trouble) {
    reader_.reconnected(trouble);
    if (trouble == Trouble::None && wish_.returning == Returning::Anybody) fresh_.assign(wish_.flash.size(), false);
}

void FlashCapture::keep(Address at, ByteView bytes) {
    arrived_bytes_ += bytes.size();
    if (stage_ == Stage::Pass) {
        mark_fresh(range_of(at, static_cast<std::uint32_t>(bytes.size())));
        std::copy(bytes.begin(), bytes.end(), passes_.back().bytes.begin() + (at - wish_.flash.begin));
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
    if (auto stale = stale_parts(); !stale.empty()) return confirm(std::move(stale));
    compare_passes();
}

/// Reads `stale` once more, on a grid that no earlier read had: what there is of it is an earlier run's, or was read before anybody may have come back.
void FlashCapture::confirm(std::vector<Range> stale) {
    if (++confirmations_ > most_confirmations) return give_up(Trouble::Gone, stale.front().begin);
    Pass pass{passes_.front().bytes, std::vector<bool>((wish_.flash.size() + vote_block - 1) / vote_block)};
    for (auto part = stale.rbegin(); part != stale.rend(); ++part) {
        for (Address at = part->begin; at < part->end; at += vote_block) pass.blocks[(at - wish_.flash.begin) / vote_block] = true;
        const Address turn = std::min(part->begin + shift_between_reads * static_cast<std::uint32_t>(passes_.size()), part->end);
        for (const Range piece : {Range{turn, part->end}, Range{part->begin, turn}})
            if (!piece.empty()) parts_.push_back(piece);
        extra_bytes_ += part->size();
    }
    passes_.push_back(std::move(pass));
    stage_ = Stage::Pass;
    part_finished();
}

void FlashCapture::compare_passes() {
    result_ = passes_.front().bytes;
    differed_.clear();
    unstable_.clear();
    doubtful_.clear();
    const std::uint32_t blocks = (wish_.flash.size() + vote_block - 1) / vote_block;
    for (std::uint32_t block = blocks; block-- > 0;) {
        const Range at = block_range(block);
        const auto part = [&](const Pass& pass) { return ByteView(pass.bytes).subspan(at.begin - wish_.flash.begin, at.size()); };
        const auto same = [&](const Pass& pass) { return !pass.covers(block) || std::ranges::equal(part(pass), part(passes_.front())); };
        if (!std::all_of(passes_.begin() + 1, passes_.end(), same)) doubtful_.push_back(block);
    }
    if (doubtful_.size() > std::max<std::size_t>(blocks / most_doubtful_share, 1))
        return give_up(fresh_.empty() ? Trouble::ReadsDisagree : Trouble::OtherDeviceOrFlash, block_range(doubtful_.back()).begin);
    blocks_read_again_ = static_cast<unsigned>(doubtful_.size());
    next_doubtful();
}

void FlashCapture::next_doubtful() {
    if (doubtful_.empty()) {
        if (auto stale = stale_parts(); !stale.empty()) return confirm(std::move(stale));
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
    for (const Pass& pass : passes_)
        if (pass.covers(doubtful_.back())) reads.push_back(ByteView(pass.bytes).subspan(offset, block.size()));
    const Vote counted = vote(reads, block.begin);
    if (!counted.unsettled.empty() && again_.size() < most_ballots) return read_again();
    if (is_from_elsewhere(counted.differed, doubtful_.back())) return give_up(Trouble::OtherDeviceOrFlash, block.begin);

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

/// True where nobody can say that the earlier bytes are this device's, and it gives others now, the same ones each time.
bool FlashCapture::is_from_elsewhere(const std::vector<Range>& differed, std::uint32_t block) const {
    if (fresh_.empty() || wish_.returning == Returning::KnownById) return false;
    const Address begin = block_range(block).begin;
    const auto agreed = [&](Range at) {
        return std::all_of(again_.begin(), again_.end(), [&](const auto& read) {
            return std::equal(read.begin() + (at.begin - begin), read.begin() + (at.end - begin), again_.front().begin() + (at.begin - begin));
        });
    };
    return std::any_of(differed.begin(), differed.end(), agreed);
}

void FlashCapture::give_up(Trouble trouble, Address at) {
    failed_ = trouble;
    failed_at_ = at;
}

std::uint32_t FlashCapture::held_bytes() const {
    if (passes_.size() > 1 || pass_ > 0) return wish_.flash.size();
    return reader_.position() - wish_.flash.begin;
}

CaptureTally FlashCapture::tally() const {
    return {std::min(pass_, wish_.reads), reader_.retries(), reader_.reconnects(), blocks_read_again_, differed_, unstable_};
}

}  // namespace photopsy::dfu
