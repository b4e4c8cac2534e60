#pragma once
// How people call a module that is published apart from the releases.
#include <string>
#include <string_view>

namespace photopsy {

/// "tinker 0.4.5" of "photon/user/tinker-0.4.5-dep0.4.5": the name in the table of known modules (facts/releases.h) without its folders, what it depends on
/// and the marks by which equal names are told apart. Any other text comes back as its last part.
std::string published_name(std::string_view known_as);

}  // namespace photopsy
