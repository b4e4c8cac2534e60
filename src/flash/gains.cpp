#include "flash/gains.h"

#include "base/crc_change.h"
#include "flash/marks.h"
#include "flash/module_ends.h"

#include <algorithm>
#include <optional>
#include <set>

namespace photopsy {

namespace {

constexpr Shift most_added = 0x10000;

bool is_module(const Anchor& anchor) { return anchor.kind == Anchor::Kind::ModuleHeader; }

bool is_proved(ByteView file, const Anchor& anchor) { return !is_module(anchor) || certain_until(file, anchor) > anchor.offset + 24; }

/// How many bytes of the module stand before `added` ones that make its checksum wrong: without them it is right. The register run forwards from the module's
/// begin and backwards from its checksum meet there. By chance they do in one of 10 000 modules of the size of a system part.
std::optional<std::size_t> where_added(ByteView file, const Anchor& anchor, std::size_t added) {
    const auto begin = begin_of(anchor), length = std::size_t{anchor.module.size()};
    if (anchor.offset < anchor.header_offset || begin + length + added + 4 > file.size()) return {};
    std::vector<std::uint32_t> forwards(length + 1, ~std::uint32_t{0});
    for (std::size_t i = 0; i < length; ++i) forwards[i + 1] = crc_step(forwards[i], file[begin + i]);
    auto backwards = ~big_endian<std::uint32_t>(file.subspan(begin + length + added));
    const auto header_end = anchor.offset + 24 - begin;
    for (auto i = length; i > header_end; --i) {
        if (forwards[i] == backwards) return i;
        backwards = crc_step_back(backwards, file[begin + added + i - 1]);
    }
    return {};
}

/// The same so many bytes stand twice in a row between the two file offsets, and are no filling: the second time they were added.
std::optional<std::size_t> second_time(ByteView file, std::size_t from, std::size_t until, std::size_t length) {
    constexpr std::size_t shortest_block = 512, least_changes = 64;  // from one byte to the next; records and lists repeat in less
    if (length < shortest_block) return {};
    std::size_t same = 0, changes = 0;
    for (auto i = from - std::min(from, length); i + length < until; ++i) {
        const bool equal = file[i] == file[i + length];
        same = equal ? same + 1 : 0;
        changes = equal ? changes + (i > 0 && file[i] != file[i - 1]) : 0;
        if (same >= length && changes >= least_changes && i + 1 >= from) return i + 1;
    }
    return {};
}

/// Something that the flash must hold does not stand where it belongs, or is not whole.
bool may_have_gained(ByteView file, const Layout& layout) {
    const auto in_place = anchors_in_place(file, layout);
    if (file.size() > layout.flash.size() || std::any_of(in_place.begin(), in_place.end(), [&](const Anchor& anchor) { return !is_proved(file, anchor); }))
        return true;
    return std::any_of(layout.slots.begin(), layout.slots.end(), [&](const ModuleSlot& slot) {
        return slot.linked_at == slot.at.begin &&
               std::none_of(in_place.begin(), in_place.end(), [&](const Anchor& anchor) { return is_module(anchor) && anchor.module.begin == slot.at.begin; });
    });
}

class GainSearch {
public:
    GainSearch(ByteView file, const Layout& layout)
        : file_(file), anchors_(without_carried(file, find_anchors(file, layout), layout)), too_many_(static_cast<Shift>(file.size() - layout.flash.size())) {}

    std::vector<Gain> all() {
        constexpr std::size_t most = 32, most_amounts = 32;  // more of them are no marks of a flash
        std::vector<Gain> gains;
        while (gains.size() < most) {
            const auto amounts = possible_amounts();
            if (amounts.size() > most_amounts) break;
            auto gain = inside_a_module(amounts);
            if (!gain) gain = between_marks(amounts);
            if (!gain) break;
            gains.push_back(*gain);
            now_ -= static_cast<Shift>(gain->size);
            from_ = gain->known_from;
        }
        return gains;
    }

private:
    /// Bytes that may have been added next: by what stands so much late, by a module's own end, and by the length of the file.
    std::set<Shift> possible_amounts() const {
        std::set<Shift> amounts;
        const auto add = [&](Shift amount) {
            if (amount > 0 && amount <= most_added) amounts.insert(amount);
        };
        add(too_many_ + now_);
        for (const auto& anchor : anchors_) {
            if (anchor.offset < from_) continue;
            for (std::size_t i = 0; i < anchor.candidate_count; ++i) add(now_ - anchor.candidates[i]);
            if (!is_damaged_here(anchor)) continue;
            for (Shift late = 1; late <= most_added; ++late)
                if (ends_early(file_, anchor, -late)) add(late);
        }
        return amounts;
    }
    bool is_damaged_here(const Anchor& anchor) const {
        return is_module(anchor) && anchor.offset >= from_ && anchor.candidates[0] == now_ && !is_proved(file_, anchor);
    }
    /// A module of which a part stands late, and nothing behind that stands where it did before: what was written to the flash so moves nothing behind it.
    std::optional<Gain> inside_a_module(const std::set<Shift>& amounts) const {
        for (const auto& anchor : anchors_) {
            if (!is_damaged_here(anchor) || stands_behind(anchor)) continue;
            for (const auto amount : amounts)
                if (const auto at = where_added(file_, anchor, static_cast<std::size_t>(amount)))
                    return Gain{begin_of(anchor) + *at, begin_of(anchor) + *at + static_cast<std::size_t>(amount), static_cast<std::size_t>(amount)};
        }
        return {};
    }
    bool stands_behind(const Anchor& before) const {
        return std::any_of(anchors_.begin(), anchors_.end(), [&](const Anchor& anchor) { return anchor.offset > before.offset && anchor.fits(now_); });
    }
    /// Everything behind the last mark in place stands late by one amount: two things at least, or one by as much as the file is too long. One module alone may
    /// have been written to a wrong address.
    std::optional<Gain> between_marks(const std::set<Shift>& amounts) const {
        std::size_t known = from_, first_behind = 0;
        for (std::size_t i = 0; i < anchors_.size(); ++i) {
            if (anchors_[i].offset < from_ || !anchors_[i].fits(now_)) continue;
            known = certain_until(file_, anchors_[i]);
            first_behind = i + 1;
        }
        const auto behind = std::span(anchors_).subspan(first_behind);
        for (const auto amount : amounts) {
            std::size_t late = 0, begin = 0;
            for (const auto& anchor : behind) {
                if (anchor.offset < known || !anchor.fits(now_ - amount) || !is_proved(file_, anchor)) continue;
                if (late++ == 0) begin = begin_of(anchor);
            }
            const bool told = late >= 2 || (late == 1 && amount == too_many_ + now_);
            const auto size = static_cast<std::size_t>(amount);
            if (!told || begin < known + size) continue;
            const auto twice = second_time(file_, known, begin, size);
            return twice ? Gain{*twice, *twice + size, size} : Gain{known, begin, size};
        }
        return {};
    }

    ByteView file_;
    std::vector<Anchor> anchors_;
    Shift too_many_, now_ = 0;
    std::size_t from_ = 0;
};

}  // namespace

std::vector<Gain> find_gains(ByteView file, const Layout& layout) {
    if (layout.dct.copies.empty() || !begins_with_first_words(file, layout) || !may_have_gained(file, layout)) return {};
    return GainSearch(file, layout).all();
}

}  // namespace photopsy
