#pragma once
// Which dumps tell one story, and what sets some of them apart.
#include "fleet/row.h"

namespace photopsy::fleet {

/// What devices may have in common that explains a failure.
enum class Trait { Layout, DeviceOs, Bootloader, ServerKey, Address, Application, Product };
inline constexpr Trait all_traits[] = {Trait::Layout, Trait::DeviceOs, Trait::Bootloader, Trait::ServerKey, Trait::Address, Trait::Application, Trait::Product};
/// The row's own; "" unknown.
std::string value_of(const Row&, Trait);
/// "bootloader 502", "one private server's address (server A)".
std::string in_words(Trait, const std::string& value);

/// One value that all of some dumps have and no other that works.
struct Contrast {
    Trait trait = Trait::Layout;
    std::string value;
    std::size_t here = 0;   ///< dumps that have it: all of the group
    std::size_t works = 0;  ///< other dumps of devices that work of which the trait is known, none of which has it; 0: there is none to compare with
};

/// A dump that differs from nearly all others of its group.
struct Outlier {
    std::size_t row = 0;
    Trait trait = Trait::Layout;
    std::string value, others;
};

/// Dumps of one story: the same outcome, the same causes at the same kind of place, the same releases, the same kind of device; and a key that is not usable
/// can be had from all of them or from none.
struct Group {
    std::vector<CauseOf> causes;  ///< of the story; empty: findings that no cause explains
    Outcome outcome = Outcome::Healthy;
    std::string releases;  ///< "1.4.4 1.5.2"
    Members members;
    std::string remedy;  ///< title of the best step that every member has; "" where there is none
    std::vector<Contrast> contrast;
    std::vector<Outlier> outliers;
};

/// All dumps that are not healthy; the group with most dumps first, of equals the more severe outcome, then by the words of the story. No row is in two.
std::vector<Group> groups_of(const Rows&);

/// What all of `members` have and no other row that works has; where the members work themselves, no other row at all. Needs members of two devices or more:
/// several dumps of one device have everything in common. Where no row that works can be compared with, only what is not everybody's anyway: another server
/// key, a private address, one application, one product.
std::vector<Contrast> contrast_of(const Rows&, const Members& members);

}  // namespace photopsy::fleet
