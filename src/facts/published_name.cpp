#include "facts/published_name.h"

#include <algorithm>

namespace photopsy {

std::string published_name(std::string_view known_as) {
    auto name = known_as.substr(known_as.find_last_of('/') + 1);
    name = name.substr(0, std::min(name.find("-dep"), name.find('~')));
    const auto digits = name.find_first_not_of("0123456789");
    if (digits != std::string_view::npos && digits > 0 && name[digits] == '_') name.remove_prefix(digits + 1);
    std::string words(name);
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        if (words[i] == '-' && words[i + 1] >= '0' && words[i + 1] <= '9') words[i] = ' ';
    return words;
}

}  // namespace photopsy
