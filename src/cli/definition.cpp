#include "cli/definition.h"

#include <algorithm>
#include <cstdlib>

namespace photopsy {

OptionDefinition& CommandDefinition::option(std::string_view names) {
    const auto place = std::find_if(options.begin(), options.end(), [&](const OptionDefinition& option) { return option.names == names; });
    if (place == options.end()) std::abort();  // a definition that names what it does not have: every run of the program would show it
    return *place;
}

}  // namespace photopsy
