#pragma once
// For each cause of the report contract the smallest damage that deserves it, as a recipe; stories for people stand in samples/.
#include <span>
#include <string>

namespace photopsy::test {

struct SmallestDamage {
    const char* cause;
    const char* title;     ///< for people: explain's example, where no story shows the cause; "" where one does, or the row is a further one
    const char* outcomes;  ///< those that are right, between spaces
    std::string life, damage, file;
    const char* also = "";  ///< causes that may stand beside it
};
std::span<const SmallestDamage> smallest_damages();

/// The recipe of a whole sample.
std::string recipe_of(const SmallestDamage&);

}  // namespace photopsy::test
