#pragma once
// Remedies as lines that a reader would type, for a dump called "dump.bin".
#include "report/commands.h"

#include <algorithm>

namespace photopsy::test {

inline std::vector<std::string> typed(const Remedy& remedy, const Layout& layout) {
    return command_lines(remedy, {.layout = &layout, .dump = "dump.bin", .stem = "dump"});
}

/// True where a line of one of the remedies contains `part`.
inline bool offers(const std::vector<Remedy>& remedies, const Layout& layout, std::string_view part) {
    return std::any_of(remedies.begin(), remedies.end(), [&](const Remedy& remedy) {
        const auto lines = typed(remedy, layout);
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) { return line.find(part) != std::string::npos; });
    });
}

}  // namespace photopsy::test
