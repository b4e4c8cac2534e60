#include "flash/placement.h"

#include "base/hex.h"
#include "base/runs.h"
#include "flash/marks.h"
#include "flash/other_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace photopsy {

namespace {

class Placement {
public:
    Placement(ByteView file, const Layout& layout, Capture& capture)
        : file_(file), layout_(layout), capture_(capture), whole_(static_cast<Shift>(layout.flash.size())), size_(static_cast<Shift>(file.size())) {}

    void run();

private:
    void add(CaptureDefect defect, Range where, std::size_t file_offset, std::size_t length, std::string detail) {
        capture_.problems.push_back({defect, where, file_offset, length, std::move(detail)});
    }
    Address address(Shift in_flash) const { return layout_.flash.begin + static_cast<Address>(std::clamp<Shift>(in_flash, 0, whole_)); }
    Range range(Shift begin, Shift end) const { return {address(begin), std::max(address(begin), address(end))}; }

    bool stands_in_place();
    bool swapped();
    bool is_one_module();
    void unrecognized();
    void note_piece();
    TablePlace place_of_tables() const;
    bool begins_the_flash(const ShiftVote& best) const;
    /// Most bytes that can have been lost in the middle: what is missing, or as much as a filled-up tail hides.
    Shift most_lost(Shift shift) const;
    void put_all(Shift shift);
    void put_with_losses(Shift shift, const std::vector<Loss>& losses);
    void note_shift(Shift shift);
    void note_tail(Shift shift);
    void note_missing(Shift end_of_file);

