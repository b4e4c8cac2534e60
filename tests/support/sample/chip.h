#pragma once
// A flash that behaves as the STM32F2's: erasing sets bits, programming only clears them, and the power can go at any byte.
#include "base/bytes.h"

#include <string>
#include <string_view>
#include <vector>

namespace photopsy::sample {

class Chip {
public:
    /// `second`: the serial flash beside it, if there is one; its addresses are others.
    explicit Chip(Range whole, Range second = {}) : whole_(whole), second_(second), bytes_(whole.size() + second.size(), 0xFF) {}

    Range range() const { return whole_; }
    ByteView all() const { return ByteView(bytes_).first(whole_.size()); }
    ByteView all_of_second() const { return ByteView(bytes_).subspan(whole_.size()); }
    /// Bytes of a range; an empty view where it does not lie in the flash.
    ByteView bytes(Range) const;
    void erase(Range);
    /// old AND new, byte by byte, as flash cells do. Stops where the power goes.
    void program(Address, ByteView);
    /// Any value over any value: what damage does, and what a programmer with an erase does. Not subject to the power.
    void set(Address, ByteView);

    /// The power will go in the step of that name, `bytes` programmed bytes after its begin.
    void lose_power_in(std::string step, std::size_t bytes);
    /// Writers say where they are. The names are those of docs/samples.md.
    void step(std::string_view name);
    bool powered() const { return powered_; }
    /// The power is back. False if a loss was asked for and its step never came.
    bool restore_power();

private:
    bool holds(Range at) const { return whole_.contains(at) || second_.contains(at); }
    std::size_t index(Address at) const { return second_.contains(at) ? whole_.size() + (at - second_.begin) : at - whole_.begin; }

    Range whole_, second_;
    std::vector<std::uint8_t> bytes_;
    std::string fatal_step_;
    std::size_t budget_ = 0;
    bool counting_ = false, powered_ = true;
};

}  // namespace photopsy::sample
