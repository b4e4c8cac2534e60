#include "support/sample/chip.h"

#include <algorithm>

namespace photopsy::sample {

ByteView Chip::bytes(Range at) const {
    if (!holds(at)) return {};
    return ByteView(bytes_).subspan(index(at.begin), at.size());
}

void Chip::erase(Range at) {
    for (const auto flash : {whole_, second_}) {
        const Range inside = intersection(at, flash);
        if (powered_ && !inside.empty()) std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(index(inside.begin)), inside.size(), std::uint8_t{0xFF});
    }
}

void Chip::program(Address at, ByteView values) {
    for (const auto value : values) {
        if (counting_ && budget_ == 0) powered_ = false;
        if (!powered_) return;
        if (counting_) --budget_;
        if (holds(range_of(at, 1))) bytes_[index(at)] &= value;
        ++at;
    }
}

void Chip::set(Address at, ByteView values) {
    for (const auto value : values) {
        if (holds(range_of(at, 1))) bytes_[index(at)] = value;
        ++at;
    }
}

void Chip::lose_power_in(std::string step, std::size_t bytes) {
    fatal_step_ = std::move(step);
    budget_ = bytes;
}

void Chip::step(std::string_view name) {
    if (counting_) powered_ = false;  // the step that was to be the last one is over
    if (!fatal_step_.empty() && name == fatal_step_) counting_ = true;
    if (counting_ && budget_ == 0) powered_ = false;
}

bool Chip::restore_power() {
    const bool as_asked = fatal_step_.empty() || counting_;
    fatal_step_.clear();
    counting_ = false;
    powered_ = true;
    return as_asked;
}

}  // namespace photopsy::sample