    ByteView file_;
    const Layout& layout_;
    Capture& capture_;
    Shift whole_, size_;
    std::vector<std::uint8_t> swapped_;
    std::vector<Anchor> anchors_;
};

std::size_t filled_tail(ByteView file) { return trailing_run(file, file.back()); }

std::string unit_word(ByteOrder order) {
    switch (order) {
        case ByteOrder::Halfwords:
            return "the two bytes of each 16-bit word are swapped";
        case ByteOrder::Words:
            return "the four bytes of each 32-bit word stand in reverse order";
        case ByteOrder::HalfwordsInWords:
            return "the two halves of each 32-bit word are swapped";
        case ByteOrder::Straight:
            break;
    }
    return "";
}

Shift Placement::most_lost(Shift shift) const {
    const auto missing = whole_ - size_ - shift;
    if (missing > 0) return shift + missing;
    const auto tail = static_cast<Shift>(filled_tail(file_));
    return shift + std::min<Shift>(tail, 0x10000);
}

/// True where all that a working device has stands where it belongs, so that nothing needs to be searched for.
bool Placement::stands_in_place() {
    anchors_ = anchors_in_place(file_, layout_);
    const auto required = static_cast<std::size_t>(std::count_if(layout_.slots.begin(), layout_.slots.end(), [&](const ModuleSlot& slot) {
        return slot.required && slot.at.begin - layout_.flash.begin + layout_.vector_size + 24 <= file_.size();
    }));
    const bool table =
        layout_.dct.copies.size() != 2 || std::any_of(anchors_.begin(), anchors_.end(), [](const Anchor& a) { return a.kind == Anchor::Kind::Table; });
    const auto modules =
        static_cast<std::size_t>(std::count_if(anchors_.begin(), anchors_.end(), [](const Anchor& a) { return a.kind == Anchor::Kind::ModuleHeader; }));
    const bool nothing_else = std::all_of(layout_.slots.begin(), layout_.slots.end(), [&](const ModuleSlot& slot) {
        const std::size_t begin = slot.at.begin - layout_.flash.begin;
        if (slot.required || slot.linked_at != slot.at.begin || slot.function == 3 || begin + 24 > file_.size() || all_erased(file_.subspan(begin, 24)))
            return true;
        return std::any_of(anchors_.begin(), anchors_.end(), [&](const Anchor& anchor) { return anchor.module.begin == slot.linked_at; });
    });
    return size_ >= whole_ && table && required > 0 && modules >= required && nothing_else;
}

/// Puts the bytes back in order where the file makes sense only swapped.
bool Placement::swapped() {
    if (best_shift(anchors_).votes >= 2 || file_.size() < 1024) return false;
    for (const auto order : {ByteOrder::Halfwords, ByteOrder::Words, ByteOrder::HalfwordsInWords}) {
        auto candidate = reordered(file_, order);
        auto anchors = find_anchors(candidate, layout_);
        const auto vote = best_shift(anchors);
        if (vote.votes < 2 && !(vote.votes == 1 && anchors_.empty() && vote.shift == 0)) continue;
        swapped_ = std::move(candidate);
        file_ = swapped_;
        anchors_ = std::move(anchors);
        add(CaptureDefect::Byteswapped, range(vote.shift, vote.shift + size_), 0, file_.size(), unit_word(order) + "; they were put back in order here");
        return true;
    }
    return false;
}

void Placement::put_all(Shift shift) {
    const auto skip = static_cast<std::size_t>(std::max<Shift>(0, -shift));
    if (skip < file_.size())
        capture_.image.put(address(shift),
                           file_.subspan(skip, std::min(file_.size() - skip, static_cast<std::size_t>(whole_ - std::clamp<Shift>(shift, 0, whole_)))));
}

void Placement::put_with_losses(Shift shift, const std::vector<Loss>& losses) {
    auto from = static_cast<std::size_t>(std::max<Shift>(0, -shift));
    for (const auto& loss : losses) {
        if (from < loss.known_until) capture_.image.put(address(static_cast<Shift>(from) + loss.before), file_.subspan(from, loss.known_until - from));
        from = loss.known_from;
        const auto lost = loss.after - loss.before;
        const auto where = range(static_cast<Shift>(loss.known_until) + loss.before, static_cast<Shift>(loss.known_from) + loss.after);
        add(CaptureDefect::BytesLost, where, loss.known_until, static_cast<std::size_t>(lost),
            fmt::format("{} bytes are missing in the middle: what stands at file offset 0x{:x} belongs to {}, {} bytes later; they were lost between {} and {}",
                        lost, loss.known_from, hex_address(address(static_cast<Shift>(loss.known_from) + loss.after)), lost, hex_address(where.begin),
                        hex_address(where.end)));
    }
    const auto last = losses.back().after;
    if (from < file_.size()) capture_.image.put(address(static_cast<Shift>(from) + last), file_.subspan(from));
}

void Placement::note_shift(Shift shift) {
    if (shift > 0) {
        add(CaptureDefect::Shifted, range(0, shift), 0, file_.size(),
            fmt::format("the file begins at flash address {}: the first {} bytes of the flash are not in it", hex_address(address(shift)), shift));
    } else if (shift < 0) {
        add(CaptureDefect::Shifted, {layout_.flash.begin, layout_.flash.begin}, 0, static_cast<std::size_t>(-shift),
            fmt::format("{} before the flash in this file: the flash begins at file offset 0x{:x}",
                        shift == -1 ? "1 byte stands" : fmt::format("{} bytes stand", -shift), -shift));
    }
}

void Placement::note_missing(Shift end_of_file) {
    if (end_of_file >= whole_) return;
    add(CaptureDefect::Truncated, range(end_of_file, whole_), file_.size(), 0,
        fmt::format("the file ends at flash address {}: {} of {} bytes {} missing", hex_address(address(end_of_file)), whole_ - end_of_file, whole_,
                    whole_ - end_of_file == 1 ? "is" : "are"));
}

/// Several marks of a flash, at places that fit together: more than a module that somebody appended.
bool holds_a_flash(ByteView bytes, const Layout& layout) { return best_shift(find_anchors(bytes, layout)).votes >= 3; }

/// Bytes behind the end of the flash. Where the flash's start is missing, `shift` is the number of bytes that are.
void Placement::note_tail(Shift shift) {
    const auto extra = size_ + shift - whole_;
    if (extra <= 0 || (shift > 0 && extra <= shift)) return;
    const auto begin = static_cast<std::size_t>(std::max<Shift>(0, -shift)), end = static_cast<std::size_t>(whole_ - shift);
    auto tail = compare_tail(file_.subspan(begin, end - begin), file_.subspan(end), static_cast<std::size_t>(std::max<Shift>(0, shift)));
    if (tail.kind == Tail::Kind::Other && holds_a_flash(file_.subspan(end), layout_)) tail.kind = Tail::Kind::OtherDump;
    add(tail.contradicts() ? CaptureDefect::Contradictory : CaptureDefect::Oversized, {layout_.flash.end, layout_.flash.end}, end,
        static_cast<std::size_t>(extra),
        fmt::format("the flash of {} bytes {}; behind it {}{}", whole_, shift > 0 ? "ends inside the file" : "is complete", words_of(tail),
                    tail.contradicts() ? "; the first was looked at" : ""));
}

/// The file is a firmware module as it is flashed, not a dump. What follows it may be filled up; a bootloader with erased flash behind it may be a flash.
bool Placement::is_one_module() {
    const auto& anchor = anchors_.front();
    if (anchor.kind != Anchor::Kind::ModuleHeader || anchor.offset != anchor.header_offset) return false;
    const std::size_t length = anchor.module.size() + 4;
    const Shift shift = anchor.candidates[0];
    const auto rest = file_.subspan(std::min(length, file_.size()));
    const bool filled_up = !rest.empty() && ((shift != 0 && all_erased(rest)) || all_equal(rest, 0));
    if (file_.size() != length && !filled_up) return false;
    const auto filled = file_.size() - length;
    file_ = file_.first(length);
    put_all(shift);
    add(CaptureDefect::Truncated, layout_.flash, 0, length,
        fmt::format("the file is one firmware module for {} ({} bytes{}), not a dump: nothing else of the flash is in it", hex_address(address(shift)), length,
                    filled ? fmt::format(", filled up with {} more", filled) : ""));
    capture_.problems.back().modules_only = true;
    return true;
}

/// A stretch of so many bytes stands twice in a row, and is no filling.
bool stands_twice(ByteView file, std::size_t length) {
    static constexpr std::size_t least_changes = 64;  // from one byte to the next, in what is no filling
    std::size_t same = 0, changes = 0;
    for (std::size_t i = 0; i + length < file.size(); ++i) {
        const bool equal = file[i] == file[i + length];
        same = equal ? same + 1 : 0;
        changes = equal ? changes + (i > 0 && file[i] != file[i - 1]) : 0;
        if (same >= length && changes >= least_changes) return true;
    }
    return false;
}

/// Nothing in the file says where it belongs: a flash with wrong bits in every mark, its very first bytes, or another file.
void Placement::unrecognized() {
    if (!ends_before_first_header(file_, layout_) && nearly_in_place(file_, layout_) == 0) return note_other_file(file_, layout_, capture_);
    put_all(0);
    note_missing(size_);
    note_tail(0);
}

/// Marks that the file carries inside other code: a piece of a module, without the header that would tell its place.
void Placement::note_piece() {
    if (nearly_in_place(file_, layout_) > 0) return unrecognized();
    add(CaptureDefect::Truncated, {layout_.flash.begin, layout_.flash.begin}, file_.size(), 0,
        fmt::format("these {} bytes hold what the firmware of a {} carries inside a system part (a bootloader, or a table without data), and nothing that says "
                    "where in the flash they belong: none of them was looked at",
                    file_.size(), layout_.title));
}

/// Where the file belongs, if tables alone speak in it: of a copy both places are open.
TablePlace Placement::place_of_tables() const {
    const bool tables_only = std::all_of(anchors_.begin(), anchors_.end(), [](const Anchor& a) { return a.kind == Anchor::Kind::Table; });
    if (!tables_only || layout_.dct.copies.size() != 2 || size_ >= whole_ || begins_with_first_words(file_, layout_) ||
        nearly_modules_in_place(file_, layout_) > 0)
        return {};
    return place_by_tables(file_, anchors_, layout_);
}

/// The file is taken to begin where the flash begins if its first mark or its first words say so; else it begins where most marks say. A table alone does not
/// say so where it is as well the other copy at the place that most marks name.
bool Placement::begins_the_flash(const ShiftVote& best) const {
    if (votes_for(anchors_, 0) >= best.votes) return true;
    const auto& first = anchors_.front();
    return first.fits(0) && (first.kind != Anchor::Kind::Table || !first.fits(best.shift) || begins_with_first_words(file_, layout_));
}

void Placement::run() {
    const bool in_place = stands_in_place();
    if (!in_place) {
        anchors_ = find_anchors(file_, layout_);
        swapped();
    }
    if (anchors_.empty()) return unrecognized();
    if (anchors_ = without_carried(file_, std::move(anchors_), layout_); anchors_.empty()) return note_piece();
    if (is_other_wiced_device(file_, anchors_, layout_)) return note_other_wiced_device(file_, layout_, capture_);
    if (is_one_module()) return;
    const auto by_tables = place_of_tables();
    if (!by_tables.told) return note_one_copy(file_, anchors_.front().offset, layout_, capture_);

    const auto best = best_shift(anchors_);
    const bool from_begin = begins_the_flash(best) && by_tables.shift == 0;
    Shift shift = from_begin ? 0 : by_tables.shift > 0 ? by_tables.shift : best.shift;
    std::vector<Loss> losses;
    if (!in_place)
        losses = find_losses(file_, anchors_, shift, most_lost(shift));
    else if (const auto hidden = find_hidden_loss(file_, anchors_, layout_, most_lost(0)))
        losses.push_back(*hidden);
    // Few bytes lost before the first mark: the file still begins with the bootloader's first words.
    if (losses.empty() && !from_begin && begins_with_first_words(file_, layout_) && shift > 0 && shift < 0x184) {
        losses = find_losses(file_, anchors_, 0, most_lost(0));
        if (!losses.empty()) shift = 0;
    }
    const bool twice = shift == 0 && best.shift < 0 && stands_twice(file_, static_cast<std::size_t>(-best.shift));  // the marks behind it moved, not the file
    if (losses.empty() && best.votes > votes_for(anchors_, shift) + 1 && !twice) shift = best.shift;
    if (shift <= -size_ || shift >= whole_) return unrecognized();

    note_shift(shift);
    if (losses.empty())
        put_all(shift);
    else
        put_with_losses(shift, losses);
    note_tail(shift);
    const auto end = size_ + (losses.empty() ? shift : losses.back().after);
    // A few bytes short behind losses that were found: more of the same behind the last mark.
    if (!losses.empty() && whole_ - end < 4096) return;
    if (shift >= 0 || size_ < whole_) note_missing(end);
}

}  // namespace

std::vector<std::uint8_t> reordered(ByteView file, ByteOrder order) {
    std::vector<std::uint8_t> result(file.begin(), file.end());
    const auto distance = static_cast<unsigned>(order);  // byte i of a word comes from byte i ^ distance
    for (std::size_t at = 0; at + 4 <= result.size(); at += 4) {
        std::uint32_t word = 0;
        std::memcpy(&word, result.data() + at, 4);
        if (distance & 1) word = (word >> 8 & 0x00FF00FF) | (word & 0x00FF00FF) << 8;
        if (distance & 2) word = std::rotl(word, 16);
        std::memcpy(result.data() + at, &word, 4);
    }
    return result;
}

void place(ByteView file, const Layout& layout, Capture& capture) {
    if (place_table_only(file, layout, capture) || place_restarted(file, layout, capture) || place_with_gains(file, layout, capture)) return;
    Placement(file, layout, capture).run();
}

}  // namespace photopsy
