#pragma once
// Every act a recipe may name, and the particulars it takes. docs/samples.md explains them in the same order.
#include <span>
#include <string_view>

namespace photopsy::sample {

struct Act {
    std::string_view chapter;  ///< "life", "damage" or "file"
    std::string_view name;
    std::string_view keys;  ///< " key key ", each between spaces
};

std::span<const Act> all_acts();
const Act* find_act(std::string_view chapter, std::string_view name);

}  // namespace photopsy::sample
