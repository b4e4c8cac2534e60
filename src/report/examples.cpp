#include "report/examples.h"

#include <algorithm>
#include <array>

namespace photopsy {

extern const std::string_view embedded_examples;

static std::string_view taken_off(std::string_view& text, char end) {
    const auto part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

std::optional<CauseExample> example_of(std::string_view cause) {
    auto rest = embedded_examples;
    while (!rest.empty()) {
        auto line = taken_off(rest, '\n');
        std::array<std::string_view, 6> cells;
        for (auto& cell : cells) cell = taken_off(line, '\t');
        if (cells[0] == cause) return CauseExample{cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]};
    }
    return {};
}

}  // namespace photopsy
