#pragma once
// What a mistyped word may have meant.
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// The candidate that is at most a third of its letters away from `word`; "" if none is.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// `sentence`, with "; did you mean X?" where a candidate is near `word`.
std::string with_suggestion(std::string sentence, std::string_view word, const std::vector<std::string>& candidates);

}  // namespace photopsy
