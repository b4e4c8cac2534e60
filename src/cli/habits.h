#pragma once
// Words that people type out of habit from other programs, and what they mean here.
#include <string>
#include <string_view>

namespace photopsy {

/// What stands here for a command or option that other programs have: "photopsy keys recover" for "recover", "--format json" for "--json". "" for any other.
std::string_view habit(std::string_view word);

}  // namespace photopsy
