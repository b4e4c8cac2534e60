#pragma once
// Every byte of the flash under exactly one label; the lengths sum to the flash. The same for the second flash of a device that has one, behind the first.
#include "flash/image.h"
#include "flash/layout.h"

#include <string>
#include <vector>

namespace photopsy {

struct Facts;

enum class State { Good, Damaged, Empty, NotChecked };  ///< the four states of the contract, never mixed

struct Labelled {
    std::string label;  ///< "system-part2 1.5.2", "erased", "not in the file" ...
    Range at;
    State state = State::NotChecked;
};

std::vector<Labelled> cover(const Facts&, const Image&, const Layout&);

}  // namespace photopsy
